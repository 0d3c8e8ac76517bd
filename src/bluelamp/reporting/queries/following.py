"""What a reporter's page shows that is not sealed: facts of the way, steps, and who looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from bluelamp.kernel.audit.queries import AuditFilters, search
from bluelamp.reporting.domain.routing import body_name
from bluelamp.reporting.domain.telling import Facts
from bluelamp.reporting.facts import routes, telling
from bluelamp.reporting.models import CrimeRecord, Report, Step

# Who does something about a report without being a person at work.
_NOT_SHOWN = ("reporter", "anonymous")


@dataclass(frozen=True)
class Look:
    """Somebody of a role did something with a report on a day: never who, and each once a day."""

    day: date
    role: str
    action: str


def facts_of(*, report: Report, language: str) -> Facts:
    """What is known of a report's way, for `domain.telling`."""
    decision = report.decisions.order_by("-at", "-id").first()
    handed = report.handovers.filter(returned_at=None).order_by("-at", "-id").first()
    crime = getattr(report, "crime", None)
    if crime is not None and crime.cancelled_at is not None:
        crime = None
    return Facts(
        state=report.state,
        received=_day(report.received_at),
        registered=_day_or_none(report.registered_at),
        decided=_day_or_none(decision.at if decision else report.decided_at),
        outcome=decision.outcome if decision else "",
        crime=_crime(crime, language) if crime else "",
        recorded=_day_or_none(crime.recorded_at if crime else None),
        handed_to=name_of(body=handed.to, language=language) if handed and report.state == "handed-over" else "",
        handed=_day_or_none(handed.at if handed else None),
        answer_by=_day_or_none(handed.due_at if handed else None),
        acknowledged=_day_or_none(handed.acknowledged_at if handed else None),
        their_reference=handed.their_reference if handed else "",
        closed=_day_or_none(report.closed_at),
        review=report.review_on,
        erased=_day_or_none(report.erased_at),
    )


def _crime(crime: CrimeRecord, language: str) -> str:
    force = name_of(body=f"force:{crime.force.removeprefix('force:')}", language=language)
    return f"{crime.number} ({force})"


def name_of(*, body: str, language: str) -> str:
    """The name of a body; what is no body of ours is named as it is written."""
    try:
        return body_name(routes=routes(), body=body, language=language)
    except KeyError:
        return body.rpartition(":")[2]


def steps_of(*, report: Report) -> list[Step]:
    """The steps that a reporter reads, oldest first."""
    return list(report.steps.filter(shown=True).order_by("at", "id"))


def who_looked(*, report: Report) -> list[Look]:
    """Role, day and act of what was done with a report, newest first, of the acts that reporters are shown.

    It is read from the audit log, so it shows what was really written down. Flags and what partners were given are not
    among these acts (RED-LINES 13 and `domain/telling`).
    """
    shown: Mapping[str, object] = telling().looks
    filters = AuditFilters(subject=f"report:{report.pk}", action="reporting.", outcome="done", limit=None)
    entries = search(filters=filters).filter(action__in=list(shown)).exclude(actor__in=_NOT_SHOWN)
    rows = entries.values_list("at", "capacity", "action")
    return list(dict.fromkeys(Look(_day(at), capacity or "system", action) for at, capacity, action in rows))


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _day_or_none(at: datetime | None) -> date | None:
    return None if at is None else _day(at)
