"""Announcing, taking, doing, failing, giving up."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from deliveries import LEASE, MINUTE, NOW, Install, Poked, do, effects, poke, raising, take, write
from django.conf import LazySettings
from django.db import connection, transaction

from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_bytes
from bluelamp.kernel.catalogue.operations import load_catalogue
from bluelamp.kernel.catalogue.queries import packaged_tables
from bluelamp.kernel.events import EditionBuilt
from bluelamp.kernel.outbox.domain.codec import PayloadError
from bluelamp.kernel.outbox.domain.errors import PermanentError, TemporaryError
from bluelamp.kernel.outbox.domain.retry import MAX_ATTEMPTS
from bluelamp.kernel.outbox.models import Delivery, ScheduledJob
from bluelamp.kernel.outbox.operations import (
    Outcome,
    announce,
    claim,
)
from bluelamp.kernel.outbox.queries import dead_letters
from bluelamp.kernel.outbox.registry import Handler

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("install")]

# Announcing


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(install: Install) -> None:
    install(Handler("poke", Poked, write))
    with pytest.raises(ValueError, match="inside the transaction"):
        announce(event=Poked(number=1), now=NOW)
    assert not Delivery.objects.exists()


def test_an_event_is_a_row_for_each_handler_or_none_where_the_change_is_undone(install: Install) -> None:
    install(Handler("one", Poked, write), Handler("two", Poked, write), Handler("other", EditionBuilt, write))
    poke(7)
    rows = Delivery.objects.order_by("handler").values_list("event", "payload", "handler", "due_at", "attempts")
    assert list(rows) == [("Poked", {"number": 7}, name, NOW, 0) for name in ("one", "two")]
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(event=Poked(number=8), now=NOW)
        raise RuntimeError
    assert Delivery.objects.count() == 2


def test_an_event_nobody_hears_leaves_nothing_but_must_hold_ids_all_the_same() -> None:
    poke()
    assert not Delivery.objects.exists()
    with pytest.raises(PayloadError), transaction.atomic():
        announce(event=Poked(number="Ann"), now=NOW)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_new_edition_is_announced_in_its_own_transaction_and_an_unchanged_one_is_not(
    install: Install, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BLUELAMP_HOME = tmp_path
    # The products that are named by hand are enough here; the whole catalogue has forty times as many.
    load_catalogue(tables=packaged_tables(), keys=(), names={}, version="small")
    rows = "cveID,vendorProject,product,dateAdded\nCVE-2026-1111,D-Link,DIR-823X,2026-08-01\n"
    load_bytes(content=rows.encode(), feed=feed_by_id("cisa-kev-csv"), now=NOW)
    heard: list[EditionBuilt] = []

    def hear(*, event: EditionBuilt, now: datetime) -> None:
        heard.append(event)

    install(Handler("hear", EditionBuilt, hear))

    def fail(**_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("bluelamp.index.operations.editions._details", fail)
        with pytest.raises(RuntimeError):
            build_edition(now=NOW)
    assert not Delivery.objects.exists()
    edition, _ = build_edition(now=NOW)
    assert not build_edition(now=NOW)[1] and Delivery.objects.count() == 1
    assert do(take()) is Outcome.DONE and heard == [EditionBuilt(edition=edition.id)]


# Taking


def test_the_oldest_due_delivery_is_taken_and_by_one_worker_only(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke(2, now=NOW + MINUTE)
    poke(1)
    poke(3, now=NOW + timedelta(minutes=30))
    later = NOW + 2 * MINUTE
    first, second = take(later), take(later)
    assert [first.payload["number"], second.payload["number"]] == [1, 2]
    assert claim(now=later, lease=LEASE) is None, "the third is not due"
    stored = Delivery.objects.get(pk=first.pk)
    assert (stored.attempts, stored.lease_token, stored.leased_until) == (1, first.lease_token, later + LEASE)


def test_a_lease_that_ran_out_is_taken_again_at_once_and_counts(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    first = take()
    assert claim(now=NOW + LEASE - timedelta(microseconds=1), lease=LEASE) is None
    second = take(NOW + LEASE)
    assert second.pk == first.pk and second.attempts == 2 and second.lease_token != first.lease_token


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(seconds=-1), timedelta(hours=1, seconds=1)])
def test_a_lease_has_bounds(lease: timedelta) -> None:
    with pytest.raises(ValueError, match="a lease is longer"):
        claim(now=NOW, lease=lease)


def test_an_idle_worker_asks_one_question(install: Install, django_assert_num_queries: Any) -> None:
    install(Handler("poke", Poked, write))
    with django_assert_num_queries(1):
        assert claim(now=NOW, lease=LEASE) is None


def test_a_row_that_another_took_between_the_look_and_the_grip_is_left_to_it(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(Handler("poke", Poked, write))
    poke()
    others: list[Delivery] = []
    first = Delivery.objects.none().__class__.first

    def overtaken(rows: Any) -> Any:
        row = first(rows)
        if not others:
            others.append(row)
            stolen = {"lease_token": uuid4(), "leased_until": NOW + LEASE, "attempts": 1}
            Delivery.objects.filter(pk=row.pk).update(**stolen)
        return row

    monkeypatch.setattr("django.db.models.query.QuerySet.first", overtaken)
    assert claim(now=NOW, lease=LEASE) is None and others
    assert Delivery.objects.get().attempts == 1


# Doing


def test_the_effect_and_the_mark_are_one(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    assert do(take(), NOW + MINUTE) is Outcome.DONE
    row = Delivery.objects.get()
    assert (row.done_at, row.lease_token, row.leased_until, effects()) == (NOW + MINUTE, None, None, 1)
    assert claim(now=NOW + timedelta(days=1), lease=LEASE) is None


def test_a_worker_that_was_too_slow_undoes_everything_and_changes_nothing(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    slow, quick = take(), take(NOW + LEASE)
    assert do(slow, NOW + LEASE) is Outcome.LOST and effects() == 0
    assert Delivery.objects.get().lease_token == quick.lease_token
    assert do(quick, NOW + LEASE) is Outcome.DONE and effects() == 1
    assert do(slow, NOW + LEASE) is Outcome.LOST and do(quick) is Outcome.LOST and effects() == 1


@pytest.mark.parametrize("error", [ValueError("x"), PermanentError("x")])
def test_the_failure_of_a_worker_that_was_too_slow_is_not_the_deliverys(install: Install, error: Exception) -> None:
    install(Handler("poke", Poked, raising(error)))
    poke()
    slow, quick = take(), take(NOW + LEASE)
    assert do(slow, NOW + LEASE) is Outcome.LOST
    row = Delivery.objects.get()
    assert (row.lease_token, row.dead_at, row.last_error, row.attempts) == (quick.lease_token, None, "", 2)


def test_a_slow_worker_whom_nobody_overtook_may_still_finish(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    assert do(take(), NOW + 10 * LEASE) is Outcome.DONE and effects() == 1


def test_a_failure_leaves_no_effect_and_comes_again_later_until_it_is_dead(install: Install) -> None:
    install(Handler("poke", Poked, raising(ValueError("Ann Smith, 1 High Street"))))
    poke()
    now, waits = NOW, []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        outcome = do(take(now), now)
        row = Delivery.objects.get()
        assert row.attempts == attempt and row.lease_token is None and effects() == 0
        assert "Ann" not in row.last_error and row.last_error.startswith("ValueError: in ")
        if attempt == MAX_ATTEMPTS:
            break
        assert outcome is Outcome.RETRY and row.dead_at is None
        assert claim(now=row.due_at - timedelta(microseconds=1), lease=LEASE) is None
        waits.append((row.due_at - now).total_seconds())
        now = row.due_at
    assert waits == [10, 30, 90, 270, 810, 2430, 3600]
    assert outcome is Outcome.DEAD and row.dead_at == now
    assert claim(now=now + timedelta(days=9), lease=LEASE) is None


def test_a_database_error_in_a_handler_fails_the_delivery_only(install: Install) -> None:
    def clash(*, event: Poked, now: datetime) -> None:
        ScheduledJob.objects.create(name="effect-same", next_at=now)
        ScheduledJob.objects.create(name="effect-same", next_at=now)

    install(Handler("poke", Poked, clash))
    poke()
    assert do(take()) is Outcome.RETRY and effects() == 0
    assert Delivery.objects.get().last_error.startswith("IntegrityError: in ")


def test_what_can_never_succeed_is_dead_at_once_and_keeps_its_words(install: Install) -> None:
    install(Handler("poke", Poked, raising(PermanentError("no edition 7"))))
    poke()
    assert do(take()) is Outcome.DEAD and effects() == 0
    row = dead_letters().get()
    assert (row.attempts, row.last_error) == (1, "PermanentError: no edition 7")


def test_what_kills_its_worker_is_dead_after_eight_and_holds_nobody_up(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke(1)
    poke(2, now=NOW + timedelta(hours=1))
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        take(now)
        now += LEASE
    now += timedelta(hours=1)
    assert take(now).payload == {"number": 2}
    row = dead_letters().get()
    assert row.payload == {"number": 1} and row.attempts == MAX_ATTEMPTS
    assert row.last_error == "The worker ended during attempt 8."


def test_success_after_failure_forgets_the_error(install: Install) -> None:
    install(Handler("poke", Poked, raising(TemporaryError("busy"))))
    poke()
    do(take())
    install(Handler("poke", Poked, write))
    assert do(take(NOW + MINUTE), NOW + MINUTE) is Outcome.DONE
    row = Delivery.objects.get()
    assert (row.last_error, row.attempts) == ("", 2)


@pytest.mark.django_db(transaction=True)
def test_an_effect_outside_runs_in_no_transaction_and_always_with_the_same_key(install: Install) -> None:
    keys: list[UUID] = []

    def send(*, event: Poked, now: datetime, key: UUID) -> None:
        assert not connection.in_atomic_block
        keys.append(key)
        if len(keys) == 1:
            raise TemporaryError("no answer")

    install(Handler("send", Poked, send, external=True))
    poke()
    assert do(take()) is Outcome.RETRY
    assert do(take(NOW + MINUTE), NOW + MINUTE) is Outcome.DONE
    assert keys == [Delivery.objects.get().pk] * 2


@pytest.mark.django_db(transaction=True)
def test_taking_or_doing_inside_a_transaction_is_refused_as_it_could_be_undone(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        claim(now=NOW, lease=LEASE)
    assert Delivery.objects.get().attempts == 0
