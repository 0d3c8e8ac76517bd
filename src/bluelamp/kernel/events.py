"""What happened, told to whoever listens. Pure; ids only, never names, texts or places of people.

An operation announces an event in its own transaction (`kernel.outbox.operations.announce`). A field is a UUID, str,
int or date; a str is an id too: no spaces, at most 200 characters.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """The base of all events. Names of events are unique: rows of the outbox keep them."""


@dataclass(frozen=True)
class EditionBuilt(Event):
    """A new edition of the Index was built."""

    edition: UUID
