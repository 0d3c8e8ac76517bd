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


@dataclass(frozen=True)
class EditionPublished(Event):
    """An edition, or a correction of one, was published: what it says is public from now on."""

    edition: UUID


@dataclass(frozen=True)
class EditionCorrected(Event):
    """A correction took the place of an edition. Whoever holds a copy must hear of it."""

    edition: UUID
    replaced: UUID


@dataclass(frozen=True)
class EditionWithdrawn(Event):
    """A published edition was withdrawn: its figures must not be used any more."""

    edition: UUID


@dataclass(frozen=True)
class PreviewOpened(Event):
    """A maker may see what is to be said of a product of its."""

    preview: UUID


@dataclass(frozen=True)
class ReplyAccepted(Event):
    """A maker's reply is shown from now on."""

    reply: UUID


@dataclass(frozen=True)
class ReplyRefused(Event):
    """A maker's reply breaks a published rule, which the maker reads."""

    reply: UUID


@dataclass(frozen=True)
class ReportReceived(Event):
    """A citizen's report was taken in."""

    report: UUID


@dataclass(frozen=True)
class RecoveryAsked(Event):
    """Somebody asked for new words through a contact; or through nothing that is here, so that both take as long."""

    contact: UUID


@dataclass(frozen=True)
class ReportChanged(Event):
    """A report came into another state, or there is something new for its reporter."""

    report: UUID
    act: str


@dataclass(frozen=True)
class ReporterWrote(Event):
    """A reporter added to a report, corrected it, took it back or complained."""

    report: UUID
    kind: str


@dataclass(frozen=True)
class DutyEscalated(Event):
    """Nobody acknowledged a duty in its time: more people are told. `step` counts from 1."""

    duty: UUID
    step: int
