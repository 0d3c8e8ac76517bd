"""Announcing, taking, doing, failing, giving up, reviving."""

import json
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from typer.testing import CliRunner

from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_bytes
from bluelamp.kernel.events import EditionBuilt, Event
from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox.domain.codec import PayloadError
from bluelamp.kernel.outbox.domain.errors import PermanentError, TemporaryError
from bluelamp.kernel.outbox.domain.retry import MAX_ATTEMPTS
from bluelamp.kernel.outbox.models import Delivery, ScheduledJob
from bluelamp.kernel.outbox.operations import (
    NoDeadLetterError,
    Outcome,
    announce,
    claim,
    deliver,
    discard,
    hold_external,
    revive,
    tidy,
)
from bluelamp.kernel.outbox.queries import backlog, dead_letters
from bluelamp.kernel.outbox.registry import Handler
from bluelamp.project.cli.app import app

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db
Install = Callable[..., None]


@dataclass(frozen=True)
class Poked(Event):
    number: int


@pytest.fixture(autouse=True)
def install() -> Iterator[Install]:
    """Puts handlers in place of the program's for one test."""
    before = registry.installed()

    def put(*handlers: Handler) -> None:
        registry.install(handlers=handlers, jobs=before.jobs)

    put()
    yield put
    registry.install(handlers=before.handlers, jobs=before.jobs)


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
    ensure_catalogue()
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


# Other versions of the program, other clocks


def test_a_delivery_for_an_unknown_handler_stays_and_is_reported(install: Install) -> None:
    install(Handler("old", Poked, write), Handler("poke", Poked, write))
    poke()
    install(Handler("poke", Poked, write))
    assert do(take()) is Outcome.DONE and claim(now=NOW + timedelta(days=40), lease=LEASE) is None
    assert tidy(now=NOW + timedelta(days=40)) == 1
    found = backlog(now=NOW)
    assert found.unknown == {"old": 1} and (found.waiting, found.oldest) == (0, None)
    install(Handler("old", Poked, write))
    assert do(take()) is Outcome.DONE and not backlog(now=NOW).unknown


