"""Taking a report, giving it to a colleague, putting it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.queries import holders
from bluelamp.reporting import permissions
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.steps import add_step_of
from bluelamp.reporting.operations.triage.common import MissingError, become, changed, held, permitted

_WORKERS = ("triage-officer", "safeguarding-officer")


def colleagues(*, scope: str, now: datetime) -> list[User]:
    """Who may work on reports of a scope, each once, by name."""
    found = {
        person for capacity in _WORKERS for person in holders(capacity=capacity, scopes=[scope, "national"], now=now)
    }
    return sorted(found, key=lambda person: (str(person), person.pk))


def take(*, actor: Actor, report_id: UUID, now: datetime) -> Report:
    """Take a report: from now on the actor works on it. The first taking registers it."""
    return _assign(actor, report_id, to=actor.user_id, now=now)


def give(*, actor: Actor, report_id: UUID, person_id: UUID, now: datetime) -> Report:
    """Give a report to a colleague. Raises MissingError for somebody who may not work on it."""
    report = permitted(actor=actor, action=permissions.ASSIGN, report_id=report_id, now=now)
    if person_id not in {person.pk for person in colleagues(scope=report.scope, now=now)}:
        raise MissingError("person")
    return _assign(actor, report_id, to=person_id, now=now)


def put_back(*, actor: Actor, report_id: UUID, now: datetime) -> Report:
    """Nobody works on the report any more; others see that it is free."""
    return _assign(actor, report_id, to=None, now=now)


def _assign(actor: Actor, report_id: UUID, *, to: UUID | None, now: datetime) -> Report:
    report = permitted(actor=actor, action=permissions.ASSIGN, report_id=report_id, now=now)
    with transaction.atomic():
        report = held(report)
        report.assigned_to_id = to
        if to and report.state == "received":
            become(report, state="registered", now=now)
            add_step_of(actor=actor, report=report, act="registered", shown=True, now=now)
        report.save(update_fields=["assigned_to", "state", "registered_at", "closed_at", "review_on"])
        act, whom = ("assigned", f"user:{to}") if to else ("put-back", "nobody")
        changed(actor=actor, report=report, action=permissions.ASSIGN, act=act, shown=False, now=now, to=whom)
    return report
