"""What the service brings, measured: how long decisions take, what was sent on well, what nobody typed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Exists, OuterRef, Q, Sum

from bluelamp.reporting.models import Decision, JourneyCount, Report

ORIGIN = Q(origin="live")
_LEAST = 10


@dataclass(frozen=True)
class Benefits:
    """One period's figures; None where there are fewer than ten reports to tell of.

    `to_decision` and `to_decision_slow`: median and ninth decile from arrival to the first decision. `redirected`: the
    share of decided reports that went to the right body, or got advice, not waiting here. `answers_kept`: the answers
    of the reports that were recorded or handed over; each is one that nobody asks for and types again. `started`,
    `sent`: drafts begun and sent on the public pages.
    """

    since: date
    received: int
    decided: int
    to_decision: timedelta | None
    to_decision_slow: timedelta | None
    redirected: float | None
    recorded: int
    answers_kept: int
    started: int
    sent: int


def benefits(*, since: date, now: datetime, scope: str = "national") -> Benefits:
    """The figures of live reports that arrived from `since` on, of one scope or of all."""
    reports = Report.objects.filter(ORIGIN, received_at__date__gte=since, received_at__lte=now)
    if scope != "national":
        reports = reports.filter(scope=scope)
    decided = list(reports.exclude(decided_at=None).values_list("received_at", "decided_at"))
    took = sorted((end - start).total_seconds() for start, end in decided if end)
    away = reports.filter(_decided_as("handed-over", "advised")).count()
    used = reports.filter(_decided_as("recorded", "handed-over"))
    journey = JourneyCount.objects.filter(day__gte=since, day__lte=now.date())
    numbers = dict(journey.filter(what__in=("begun", "sent")).values_list("what").annotate(n=Sum("number")))
    enough = len(took) >= _LEAST
    return Benefits(
        since=since,
        received=reports.count(),
        decided=len(took),
        to_decision=timedelta(seconds=median(took)) if enough else None,
        to_decision_slow=_decile(took) if enough else None,
        redirected=away / len(took) if enough else None,
        recorded=reports.filter(crime__cancelled_at=None, crime__isnull=False).count(),
        answers_kept=used.aggregate(n=Sum("answers_given"))["n"] or 0,
        started=numbers.get("begun", 0),
        sent=numbers.get("sent", 0),
    )


@dataclass(frozen=True)
class PageUse:
    """How often a page of the journey was seen, answered, met with "not sure" or an error; at least ten times seen."""

    page: str
    seen: int
    answered: int
    unsure: int
    wrong: int


def funnel(*, since: date, until: date) -> Sequence[PageUse]:
    """Where people leave the journey, by page; pages that were seen fewer than ten times are left out."""
    rows = JourneyCount.objects.filter(day__gte=since, day__lte=until).values_list("page", "what")
    numbers: dict[str, dict[str, int]] = {}
    for page, what, number in rows.annotate(n=Sum("number")):
        numbers.setdefault(page, {})[what] = number
    return [
        PageUse(page, n.get("seen", 0), n.get("answered", 0), n.get("unsure", 0), n.get("wrong", 0))
        for page, n in sorted(numbers.items())
        if n.get("seen", 0) >= _LEAST
    ]


def _decided_as(*outcomes: str) -> Exists:
    return Exists(Decision.objects.filter(report=OuterRef("pk"), outcome__in=outcomes))


def _decile(took: Sequence[float]) -> timedelta:
    return timedelta(seconds=took[min(len(took) - 1, len(took) * 9 // 10)])