def test_a_payload_of_another_version_is_tried_again_and_not_lost(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    Delivery.objects.update(payload={"number": 1, "colour": "blue"})
    assert do(take()) is Outcome.RETRY
    assert Delivery.objects.get().last_error == "PayloadError: Poked knows no colour"


def test_a_clock_that_was_years_ahead_holds_nothing_up_for_years(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke(1, now=NOW + timedelta(days=9_000))
    assert take().payload == {"number": 1}
    Delivery.objects.update(leased_until=NOW + timedelta(days=9_000))
    assert take().attempts == 2
    assert backlog(now=NOW).oldest == timedelta(0)


# What staff see and do


def test_the_backlog_counts_what_waits_and_how_long(install: Install) -> None:
    assert backlog(now=NOW).oldest is None
    install(Handler("poke", Poked, raising(TemporaryError("busy"))))
    for number in range(4):
        poke(number, now=NOW + number * MINUTE)
    do(take())
    taken = take(NOW + MINUTE)
    later = NOW + 3 * MINUTE
    make_dead(9)
    found = backlog(now=later)
    assert (found.waiting, found.failing, found.dead, found.unknown) == (4, 1, 1, {})
    assert found.oldest == 3 * MINUTE and found.leased == 1 and taken.pk


def test_a_revived_letter_has_all_its_attempts_again(install: Install) -> None:
    install(Handler("poke", Poked, write))
    letter = make_dead()
    revive(delivery_id=letter.pk, now=NOW + MINUTE)
    with pytest.raises(NoDeadLetterError):
        revive(delivery_id=letter.pk, now=NOW)
    again = take(NOW + MINUTE)
    assert (again.pk, again.attempts) == (letter.pk, 1) and do(again) is Outcome.DONE
    with pytest.raises(NoDeadLetterError):
        revive(delivery_id=letter.pk, now=NOW)


def test_a_discarded_letter_is_gone_for_good_and_tidied_later(install: Install) -> None:
    install(Handler("poke", Poked, write))
    letter = make_dead()
    discard(delivery_id=letter.pk, now=NOW)
    for act in (discard, revive):
        with pytest.raises(NoDeadLetterError):
            act(delivery_id=letter.pk, now=NOW)
    assert not dead_letters().exists() and claim(now=NOW + timedelta(days=1), lease=LEASE) is None
    assert tidy(now=NOW + timedelta(days=31)) == 1 and not Delivery.objects.exists()


def test_nobody_can_discard_what_still_waits(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    with pytest.raises(NoDeadLetterError):
        discard(delivery_id=Delivery.objects.get().pk, now=NOW)
    with pytest.raises(NoDeadLetterError):
        discard(delivery_id=uuid4(), now=NOW)


def test_tidying_spares_the_young_the_waiting_and_the_dead(install: Install) -> None:
    install(Handler("poke", Poked, write))
    make_dead(0)
    for number, done in ((1, NOW), (2, NOW + timedelta(days=1))):
        poke(number)
        do(take(), done)
    poke(3)
    assert tidy(now=NOW + timedelta(days=30)) == 0, "thirty days are not over thirty days"
    assert tidy(now=NOW + timedelta(days=30, hours=1)) == 1
    assert sorted(d.payload["number"] for d in Delivery.objects.all()) == [0, 2, 3]


def test_the_database_refuses_half_a_lease_and_an_ended_row_with_one(install: Install) -> None:
    install(Handler("poke", Poked, write))
    poke()
    for change in (
        {"lease_token": uuid4()},
        {"leased_until": NOW},
        {"lease_token": uuid4(), "leased_until": NOW, "done_at": NOW},
        {"lease_token": uuid4(), "leased_until": NOW, "dead_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.update(**change)


def test_commands_show_revive_and_discard(install: Install) -> None:
    install(Handler("poke", Poked, write))
    letters = [str(make_dead(n).pk) for n in range(3)]

    def run(*words: str) -> Any:
        done = CliRunner().invoke(app, ["outbox", *words])
        assert done.exit_code == 0, "".join(traceback.format_exception(done.exception))
        return json.loads(done.stdout) if "--json" in words else done

    run("status")
    run("dead")
    shown = run("dead", "--limit", "2", "--json")
    assert shown["total"] == 3 and len(shown["rows"]) == 2 and shown["rows"][0]["error"] == "PermanentError: no"
    counts = run("status", "--json")["deliveries"]
    assert (counts["waiting"], counts["dead"], counts["oldest_seconds"]) == (0, 3, None)
    assert run("revive", letters[0], "--json") == {"ids": letters[:1]}
    run("discard", letters[1])
    assert run("status", "--json")["deliveries"]["dead"] == 1
    both = CliRunner().invoke(app, ["outbox", "revive", letters[2], letters[0]])
    assert isinstance(both.exception, NoDeadLetterError)
    assert dead_letters().get().pk == UUID(letters[2]), "all that are named, or none"


def test_after_a_restore_what_reaches_outside_waits_for_a_person(install: Install) -> None:
    inside, outside = Handler("inside", Poked, lambda **_: None), Handler("outside", Poked, lambda **_: None, True)
    install(inside, outside)
    for number in range(3):
        with transaction.atomic():
            announce(event=Poked(number), now=NOW + timedelta(seconds=number))
    taken = claim(now=NOW + MINUTE, lease=LEASE)
    assert taken and taken.handler
    assert hold_external(now=NOW + MINUTE) == 3
    assert [row.handler for row in dead_letters()] == ["outside"] * 3
    assert all("may have been delivered" in row.last_error and row.lease_token is None for row in dead_letters())
    assert hold_external(now=NOW + MINUTE) == 0
    revive(delivery_id=dead_letters()[0].pk, now=NOW + MINUTE)
    assert dead_letters().count() == 2
