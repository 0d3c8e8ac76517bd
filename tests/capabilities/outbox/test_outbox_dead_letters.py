"""Other versions and clocks; what staff see and do about what was given up."""

import json
import traceback
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from deliveries import LEASE, MINUTE, NOW, Install, Poked, do, make_dead, poke, raising, take, write
from django.db import IntegrityError, transaction
from typer.testing import CliRunner

from bluelamp.kernel.outbox.domain.errors import TemporaryError
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.operations import (
    NoDeadLetterError,
    Outcome,
    announce,
    claim,
    discard,
    hold_external,
    revive,
    tidy,
)
from bluelamp.kernel.outbox.queries import backlog, dead_letters
from bluelamp.kernel.outbox.registry import Handler
from bluelamp.project.cli.app import app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("install")]

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
