"""Deciding: an outcome, a reason code, and words that the reporter reads. Decisions are rows; the newest one counts."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.casework import LONGEST_TEXT
from bluelamp.reporting.domain.due import REVIEW_MONTHS, months_after
from bluelamp.reporting.facts import desk, offences
from bluelamp.reporting.models import Campaign, Decision, HandOver, Report
from bluelamp.reporting.operations.answering import post_to_reporter
from bluelamp.reporting.operations.journey_counts import count_decided
from bluelamp.reporting.operations.sealed import report_records, seal_json
from bluelamp.reporting.operations.triage.common import (
    MissingError,
    WrongStateError,
    become,
    changed,
    held,
    permitted,
    person_of,
    written,
)

_STATE_OF = {"recorded": "registered", "not-recorded": "not-recorded", "advised": "not-recorded"}
_STATE_OF |= {"duplicate": "not-recorded", "handed-over": "handed-over"}


def decide(
    *,
    actor: Actor,
    report_id: UUID,
    outcome: str,
    reason: str,
    text: str,
    offence: str = "",
    seen: str = "",
    now: datetime,
) -> Decision:
    """Decide, and tell the reporter why. `seen` is the `standing` on which the decider built.

    Recorded means: to be recorded as a crime; the report stays open until the registrar gives it a number. A report is
    handed over by `handing.hand_over`. Raises NoReportError, NotPermittedError, MissingError, WrongStateError, and
    ConflictError where somebody else decided meanwhile.
    """
    report = permitted(actor=actor, action=permissions.DECIDE, report_id=report_id, now=now)
    check(outcome=outcome, reason=reason, offence=offence)
    if outcome == "handed-over":
        raise MissingError("outcome")
    words = written(text, longest=LONGEST_TEXT)
    with transaction.atomic():
        report = held(report, seen=seen)
        return settle(actor=actor, report=report, outcome=outcome, reason=reason, text=words, offence=offence, now=now)


def check(*, outcome: str, reason: str, offence: str = "") -> None:
    """Raise MissingError where outcome, reason and offence do not fit together."""
    known = desk().reasons.get(reason)
    if outcome not in _STATE_OF:
        raise MissingError("outcome")
    if known is None or known.outcome != outcome:
        raise MissingError("reason")
    if offence and outcome != "recorded":
        raise MissingError("offence")
    if offence and (len(offence) > 20 or not _is_offence(offence)):
        raise MissingError("offence")


def settle(
    *,
    actor: Actor,
    report: Report,
    outcome: str,
    reason: str,
    text: str,
    offence: str = "",
    campaign: Campaign | None = None,
    now: datetime,
) -> Decision:
    """Store a decision that was checked, with its words to the reporter, in the caller's transaction; saves the report.

    Raises WrongStateError.
    """
    if HandOver.objects.filter(report=report, acknowledged_at=None, returned_at=None).exists():
        raise WrongStateError("handed-over-open")
    if outcome == "recorded" and report.state == "recorded":
        raise WrongStateError("recorded-already")
    if report.origin == "live" and not report.decisions.exists():
        count_decided(received=report.received_at, now=now)
    become(report, state=_STATE_OF[outcome], now=now)
    report.decided_at = now
    if report.closed_at:
        report.review_on = months_after(day=now.date(), months=REVIEW_MONTHS)
    report.save(update_fields=["state", "registered_at", "closed_at", "review_on", "decided_at"])
    made = Decision.objects.create(
        report=report,
        outcome=outcome,
        reason=reason,
        sealed=seal_json(record=report_records(report.pk)[0], content={"text": text}, now=now),
        offence=offence,
        campaign=campaign,
        at=now,
        by_id=person_of(actor),
    )
    post_to_reporter(actor=actor, report=report.pk, kind="decision", text=text, now=now)
    changed(
        actor=actor, report=report, action=permissions.DECIDE, act="decided", now=now, result=outcome, reason=reason
    )
    return made


def crime_review_months() -> int:
    """After how many months a recorded crime is reviewed, by the force's rule."""
    return 12 * int(settings.BLUELAMP_CRIME_REVIEW_YEARS)


def _is_offence(code: str) -> bool:
    """Whether a code stands in the table."""
    return code in offences().offences
