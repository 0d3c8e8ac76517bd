"""What is known of one report at the desk, without opening anything that is sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.models import (
    Campaign,
    CrimeRecord,
    Decision,
    Disclosure,
    Duty,
    DutyWatch,
    HandOver,
    Report,
    ReportLink,
    Step,
)


@dataclass(frozen=True)
class Case:
    """The rows around one report, each kind in its order."""

    report: Report
    decisions: list[Decision]
    handovers: list[HandOver]
    disclosures: list[Disclosure]
    duties: list[Duty]
    links: list[ReportLink]
    campaigns: list[Campaign]
    steps: list[Step]
    crime: CrimeRecord | None

    @property
    def open_handover(self) -> HandOver | None:
        """The hand-over that waits for an acknowledgement."""
        return next((h for h in self.handovers if not h.acknowledged_at and not h.returned_at), None)

    @property
    def decision(self) -> Decision | None:
        """The decision that counts: the newest."""
        return self.decisions[-1] if self.decisions else None


def case_of(*, report: Report) -> Case:
    """Everything around a report."""
    crime = CrimeRecord.objects.select_related("by").filter(report=report).first()
    return Case(
        report=report,
        decisions=list(report.decisions.select_related("by", "campaign")),
        handovers=list(report.handovers.select_related("by")),
        disclosures=list(report.disclosures.select_related("by", "organisation").order_by("at")),
        duties=list(report.duties.select_related("acknowledged_by", "done_by")),
        links=list(links_of(report=report)),
        campaigns=list(report.campaigns.all()),
        steps=list(report.steps.all()),
        crime=crime,
    )


def links_of(*, report: Report) -> QuerySet[ReportLink]:
    """Links from and to a report, the strongest first."""
    found = ReportLink.objects.filter(Q(one=report) | Q(other=report)).select_related("one", "other", "decided_by")
    sealed = [f"{side}__{part}" for side in ("one", "other") for part in ("content", "safety", "contact")]
    return found.defer(*sealed).order_by("-score", "id")


def standing(*, report: Report) -> str:
    """What a decision builds on: it changes with every decision, state and scope, so that two deciders collide."""
    return f"{Decision.objects.filter(report=report).count()}.{report.state}.{report.scope}"


def is_about_children(*, report: Report) -> bool:
    """Whether it may hold pictures of children: for safeguarding officers only (RED-LINES 10)."""
    return report.flags.filter(code=Flag.CHILD_IMAGES).exists()


def is_somebody_reading(*, scope: str, now: datetime) -> bool:
    """Whether an officer is on duty now for a scope, there or for the whole country, with a grant still in force."""
    return on_duty(now=now).filter(scope__in={scope, "national"}).exists()


def on_duty(*, now: datetime) -> QuerySet[DutyWatch]:
    """Who is on duty now."""
    return DutyWatch.objects.filter(
        ended_at=None,
        started_at__lte=now,
        ends_at__gt=now,
        person__is_active=True,
        grant__revoked_at=None,
        grant__ends_at__gt=now,
    ).select_related("person")


def own_watch(*, person: UUID | None, now: datetime) -> DutyWatch | None:
    """This person's watch, if they are on duty."""
    return on_duty(now=now).filter(person=person).first()
