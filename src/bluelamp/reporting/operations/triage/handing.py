"""Handing reports over. Until somebody acknowledges it, a report is ours; not acknowledged in time, it comes back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import NOBODY, Actor
from bluelamp.kernel.people.operations.permit import require
from bluelamp.kernel.places.queries import is_force
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.casework import LONGEST_TEXT
from bluelamp.reporting.domain.due import hand_over_due
from bluelamp.reporting.domain.flagging import Level
from bluelamp.reporting.domain.routing import REPORT_FRAUD
from bluelamp.reporting.facts import clocks
from bluelamp.reporting.models import Duty, HandOver, Report
from bluelamp.reporting.operations.flags import open_duty
from bluelamp.reporting.operations.triage import deciding
from bluelamp.reporting.operations.triage.common import (
    MissingError,
    NoReportError,
    WrongStateError,
    changed,
    held,
    permitted,
    person_of,
    reopen,
    written,
)

_BACK = ["state", "closed_at", "review_on", "decided_at", "registered_at"]
_LONGEST_REFERENCE = 60


def is_body(*, to: str) -> bool:
    """Whether reports can be handed over to this: a force, or Report Fraud."""
    return to == REPORT_FRAUD or (to.startswith("force:") and is_force(to.removeprefix("force:")))


def hand_over(
    *, actor: Actor, report_id: UUID, to: str, reason: str, text: str, seen: str = "", now: datetime
) -> HandOver:
    """Give a report to another body, and tell its reporter. It comes back unless it is acknowledged in time.

    Raises MissingError, WrongStateError, ConflictError.
    """
    report = permitted(actor=actor, action=permissions.HAND_OVER, report_id=report_id, now=now)
    deciding.check(outcome="handed-over", reason=reason)
    if not is_body(to=to) or to == report.scope:
        raise MissingError("to")
    words = written(text, longest=LONGEST_TEXT)
    with transaction.atomic():
        report = held(report, seen=seen)
        deciding.settle(actor=actor, report=report, outcome="handed-over", reason=reason, text=words, now=now)
        level = _urgency(report)
        due = hand_over_due(now=now, at_once=clocks()[level] if level is Level.IMMEDIATE else None)
        made = HandOver.objects.create(report=report, to=to, at=now, by_id=person_of(actor), due_at=due)
        changed(actor=actor, report=report, action=permissions.HAND_OVER, act="handed-over", now=now, to=to)
    return made


def acknowledge(*, actor: Actor, handover_id: UUID, now: datetime) -> Report:
    """The receiving force has it: from now on the report is theirs, in their queue, with its open duties.

    Raises NoReportError, NotPermittedError, WrongStateError where it is not open any more.
    """
    handed = _found(handover_id)
    subject = f"report:{handed.report_id}"
    require(actor=actor, action=permissions.HAND_OVER, scope=handed.to, subject=subject, now=now)
    if not handed.to.startswith("force:"):
        # A body outside the program has no queue here: what it says is noted with its reference.
        raise WrongStateError("outside")
    with transaction.atomic():
        report = held(handed.report)
        _acknowledged(handover_id, now=now)
        report.scope = report.body = handed.to
        report.assigned_to = None
        reopen(report, now=now)
        report.save(update_fields=[*_BACK, "scope", "body", "assigned_to"])
        Duty.objects.filter(report=report, done_at=None).update(scope=handed.to)
        changed(actor=actor, report=report, action=permissions.HAND_OVER, act="acknowledged", now=now, body=handed.to)
    return report


def note_acknowledged(*, actor: Actor, handover_id: UUID, reference: str, now: datetime) -> HandOver:
    """Note that a body outside the program has it, with its reference: the report is closed with us.

    Raises NoReportError, MissingError, WrongStateError.
    """
    handed = _found(handover_id)
    permitted(actor=actor, action=permissions.HAND_OVER, report_id=handed.report_id, now=now)
    tidy = " ".join(reference.split())
    if not tidy or len(tidy) > _LONGEST_REFERENCE or not tidy.isprintable():
        raise MissingError("reference")
    with transaction.atomic():
        report = held(handed.report)
        handed = _acknowledged(handover_id, now=now, reference=tidy)
        changed(actor=actor, report=report, action=permissions.HAND_OVER, act="acknowledged", now=now, body=handed.to)
    return handed


def take_back(*, actor: Actor, handover_id: UUID, now: datetime) -> Report:
    """Take a report back that nobody has acknowledged yet. Raises NoReportError, WrongStateError."""
    handed = _found(handover_id)
    permitted(actor=actor, action=permissions.HAND_OVER, report_id=handed.report_id, now=now)
    return _return(actor, handed, why="taken-back", now=now)


def return_overdue(*, now: datetime) -> int:
    """The job: bring back what nobody acknowledged in time, each with a duty; give how many came back."""
    count = 0
    for handed in HandOver.objects.filter(acknowledged_at=None, returned_at=None, due_at__lte=now):
        try:
            _return(NOBODY, handed, why="overdue", now=now)
        except WrongStateError:
            # Acknowledged or taken back since we looked.
            continue
        count += 1
    return count


def _return(actor: Actor, handed: HandOver, *, why: str, now: datetime) -> Report:
    with transaction.atomic():
        report = held(handed.report)
        handed = _open(handed.pk)
        handed.returned_at, handed.returned_why = now, why
        handed.save(update_fields=["returned_at", "returned_why"])
        reopen(report, now=now)
        report.save(update_fields=_BACK)
        if why == "overdue":
            open_duty(report=report, kind="hand-over", level=_urgency(report) or Level.SOON, now=now)
        changed(actor=actor, report=report, action=permissions.HAND_OVER, act="returned", now=now, why=why)
    return report


def _urgency(report: Report) -> Level | None:
    """The most urgent level of what is still to be done for a person; None for nothing."""
    levels = set(report.duties.filter(done_at=None).exclude(kind="hand-over").values_list("level", flat=True))
    return next((level for level in clocks() if level in levels), None)


def _found(handover_id: UUID) -> HandOver:
    found = HandOver.objects.select_related("report").filter(pk=handover_id).first()
    if found is None:
        raise NoReportError(str(handover_id))
    return found


def _open(handover_id: UUID) -> HandOver:
    handed = HandOver.objects.select_for_update().get(pk=handover_id)
    if handed.acknowledged_at or handed.returned_at:
        raise WrongStateError("not-open")
    return handed


def _acknowledged(handover_id: UUID, *, now: datetime, reference: str = "") -> HandOver:
    handed = _open(handover_id)
    handed.acknowledged_at, handed.their_reference = now, reference
    handed.save(update_fields=["acknowledged_at", "their_reference"])
    return handed
