"""Duties: acknowledged by a person against a clock, told further up where nobody does, done with a word on how."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import DutyEscalated
from bluelamp.kernel.messaging.domain.addresses import AddressError
from bluelamp.kernel.messaging.operations.contacts import account_contact
from bluelamp.kernel.messaging.operations.notices import queue
from bluelamp.kernel.outbox.operations import announce
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.domain.scopes import NATIONAL
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.permit import require
from bluelamp.kernel.people.queries import holders
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.due import escalation_due
from bluelamp.reporting.domain.flagging import Level
from bluelamp.reporting.facts import clocks, desk
from bluelamp.reporting.models import Duty, Report
from bluelamp.reporting.operations.posts import may_answer_complaint
from bluelamp.reporting.operations.steps import COMPLAINT
from bluelamp.reporting.operations.triage.common import (
    NoReportError,
    WrongStateError,
    changed,
    person_of,
    require_one_of,
)

_TOLD = ("safeguarding-officer", "triage-officer")
# What only a safeguarding officer may call done (RED-LINES 10).
_SAFEGUARDING = frozenset({"child"})


def acknowledge(*, actor: Actor, duty_id: UUID, now: datetime) -> Duty:
    """The actor has seen it and acts: the clock stops. Raises NoReportError, NotPermittedError, WrongStateError."""
    _permitted(actor, duty_id, now=now)
    with transaction.atomic():
        duty = Duty.objects.select_for_update().get(pk=duty_id)
        if duty.acknowledged_at:
            raise WrongStateError("acknowledged-already")
        duty.acknowledged_at, duty.acknowledged_by_id = now, actor.user_id
        duty.save(update_fields=["acknowledged_at", "acknowledged_by"])
        changed(
            actor=actor,
            report=duty.report,
            action=permissions.DUTY,
            act="duty-seen",
            shown=False,
            now=now,
            kind=duty.kind,
        )
    return duty


def done(*, actor: Actor, duty_id: UUID, how: str, now: datetime) -> Duty:
    """Say what was done (a code of the table). Raises MissingError, WrongStateError where nobody acknowledged it."""
    duty = _permitted(actor, duty_id, now=now)
    require_one_of(how, desk().lists["done"], what="how")
    if duty.kind in _SAFEGUARDING:
        scope, subject = _scope(actor, duty), f"report:{duty.report_id}"
        require(actor=actor, action=permissions.READ_SAFETY, scope=scope, subject=subject, now=now)
    if duty.kind == COMPLAINT and not may_answer_complaint(report=duty.report_id, user=person_of(actor)):
        raise WrongStateError("own-decision")
    with transaction.atomic():
        duty = Duty.objects.select_for_update().get(pk=duty_id)
        if duty.acknowledged_at is None:
            raise WrongStateError("not-acknowledged")
        if duty.done_at:
            raise WrongStateError("done-already")
        duty.done_at, duty.done_by_id, duty.done_how = now, actor.user_id, how
        duty.save(update_fields=["done_at", "done_by", "done_how"])
        changed(
            actor=actor,
            report=duty.report,
            action=permissions.DUTY,
            act="duty-done",
            shown=False,
            now=now,
            kind=duty.kind,
            how=how,
        )
    return duty


def add_duty(*, report: Report, kind: str, level: str, due_at: datetime, now: datetime) -> Duty:
    """Make a duty, unless one of this kind is open, in the caller's transaction. An open one is never put off."""
    values = {"level": level, "scope": report.scope, "raised_at": now, "due_at": due_at}
    made, _new = Duty.objects.get_or_create(report=report, kind=kind, done_at=None, defaults=values)
    return made


def escalate(*, now: datetime) -> int:
    """The job: tell more people of duties that nobody acknowledged in time; give how many were told of.

    The first time those of the scope; from the second the whole country's desk too, to which the duty then belongs.
    """
    waiting = Duty.objects.filter(acknowledged_at=None, done_at=None, due_at__lte=now)
    late = [duty.pk for duty in waiting if _is_late(duty, now)]
    return sum(_escalate(duty_id, now=now) for duty_id in late)


def _escalate(duty_id: UUID, *, now: datetime) -> int:
    with transaction.atomic():
        duty = Duty.objects.select_for_update().select_related("report").get(pk=duty_id)
        if duty.acknowledged_at or not _is_late(duty, now):
            return 0
        duty.escalated += 1
        duty.escalated_at = now
        if duty.escalated >= 2:
            duty.scope = NATIONAL
        duty.save(update_fields=["escalated", "escalated_at", "scope"])
        detail: dict[str, str | int] = {"kind": duty.kind, "step": duty.escalated}
        record(actor="system", action="reporting.escalate", subject=f"report:{duty.report_id}", detail=detail, now=now)
        announce(event=DutyEscalated(duty=duty.pk, step=duty.escalated), now=now)
        for person in _whom(duty, now=now):
            _tell(person, duty, now=now)
    return 1


def _is_late(duty: Duty, now: datetime) -> bool:
    due = escalation_due(raised_at=duty.raised_at, within=clocks()[Level(duty.level)], escalated=duty.escalated)
    return due is not None and due <= now


def _whom(duty: Duty, *, now: datetime) -> list[User]:
    scopes = {duty.report.scope, duty.scope}
    found = {person for capacity in _TOLD for person in holders(capacity=capacity, scopes=scopes, now=now)}
    return sorted(found, key=lambda person: person.pk)


def _tell(person: User, duty: Duty, *, now: datetime) -> None:
    """A neutral notice to an officer; one without a usable address sees it at the desk only."""
    try:
        contact = account_contact(user=person, now=now)
    except AddressError:
        return
    key = f"duty-{duty.pk}-{duty.escalated}-{person.pk}"
    queue(contact=contact, template="something-new", dedupe_key=key, origin=duty.report.origin, now=now)


def _permitted(actor: Actor, duty_id: UUID, *, now: datetime) -> Duty:
    duty = Duty.objects.select_related("report").filter(pk=duty_id).first()
    if duty is None:
        raise NoReportError(str(duty_id))
    subject = f"report:{duty.report_id}"
    require(actor=actor, action=permissions.DUTY, scope=_scope(actor, duty), subject=subject, now=now)
    return duty


def _scope(actor: Actor, duty: Duty) -> str:
    """A duty that went up to the whole country stays with the force whose report it is, too."""
    return duty.report.scope if actor.scope == duty.report.scope else duty.scope
