"""What programs do: send reports under keys of their own choice, and ask how a report stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bluelamp.kernel.clients.operations import Caller, remember_call
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import require
from bluelamp.reporting.domain.journey import Answers, through_telling
from bluelamp.reporting.domain.programs import Read, read_answers
from bluelamp.reporting.domain.references import NoReferenceError, WordsError, read_reference
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.digests import keyed_digest, words_digest
from bluelamp.reporting.operations.sending import Origin, Sent, take_in
from bluelamp.reporting.permissions import BEHALF
from bluelamp.reporting.questions import questions

LONDON = ZoneInfo("Europe/London")
# Stands in for words that are none, so that a guess takes as long as a hit.
_NO_WORDS = ("a",) * 6


class AnswersError(ValueError):
    """Answers that cannot be taken; `read` says what is wrong with each."""

    def __init__(self, read: Read) -> None:
        super().__init__(f"{len(read.wrong)} answers cannot be used.")
        self.read = read


class NoSuchReportError(LookupError):
    """No report has this reference and these words. Which of the two is wrong is not told."""


@dataclass(frozen=True)
class Told:
    """How a report stands, in the plain state that its reporter is told, and since when it is here."""

    reference: str
    state: str
    received_at: datetime


def read_raw(*, raw: Mapping[str, object], fill: bool, now: datetime) -> Read:
    """The answers of a program or a table. Raises AnswersError."""
    read = read_answers(shelf=questions(), raw=raw, today=now.astimezone(LONDON).date(), fill=fill)
    if read.wrong:
        raise AnswersError(read)
    return read


def complete(read: Read) -> Answers:
    """The answers with every page that only tells counted as read: who sends by program or table saw none."""
    return through_telling(shelf=questions(), answers=read.answers)


def send_for(
    *,
    caller: Caller,
    raw: Mapping[str, object],
    language: str,
    fill: bool,
    key: str,
    channel: str = "api",
    now: datetime,
) -> tuple[Sent, Read]:
    """Take in what a program sends under a key of its own; again it is the same report, without its words.

    Raises AnswersError; OtherContentError where the key brought something else before.
    """
    read = read_raw(raw=raw, fill=fill, now=now)
    content = json.dumps([raw, language, fill], sort_keys=True, separators=(",", ":"))
    if key and caller.is_known:
        remember_call(client_id=caller.id, key=key, digest=keyed_digest(purpose="call", value=content), now=now)
    origin = Origin(
        channel,
        caller.origin,
        client=caller.audit_id,
        client_key=key,
        by=caller.audit_id,
        organisation=caller.organisation,
    )
    return take_in(answers=complete(read), language=language, origin=origin, now=now), read


def send_on_behalf(*, actor: Actor, read: Read, language: str, once: UUID, origin: str = "live", now: datetime) -> Sent:
    """Take in what somebody of a supporting organisation reports for another person. The same `once` is one report.

    Raises NotPermittedError, AnswersError.
    """
    require(actor=actor, action=BEHALF, scope=actor.scope, now=now)
    if read.wrong:
        raise AnswersError(read)
    whence = Origin(
        "desk",
        origin,
        client=actor.audit_id,
        client_key=str(once),
        by=actor.audit_id,
        organisation=organisation_of(actor),
    )
    return take_in(answers=complete(read), language=language, origin=whence, now=now)


def organisation_of(actor: Actor) -> UUID | None:
    """The organisation that somebody acts for."""
    kind, _, name = actor.scope.partition(":")
    return UUID(name) if kind == "organisation" else None


def state_by_words(*, reference: str, words: str) -> Told:
    """How the report stands that these words open. Raises NoSuchReportError."""
    try:
        typed, known = word_list().read(words), True
    except WordsError:
        typed, known = _NO_WORDS, False
    digest = words_digest(typed)
    try:
        wanted = read_reference(reference)
    except NoReferenceError:
        wanted = ""
    found = Report.objects.filter(words_digest=digest, reference=wanted, erased_at=None).first()
    if found is None or not known:
        raise NoSuchReportError("There is no report with this reference and these words.")
    return told_of(found)


def own_by_reference(*, client: str, reference: str) -> Told:
    """How a report stands that this program (its audit id) sent itself. Raises NoSuchReportError."""
    try:
        found = Report.objects.filter(client=client, reference=read_reference(reference), erased_at=None).first()
    except NoReferenceError:
        found = None
    if found is None:
        raise NoSuchReportError("This program sent no report with this reference.")
    return told_of(found)


def told_of(report: Report) -> Told:
    """What anybody but an officer is told. In quiet mode that is "received" and no more (RED-LINES 8)."""
    return Told(report.reference, "received" if report.quiet else report.state, report.received_at)


def sent_by(*, client: str) -> Any:
    """The reports of one program (its audit id), newest first."""
    return Report.objects.filter(client=client).order_by("-received_at", "id")


def sent_for(*, organisation: UUID) -> Any:
    """The reports that were sent on behalf of one organisation, newest first."""
    return Report.objects.filter(organisation_id=organisation).order_by("-received_at", "id")
