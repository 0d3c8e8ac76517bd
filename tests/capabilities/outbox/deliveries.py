"""An event, what it does, and the steps of its delivery."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import transaction

from bluelamp.kernel.events import Event
from bluelamp.kernel.outbox.models import Delivery, ScheduledJob
from bluelamp.kernel.outbox.operations import (
    Outcome,
    announce,
    claim,
    deliver,
)

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
Install = Callable[..., None]


@dataclass(frozen=True)
class Poked(Event):
    number: int


def write(*, event: Poked, now: datetime) -> None:
    """An effect in the database: one row for each run."""
    ScheduledJob.objects.create(name=f"effect-{event.number}-{uuid4().hex[:8]}", next_at=now)


def effects() -> int:
    return ScheduledJob.objects.filter(name__startswith="effect-").count()


def raising(error: Exception) -> Callable[..., None]:
    def run(*, event: Poked, now: datetime) -> None:
        write(event=event, now=now)
        raise error

    return run


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def poke(number: int = 1, *, now: datetime = NOW) -> None:
    with transaction.atomic():
        announce(event=Poked(number=number), now=now)


def take(now: datetime = NOW) -> Delivery:
    taken = claim(now=now, lease=LEASE)
    assert taken is not None
    return taken


def do(delivery: Delivery, now: datetime = NOW) -> Outcome:
    return deliver(delivery=delivery, clock=at(now), jitter=0)


def make_dead(number: int = 1) -> Delivery:
    """A dead letter of the handler `poke`, whatever that does."""
    poke(number)
    delivery = take()
    Delivery.objects.filter(pk=delivery.pk).update(
        dead_at=NOW, lease_token=None, leased_until=None, last_error="PermanentError: no"
    )
    return delivery
