"""Reading what a reporter wrote: every reading is a disclosure, with permission and an audit row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note
from bluelamp.kernel.vault.operations import NoRecordKeyError, RecordErasedError
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.journey import fits
from bluelamp.reporting.domain.showing import shown
from bluelamp.reporting.domain.values import Answer, FormError, from_json
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import Report, ReportContact
from bluelamp.reporting.operations.sealed import Sealed, open_json, report_records
from bluelamp.reporting.operations.triage.ageing import PLACES
from bluelamp.reporting.operations.triage.common import permitted, require_one_of
from bluelamp.reporting.questions import questions

Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Written:
    """Words of a post, a decision or a note, opened."""

    row: Any
    text: str


@dataclass(frozen=True)
class Opened:
    """What an officer reads of a report. `has_safety`, `has_contact`: whether there are parts that are read apart.

    `erased`: the words are gone for good. `unreadable`: questions whose answers an older or damaged form holds.
    """

    report: Report
    answers: Answers
    unreadable: tuple[str, ...]
    posts: tuple[Written, ...]
    notes: tuple[Written, ...]
    has_safety: bool
    has_contact: bool
    erased: bool


def read(*, actor: Actor, report_id: UUID, now: datetime) -> Opened:
    """What a reporter wrote, without the safety part and the contact. Raises NoReportError, NotPermittedError."""
    report = permitted(actor=actor, action=permissions.READ, report_id=report_id, now=now)
    with transaction.atomic():
        note(actor=actor, action="reporting.read", subject=f"report:{report.pk}", now=now)
    content, safety, contact = report_records(report.pk)
    held = _open(content, report.content)
    if held is None:
        return Opened(report, {}, (), (), (), False, False, erased=True)
    answers, unreadable = _answers(held["answers"])
    return Opened(
        report=report,
        answers=answers,
        unreadable=unreadable,
        posts=_texts(content, report.posts.select_related("by")),
        notes=_texts(content, report.notes.select_related("by")),
        has_safety=bool(_open(safety, report.safety)),
        has_contact=bool(_open(contact, report.contact)),
        erased=False,
    )


def read_safety(*, actor: Actor, report_id: UUID, reason: str, now: datetime) -> Answers:
    """The safety part, for safeguarding officers, with a reason (a code) that is kept. Raises MissingError too."""
    report = permitted(actor=actor, action=permissions.READ_SAFETY, report_id=report_id, now=now)
    return _read_part(actor, report, "read-safety", reason, now=now)


def read_contact(*, actor: Actor, report_id: UUID, reason: str, now: datetime) -> Answers:
    """How to reach the reporter, with a reason that is kept. Raises MissingError too."""
    report = permitted(actor=actor, action=permissions.READ_CONTACT, report_id=report_id, now=now)
    return _read_part(actor, report, "read-contact", reason, now=now)


def is_contact_safe(*, report: Report) -> bool:
    """Whether the reporter said that they can be written to; unsure is no, and so is anybody who may be watched.

    Whoever reads the contact must know it, though the answer itself stands in the safety part.
    """
    ways = ReportContact.objects.filter(report=report)
    return not report.watched and ways.exists() and not ways.filter(contact__safe=False).exists()


def decision_texts(*, report: Report) -> dict[UUID, str]:
    """The words of each decision, for whoever was let in to read the report. Empty where it was erased."""
    record = report_records(report.pk)[0]
    return {w.row.pk: w.text for w in _texts(record, report.decisions.all())}


def answers_of(*, report: Report) -> Answers:
    """The answers of a report's content, for the program's own rules; no person reads them here."""
    held = _open(report_records(report.pk)[0], report.content)
    return _answers(held["answers"])[0] if held else {}


def part_of(*, report: Report, part: str) -> Answers:
    """The answers of the `safety` or the `contact` part, for an operation that has asked for permission itself."""
    held = _open(report_records(report.pk)[PLACES[part]], getattr(report, part))
    return _answers(held)[0] if held else {}


def lines(name: str, answer: Answer, *, language: str) -> tuple[str, ...]:
    """An answer in words; one that does not fit today's question is told as such."""
    question = questions().by_id.get(name)
    if question is None or not fits(question=question, answer=answer):
        return ()
    return shown(shelf=questions(), question=question, answer=answer, language=language)


def _read_part(actor: Actor, report: Report, act: str, reason: str, *, now: datetime) -> Answers:
    require_one_of(reason, desk().lists["read"], what="reason")
    with transaction.atomic():
        note(actor=actor, action=f"reporting.{act}", subject=f"report:{report.pk}", reason=reason, now=now)
    return part_of(report=report, part=act.removeprefix("read-"))


def _open(record: str, sealed: Sealed) -> Any:
    """What was sealed; None where it was erased."""
    if not bytes(sealed):
        return None
    try:
        return open_json(record=record, sealed=sealed)
    except (RecordErasedError, NoRecordKeyError):
        return None


def _answers(raw: Mapping[str, Any]) -> tuple[dict[str, Answer], tuple[str, ...]]:
    found: dict[str, Answer] = {}
    unreadable = []
    for name, held in raw.items():
        try:
            found[name] = from_json(held)
        except FormError:
            unreadable.append(name)
    return found, tuple(unreadable)


def _texts(record: str, rows: Any) -> tuple[Written, ...]:
    found = []
    for row in rows:
        held = _open(record, row.sealed)
        found.append(Written(row, held["text"] if held else ""))
    return tuple(found)
