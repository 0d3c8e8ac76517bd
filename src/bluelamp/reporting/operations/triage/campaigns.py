"""Campaigns: reports of one wave, decided once, and every reporter answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.casework import LONGEST_TEXT
from bluelamp.reporting.models import Campaign, Decision, Report
from bluelamp.reporting.operations.triage import deciding, linking
from bluelamp.reporting.operations.triage.common import (
    MissingError,
    NoReportError,
    WrongStateError,
    changed,
    held,
    permitted,
    person_of,
    written,
)
from bluelamp.reporting.queries.casework import is_about_children

MOST_REPORTS = 500


@dataclass(frozen=True)
class Decided:
    """What a decision of a campaign did. `left`: references that must be decided apart, each with why (a code)."""

    decisions: tuple[Decision, ...]
    left: tuple[tuple[str, str], ...]


def open_campaign(*, actor: Actor, title: str, now: datetime) -> Campaign:
    """Begin a campaign in the actor's scope. The title says what is done, and names nobody. Raises MissingError."""
    require(actor=actor, action=permissions.LINK, scope=actor.scope, now=now)
    words = written(title, longest=120, what="title")
    with transaction.atomic():
        made = Campaign.objects.create(
            title=words, scope=actor.scope, origin="live", opened_at=now, opened_by_id=person_of(actor)
        )
        note(actor=actor, action="reporting.campaign", subject=f"campaign:{made.pk}", now=now)
    return made


def add_report(*, actor: Actor, campaign_id: UUID, reference: str, now: datetime) -> Report:
    """Add a report by its reference. Raises NoReportError, MissingError, WrongStateError for one of another origin."""
    campaign = found(actor=actor, campaign_id=campaign_id, now=now)
    other = linking.find(reference=reference)
    if other is None:
        raise MissingError("reference")
    report = permitted(actor=actor, action=permissions.LINK, report_id=other.pk, now=now)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        report = held(report)
        members = campaign.reports.count()
        if members >= MOST_REPORTS:
            raise WrongStateError("campaign-full")
        if members and campaign.origin != report.origin:
            raise WrongStateError("other-origin")
        if not members:
            campaign.origin = report.origin
            campaign.save(update_fields=["origin"])
        campaign.reports.add(report)
        to = f"campaign:{campaign.pk}"
        changed(actor=actor, report=report, action=permissions.LINK, act="campaign-joined", shown=False, now=now, to=to)
    return report


def remove_report(*, actor: Actor, campaign_id: UUID, report_id: UUID, now: datetime) -> None:
    """Take a report out of a campaign; what was decided stays. Raises NoReportError."""
    campaign = found(actor=actor, campaign_id=campaign_id, now=now)
    report = permitted(actor=actor, action=permissions.LINK, report_id=report_id, now=now)
    with transaction.atomic():
        campaign.reports.remove(report)
        to = f"campaign:{campaign.pk}"
        changed(actor=actor, report=report, action=permissions.LINK, act="campaign-left", shown=False, now=now, to=to)


def decide_campaign(
    *,
    actor: Actor,
    campaign_id: UUID,
    outcome: str,
    reason: str,
    text: str,
    welsh: str = "",
    offence: str = "",
    now: datetime,
) -> Decided:
    """Decide every report of a campaign once, each with a decision and an answer of its own.

    Left out, and told: what is closed or handed over, has another scope, an open duty of danger, or may hold pictures
    of children. Those are decided one by one. `welsh`: the words for those who wrote in Welsh, needed where one
    did. Raises NoReportError, MissingError.
    """
    campaign = found(actor=actor, campaign_id=campaign_id, now=now)
    require(actor=actor, action=permissions.DECIDE, scope=campaign.scope, subject=f"campaign:{campaign.pk}", now=now)
    deciding.check(outcome=outcome, reason=reason, offence=offence)
    if outcome == "handed-over":
        raise MissingError("outcome")
    words = {"en": written(text, longest=LONGEST_TEXT)}
    if welsh.strip():
        words["cy"] = written(welsh, longest=LONGEST_TEXT, what="welsh")
    made: list[Decision] = []
    left: list[tuple[str, str]] = []
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        for report in _locked(campaign):
            why = _apart(report, actor)
            if why:
                left.append((report.reference, why))
                continue
            if report.language not in words:
                raise MissingError("welsh")
            made.append(
                deciding.settle(
                    actor=actor,
                    report=report,
                    outcome=outcome,
                    reason=reason,
                    text=words[report.language],
                    offence=offence,
                    campaign=campaign,
                    now=now,
                )
            )
        campaign.decided_at = now
        campaign.save(update_fields=["decided_at"])
        counts = {"decided": str(len(made)), "left": str(len(left)), "result": outcome}
        note(actor=actor, action="reporting.campaign-decided", subject=f"campaign:{campaign.pk}", now=now, **counts)
    return Decided(tuple(made), tuple(left))


def found(*, actor: Actor, campaign_id: UUID, now: datetime) -> Campaign:
    """A campaign that the actor may work on. Raises NoReportError, NotPermittedError."""
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise NoReportError(str(campaign_id))
    require(actor=actor, action=permissions.LINK, scope=campaign.scope, subject=f"campaign:{campaign.pk}", now=now)
    return campaign


def _locked(campaign: Campaign) -> Iterable[Report]:
    return Report.objects.select_for_update().filter(pk__in=campaign.reports.values("pk")).order_by("pk")


def _apart(report: Report, actor: Actor) -> str:
    """Why a report is not decided with the others; "" where it is."""
    checks = (
        ("erased", report.erased_at is not None),
        ("other-scope", actor.scope not in ("national", report.scope)),
        ("closed", report.closed_at is not None),
        ("decided", report.decided_at is not None),
        ("danger", report.duties.filter(done_at=None, level="immediate").exists()),
        ("children", is_about_children(report=report)),
    )
    return next((code for code, holds in checks if holds), "")
