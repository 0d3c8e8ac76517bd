"""Who handles which event, and what runs on the clock. The project installs both lists; nothing registers itself."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bluelamp.kernel.events import Event
from bluelamp.kernel.outbox.domain.codec import check_event_type

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


class RegistryError(ValueError):
    """The lists cannot be used: a name twice, a bad name, an event that cannot be stored."""


@dataclass(frozen=True)
class Handler:
    """What is done when an event happened: `run(event=..., now=...)`.

    It runs inside the transaction that marks the delivery done, so that its writes happen exactly once; it must be
    quick and touch nothing but the database. An `external` handler (mail, HTTP) is called with no transaction open, at
    least once, as `run(event=..., now=..., key=...)`; `key`, a UUID, is the same at every attempt and makes the effect
    idempotent. Its time-outs stay below the lease (five minutes). Names are stored: an old one gets no new meaning.
    """

    name: str
    event: type[Event]
    run: Callable[..., object]
    external: bool = False


@dataclass(frozen=True)
class Job:
    """What is done every so often: `run(now=...)`. It must bear to be cut off anywhere and started again.

    `every` is the time between two starts; after `longest` it counts as killed and another worker may start it.
    """

    name: str
    title: str
    every: timedelta
    run: Callable[..., object]
    longest: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class Registry:
    """What is installed."""

    handlers: tuple[Handler, ...] = ()
    jobs: tuple[Job, ...] = ()


_installed = Registry()


def install(*, handlers: Sequence[Handler], jobs: Sequence[Job]) -> Registry:
    """Put these lists in the place of the earlier ones; give those. Raises RegistryError and then changes nothing."""
    global _installed
    for names in ([h.name for h in handlers], [j.name for j in jobs]):
        for name in names:
            if not _NAME.fullmatch(name):
                raise RegistryError(f"{name!r} is no name: small letters, digits and hyphens, at most 60")
            if names.count(name) > 1:
                raise RegistryError(f"{name!r} stands twice")
    for handler in handlers:
        check_event_type(event=handler.event)
    for job in jobs:
        if min(job.every, job.longest) <= timedelta(0):
            raise RegistryError(f"{job.name!r} needs a time above nothing")
    earlier, _installed = _installed, Registry(handlers=tuple(handlers), jobs=tuple(jobs))
    return earlier


def installed() -> Registry:
    """The lists in use."""
    return _installed


def handlers_of(*, event: type[Event]) -> tuple[Handler, ...]:
    """The handlers of exactly this kind of event, in their order."""
    return tuple(h for h in _installed.handlers if h.event is event)


def handler_named(*, name: str) -> Handler:
    """One handler. Raises KeyError."""
    return {h.name: h for h in _installed.handlers}[name]


def handler_names() -> list[str]:
    """The names of all handlers of this version of the program."""
    return [h.name for h in _installed.handlers]
