"""Events to JSON and back. Only ids pass, so that no personal data can lie in the outbox."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_type_hints
from uuid import UUID

from bluelamp.kernel.events import Event
from bluelamp.kernel.outbox.domain.errors import TemporaryError

Payload = dict[str, str | int]
_LONGEST_ID = 200


class PayloadError(TemporaryError, ValueError):
    """An event cannot be written, or a stored payload does not fit it: older or newer code wrote it.

    Temporary, as a worker of the right version may come. The message names fields and types, never values.
    """


def _id_text(value: str) -> str:
    if len(value) > _LONGEST_ID or not value.isprintable() or " " in value:
        raise PayloadError("a text in an event is an id: printable, no spaces, at most 200 characters")
    return value


_WRITERS: Mapping[type, Callable[[Any], str | int]] = {UUID: str, str: _id_text, int: int, date: date.isoformat}
_READERS: Mapping[type, tuple[type, Callable[[Any], Any]]] = {
    UUID: (str, UUID),
    str: (str, _id_text),
    int: (int, int),
    date: (str, date.fromisoformat),
}


def check_event_type(*, event: type[Event]) -> None:
    """Raise PayloadError where a field of this kind of event could never be written."""
    if not (isinstance(event, type) and issubclass(event, Event) and dataclasses.is_dataclass(event)):
        raise PayloadError(f"{event!r} is no dataclass over Event")
    for name, kind in _fields(event).items():
        if kind not in _WRITERS:
            raise PayloadError(f"{event.__name__}.{name} is neither UUID, str, int nor date")


def encode(*, event: Event) -> Payload:
    """The fields of an event as JSON values. Raises PayloadError."""
    payload: Payload = {}
    for name, kind in _fields(type(event)).items():
        value = getattr(event, name)
        # `is`: True is an int and a datetime is a date, and neither would come back as what it was.
        if type(value) is not kind or kind not in _WRITERS:
            raise PayloadError(f"{type(event).__name__}.{name} holds {type(value).__name__}, no {kind.__name__}")
        payload[name] = _WRITERS[kind](value)
    return payload


def decode(*, event: type[Event], payload: Mapping[str, Any]) -> Event:
    """The event that a payload was written from. Raises PayloadError where it does not fit, naming no value."""
    kinds = _fields(event)
    strange = sorted(payload.keys() - kinds.keys())
    if strange:
        raise PayloadError(f"{event.__name__} knows no {', '.join(strange)}")
    try:
        return event(**{name: _read(kinds[name], value) for name, value in payload.items()})
    except (TypeError, ValueError) as problem:
        raise PayloadError(f"the stored fields do not make a {event.__name__}") from problem


def _read(kind: type, value: object) -> object:
    stored, reader = _READERS[kind]
    if type(value) is not stored:
        raise TypeError
    return reader(value)


def _fields(event: type[Event]) -> dict[str, type]:
    hints = get_type_hints(event)
    return {field.name: hints[field.name] for field in dataclasses.fields(event)}
