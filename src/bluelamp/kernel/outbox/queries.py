"""Reads of the outbox and the schedule."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox.domain.retry import HORIZON
from bluelamp.kernel.outbox.models import Delivery, ScheduledJob
from bluelamp.kernel.prepared import PreparedValues

KEPT_DAYS = 30


@dataclass(frozen=True)
class Backlog:
    """How much waits. `oldest` is the age of the oldest waiting delivery, None where none waits.

    `waiting` is all that a worker of this version will still do: `leased` (in a worker's hands), `failing` (tried in
    vain so far) and new. `unknown` names handlers this version lacks, with the number of deliveries kept for them.
    """

    waiting: int
    leased: int
    failing: int
    dead: int
    unknown: dict[str, int]
    oldest: timedelta | None


@dataclass(frozen=True)
class JobState:
    """One job of the schedule; `title` and `every` are None where this version of the program does not know it."""

    name: str
    title: str | None
    every: timedelta | None
    next_at: datetime | None
    last_started: datetime | None
    last_finished: datetime | None
    failures: int
    last_error: str
    running: bool


_OPEN_BY_HANDLER = PreparedValues(
    lambda: (
        Delivery.objects.filter(done_at=None)
        .order_by("handler")
        .values_list("handler")
        .annotate(dead=Count("dead_at"), number=Count("id"))
    )
)


@dataclass(frozen=True)
class Load:
    """How much a worker of this version will still do, and how much was given up and waits for a person."""

    waiting: int
    dead: int


def open_deliveries() -> QuerySet[Delivery]:
    """Neither done nor dead."""
    return Delivery.objects.filter(done_at=None, dead_at=None)


def claimable(*, now: datetime) -> QuerySet[Delivery]:
    """What a worker may take, oldest first. What lies beyond the horizon was set before the clock went back."""
    due = Q(due_at__lte=now) | Q(due_at__gt=now + HORIZON)
    free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + HORIZON)
    return open_deliveries().filter(due, free, handler__in=registry.handler_names()).order_by("due_at", "id")


def dead_letters() -> QuerySet[Delivery]:
    """What was given up and waits for a person, oldest first."""
    return Delivery.objects.filter(dead_at__isnull=False, done_at=None).order_by("dead_at", "id")


def tidied(*, now: datetime) -> QuerySet[Delivery]:
    """What was done or discarded so long ago that it goes."""
    return Delivery.objects.filter(done_at__lt=now - timedelta(days=KEPT_DAYS))


def backlog(*, now: datetime) -> Backlog:
    """How much waits, in one look."""
    known = open_deliveries().filter(handler__in=registry.handler_names())
    counts = known.aggregate(
        waiting=Count("id"),
        leased=Count("id", filter=Q(leased_until__gt=now)),
        failing=Count("id", filter=~Q(last_error="")),
        first=Min("created_at"),
    )
    unknown = open_deliveries().exclude(handler__in=registry.handler_names()).order_by("handler").values("handler")
    return Backlog(
        waiting=counts["waiting"],
        leased=counts["leased"],
        failing=counts["failing"],
        dead=dead_letters().count(),
        unknown={row["handler"]: row["number"] for row in unknown.annotate(number=Count("id"))},
        oldest=max(now - counts["first"], timedelta(0)) if counts["first"] else None,
    )


def load() -> Load:
    """The two numbers of a backlog that staff see first, in one look."""
    rows, known = _OPEN_BY_HANDLER.rows(), registry.handler_names()
    return Load(
        waiting=sum(number - dead for handler, dead, number in rows if handler in known),
        dead=sum(dead for _handler, dead, _number in rows),
    )


def schedule(*, now: datetime) -> list[JobState]:
    """Every job of this version in its order, then those that only the table knows."""
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    jobs = {job.name: job for job in registry.installed().jobs}
    states = []
    for name in [*jobs, *sorted(rows.keys() - jobs.keys())]:
        job, row = jobs.get(name), rows.get(name) or ScheduledJob(name=name)
        states.append(
            JobState(
                name=name,
                title=job.title if job else None,
                every=job.every if job else None,
                next_at=row.next_at,
                last_started=row.last_started,
                last_finished=row.last_finished,
                failures=row.failures,
                last_error=row.last_error,
                running=row.leased_until is not None and row.leased_until > now,
            )
        )
    return states
