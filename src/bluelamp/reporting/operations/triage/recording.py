"""Crime numbers: a registrar records what was decided to be a crime, and cancels what should not have been recorded.

Within 24 hours of the report (Home Office Counting Rules, Crime Recording Rules for frontline officers).
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.casework import tidy_number
from bluelamp.reporting.domain.due import months_after
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import CrimeRecord, Report
from bluelamp.reporting.operations.answering import post_to_reporter
from bluelamp.reporting.operations.triage.common import (
    MissingError,
    WrongStateError,
    become,
    changed,
    held,
    permitted,
    reopen,
    require_one_of,
)
from bluelamp.reporting.operations.triage.deciding import crime_review_months


class NumberTakenError(ValueError):
    """This force has given the number to another crime."""


def record_crime(*, actor: Actor, report_id: UUID, number: str, offence: str, now: datetime) -> CrimeRecord:
    """Record the crime that a report was decided to be, and tell the reporter its number.

    Raises MissingError, WrongStateError where it was not decided so, NumberTakenError.
    """
    report = permitted(actor=actor, action=permissions.RECORD, report_id=report_id, now=now)
    try:
        tidy = tidy_number(number)
    except ValueError as bad:
        raise MissingError("number") from bad
    if not offence.strip() or len(offence.strip()) > 20:
        raise MissingError("offence")
    try:
        with transaction.atomic():
            report = held(report)
            _must_wait(report)
            crime = _store(actor, report, number=tidy, offence=offence.strip(), now=now)
            become(report, state="recorded", now=now)
            report.review_on = months_after(day=now.date(), months=crime_review_months())
            report.save(update_fields=["state", "closed_at", "review_on", "registered_at"])
            text = desk().notices["recorded"](report.language).replace("{number}", tidy)
            post_to_reporter(actor=actor, report=report.pk, kind="decision", text=text, now=now)
            changed(actor=actor, report=report, action=permissions.RECORD, act="recorded", now=now)
            return crime
    except IntegrityError as taken:
        if CrimeRecord.objects.filter(force=_force(report), number=tidy).exclude(report=report).exists():
            raise NumberTakenError(tidy) from taken
        raise


def cancel_crime(*, actor: Actor, report_id: UUID, reason: str, now: datetime) -> Report:
    """Cancel a crime record with a reason: the report is back in the queue. Raises MissingError, WrongStateError."""
    report = permitted(actor=actor, action=permissions.RECORD, report_id=report_id, now=now)
    require_one_of(reason, desk().lists["cancel"], what="reason")
    with transaction.atomic():
        report = held(report)
        crime = CrimeRecord.objects.filter(report=report, cancelled_at=None).first()
        if crime is None or report.state != "recorded":
            raise WrongStateError("not-recorded-yet")
        crime.cancelled_at, crime.cancelled_reason = now, reason
        crime.save(update_fields=["cancelled_at", "cancelled_reason"])
        reopen(report, now=now)
        report.save(update_fields=["state", "closed_at", "review_on", "decided_at", "registered_at"])
        text = desk().notices["cancelled"](report.language).replace("{number}", crime.number)
        post_to_reporter(actor=actor, report=report.pk, kind="decision", text=text, now=now)
        changed(actor=actor, report=report, action=permissions.RECORD, act="crime-cancelled", now=now, reason=reason)
    return report


def _must_wait(report: Report) -> None:
    last = report.decisions.last()
    if last is None or last.outcome != "recorded" or report.decided_at is None or report.closed_at:
        raise WrongStateError("not-decided")


def _store(actor: Actor, report: Report, *, number: str, offence: str, now: datetime) -> CrimeRecord:
    """One row for a report: after a cancelled record it takes the new number; the steps keep what was before."""
    values = {
        "force": _force(report),
        "number": number,
        "offence": offence,
        "recorded_at": now,
        "by_id": actor.user_id,
        "cancelled_at": None,
        "cancelled_reason": "",
    }
    crime, _made = CrimeRecord.objects.update_or_create(report=report, defaults=values)
    return crime


def _force(report: Report) -> str:
    return report.scope.removeprefix("force:")
