"""Review dates: what is closed is kept no longer than somebody decides it must be."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.due import REVIEW_MONTHS, months_after
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.erasing import erase_report
from bluelamp.reporting.operations.triage.common import WrongStateError, changed, held, permitted, require_one_of


def keep(*, actor: Actor, report_id: UUID, reason: str, now: datetime) -> Report:
    """Keep a closed report for another twelve months, with a reason. Raises MissingError, WrongStateError."""
    report = permitted(actor=actor, action=permissions.REVIEW, report_id=report_id, now=now)
    require_one_of(reason, desk().lists["keep"], what="reason")
    with transaction.atomic():
        report = held(report)
        if report.closed_at is None:
            raise WrongStateError("not-closed")
        report.review_on = months_after(day=now.date(), months=REVIEW_MONTHS)
        report.save(update_fields=["review_on"])
        changed(actor=actor, report=report, action=permissions.REVIEW, act="kept", shown=False, now=now, reason=reason)
    return report


def erase(*, actor: Actor, report_id: UUID, now: datetime) -> None:
    """Erase a closed report whose day of review has come. Raises WrongStateError where it has not."""
    report = permitted(actor=actor, action=permissions.REVIEW, report_id=report_id, now=now)
    if report.closed_at is None or report.review_on is None or report.review_on > now.date():
        raise WrongStateError("not-due")
    if report.duties.filter(done_at=None).exists():
        raise WrongStateError("open-duty")
    erase_report(report=report.pk, by=actor.audit_id, reason="review", now=now)
