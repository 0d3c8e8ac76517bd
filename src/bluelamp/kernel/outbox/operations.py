"""Writes of the outbox: announcing an event, taking and doing a delivery, and what staff do with dead letters."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from django.db import router, transaction

from bluelamp.kernel.events import Event
from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox.domain.codec import decode, encode
from bluelamp.kernel.outbox.domain.errors import PermanentError, describe
from bluelamp.kernel.outbox.domain.retry import LONGEST_LEASE, MAX_ATTEMPTS, delay
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.queries import claimable, dead_letters, open_deliveries, tidied


class NoDeadLetterError(LookupError):
    """There is no dead letter of this id (any more)."""


class LeaseLostError(RuntimeError):
    """The lease ran out and another worker took the delivery: what was done in this transaction is undone."""


class Outcome(Enum):
    """What became of one attempt."""

    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"
    LOST = "lost"


def announce(*, event: Event, now: datetime) -> None:
    """Store an event for each of its handlers, in the caller's transaction: both happen or neither.

    Raises ValueError outside a transaction, PayloadError (a ValueError too) for an event that holds more than ids.
    """
    if not transaction.get_connection(router.db_for_write(Delivery)).in_atomic_block:
        raise ValueError("announce an event inside the transaction.atomic() of the change it tells of")
    payload = encode(event=event)
    Delivery.objects.bulk_create(
        Delivery(event=type(event).__name__, payload=payload, handler=h.name, created_at=now, due_at=now)
        for h in registry.handlers_of(event=type(event))
    )


def claim(*, now: datetime, lease: timedelta) -> Delivery | None:
    """Take the oldest delivery that is due for the time of `lease`, or None. No two workers get the same.

    One that was begun MAX_ATTEMPTS times and never ended becomes a dead letter here: it kills its workers.
    """
    if not timedelta(0) < lease <= LONGEST_LEASE:
        raise ValueError("a lease is longer than nothing and at most an hour")
    due = claimable(now=now)
    while due.exists():  # a plain read: an idle worker takes no write lock
        with transaction.atomic(durable=True):
            row = due.select_for_update(skip_locked=True).first()
            if row is None:
                return None
            mine = due.filter(pk=row.pk)
            if row.attempts >= MAX_ATTEMPTS:
                mine.update(dead_at=now, lease_token=None, leased_until=None, last_error=_killer(row))
                continue
            token = uuid.uuid4()
            if mine.update(attempts=row.attempts + 1, lease_token=token, leased_until=now + lease):
                row.attempts, row.lease_token, row.leased_until = row.attempts + 1, token, now + lease
                return row
    return None


def _killer(row: Delivery) -> str:
    before = f" Before: {row.last_error}" if row.last_error else ""
    return f"The worker ended during attempt {row.attempts}.{before}"[:300]


def deliver(*, delivery: Delivery, clock: Callable[[], datetime], jitter: float) -> Outcome:
    """Run the handler of a delivery that `claim` gave, and record how it went.

    Its writes and the mark that it is done are one transaction that holds only while the lease is ours: a worker that
    was too slow undoes everything. Raises database errors only where the failure itself cannot be recorded; the lease
    then runs out and the delivery comes again.
    """
    handler = registry.handler_named(name=delivery.handler)
    try:
        event = decode(event=handler.event, payload=delivery.payload)
        if handler.external:
            handler.run(event=event, now=clock(), key=delivery.pk)
            _mark_done(delivery=delivery, now=clock())
        else:
            with transaction.atomic(durable=True):
                handler.run(event=event, now=clock())
                _mark_done(delivery=delivery, now=clock())
    except LeaseLostError:
        return Outcome.LOST
    except PermanentError as problem:
        return _fail(delivery=delivery, error=problem, now=clock(), wait=None)
    except Exception as problem:  # noqa: BLE001 - whatever a handler raises fails its delivery and not the worker
        last = delivery.attempts >= MAX_ATTEMPTS
        wait = None if last else delay(attempts=delivery.attempts, jitter=jitter)
        return _fail(delivery=delivery, error=problem, now=clock(), wait=wait)
    return Outcome.DONE


def _mark_done(*, delivery: Delivery, now: datetime) -> None:
    mine = Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token)
    if not mine.update(done_at=now, lease_token=None, leased_until=None, last_error=""):
        raise LeaseLostError(delivery.pk)


def _fail(*, delivery: Delivery, error: Exception, now: datetime, wait: timedelta | None) -> Outcome:
    mine = Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token)
    delivery.last_error = describe(error)
    change = {"dead_at": now} if wait is None else {"due_at": now + wait}
    if not mine.update(lease_token=None, leased_until=None, last_error=delivery.last_error, **change):
        return Outcome.LOST
    return Outcome.DEAD if wait is None else Outcome.RETRY


def hold_external(*, now: datetime) -> int:
    """After a restore: make dead letters of open deliveries that reach outside; give their number.

    Each may have been made between the backup and the loss. A person revives or discards it.
    """
    names = [handler.name for handler in registry.installed().handlers if handler.external]
    words = "From a restored backup: it may have been delivered since. Revive or discard it."
    return (
        open_deliveries()
        .filter(handler__in=names)
        .update(dead_at=now, lease_token=None, leased_until=None, last_error=words)
    )


def revive(*, delivery_id: uuid.UUID, now: datetime) -> None:
    """Let a dead letter be tried again, with all its attempts. Raises NoDeadLetterError."""
    if not dead_letters().filter(pk=delivery_id).update(dead_at=None, due_at=now, attempts=0):
        raise NoDeadLetterError(f"There is no dead letter {delivery_id}. See: bluelamp outbox dead")


def discard(*, delivery_id: uuid.UUID, now: datetime) -> None:
    """Put a dead letter away for good; its row is tidied away like a done one. Raises NoDeadLetterError."""
    if not dead_letters().filter(pk=delivery_id).update(done_at=now):
        raise NoDeadLetterError(f"There is no dead letter {delivery_id}. See: bluelamp outbox dead")


def tidy(*, now: datetime) -> int:
    """Delete what was done or discarded over 30 days ago; give the number. Dead letters stay until a person decides."""
    return tidied(now=now).delete()[0]
