"""The last page: all answers in parts, and where the report goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bluelamp.reporting.domain import routing
from bluelamp.reporting.domain.journey import Answers
from bluelamp.reporting.domain.showing import Row, rows
from bluelamp.reporting.domain.values import Device, Devices
from bluelamp.reporting.facts import routes
from bluelamp.reporting.operations.drafts import OpenDraft
from bluelamp.reporting.operations.preparing import propose
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.journey_codes import address_of
from bluelamp.reporting.web.journey_devices import catalogue_names


@dataclass(frozen=True)
class Told:
    """One answer: the question, its lines, and where it is changed."""

    label: str
    lines: tuple[str, ...]
    change: str


@dataclass(frozen=True)
class Way:
    """Where a report goes. `bodies`: (code, name) of all that it may go to, the proposed first; `chosen` is a code."""

    name: str
    reason: str
    boundary: bool
    bodies: tuple[tuple[str, str], ...]
    chosen: str
    is_own_choice: bool


def sections_of(*, answers: Answers, language: str) -> list[tuple[str, list[Told]]]:
    """The answers that would be sent, by the name of their part."""
    names = {section.id: section.names[language] for section in questions().sections}
    found = rows(shelf=questions(), answers=answers, language=language)
    by_part = groupby(found, key=lambda row: row.section)
    return [(names[part], [_told(row, answers) for row in listed]) for part, listed in by_part]


def way_of(draft: OpenDraft, language: str) -> Way:
    """Where this draft's report goes, why, and where else it may."""
    found, table = propose(answers=draft.answers), routes()
    codes = tuple(dict.fromkeys((found.first, *found.alternatives)))
    bodies = tuple((code, routing.body_name(routes=table, body=code, language=language)) for code in codes)
    own = draft.chosen in found.alternatives
    chosen = draft.chosen if own else found.first
    return Way(
        name=dict(bodies)[chosen],
        reason=routing.reason(routes=table, found=found, language=language),
        boundary=found.boundary,
        bodies=bodies,
        chosen=chosen,
        is_own_choice=own,
    )


def _told(row: Row, answers: Answers) -> Told:
    value = answers[row.question].value
    lines = tuple(_devices(value.devices)) if isinstance(value, Devices) else row.lines
    return Told(row.label, lines, address_of(row.question))


def _devices(devices: tuple[Device, ...]) -> Iterator[str]:
    names = catalogue_names([device.product_key for device in devices])
    for device in devices:
        name = names.get(device.product_key, device.product_key)
        yield f"{name} (“{device.text}”)" if name and device.text and device.text != name else name or device.text
