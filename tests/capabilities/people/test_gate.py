"""The gate: time limits, expiry in mid-session, choice of capacity, what operations refuse."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cast import METHODS, actor, client, who

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.domain.actor import NOBODY, Actor
from bluelamp.kernel.people.models import Grant, Vetting
from bluelamp.kernel.people.operations import accounts, grants, recovery
from bluelamp.kernel.people.operations.permit import NotPermittedError

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
LATER = timedelta(days=30)


def last(outcome: str = "refused") -> Entry:
    return Entry.objects.filter(outcome=outcome).latest("id")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda g: Grant.objects.filter(pk=g.pk).update(ends_at=datetime.now(tz=UTC)), "expired"),
        (lambda g: Grant.objects.filter(pk=g.pk).update(revoked_at=datetime.now(tz=UTC)), "revoked"),
        (lambda g: Grant.objects.filter(pk=g.pk).update(starts_at=datetime.now(tz=UTC) + LATER / 2), "not-yet"),
    ],
)
def test_a_grant_that_ends_in_mid_session_ends_the_access(end: Callable[[Grant], Any], reason: str) -> None:
    browser = client(capacity="administrator")
    assert browser.get("/desk/people/").status_code == 200
    end(Grant.objects.get(person=who("administrator")))
    assert browser.get("/desk/people/").status_code == 403
    assert last().action == "people.see" and last().detail == {"reason": reason}


def test_a_closed_account_is_signed_out_at_once() -> None:
    browser = client(capacity="administrator")
    me = who("administrator")
    me.is_active = False
    me.save()
    assert browser.get("/desk/people/").status_code == 302


def test_vetting_that_runs_out_ends_the_capacity() -> None:
    me = who("analyst")
    Vetting.objects.filter(person=me).update(expires_on=date(2020, 1, 1))
    page = client(me).get("/desk/capacity/").content.decode()
    assert "You have no capacity" in page


def test_rest_and_age_end_a_session(settings: Any) -> None:
    for key, age in (("bluelamp_seen", settings.BLUELAMP_IDLE_MINUTES * 60), ("bluelamp_started", 10 * 3600)):
        browser = client(capacity="administrator")
        assert browser.get("/desk/").status_code == 200
        session = browser.session
        session[key] -= age + 1
        session.save()
        got = browser.get("/desk/")
        assert got.status_code == 302 and "/account/login/" in got.headers["Location"]
        assert last("done").action == "people.session-ended"
        assert browser.get("/desk/").status_code == 302


def test_a_clock_set_back_does_not_lengthen_a_session(settings: Any) -> None:
    browser = client(capacity="administrator")
    browser.get("/desk/")
    session = browser.session
    ahead = session["bluelamp_seen"] + 7200
    session["bluelamp_seen"], session["bluelamp_started"] = ahead, ahead
    session.save()
    assert browser.get("/desk/").status_code == 200
    assert browser.session["bluelamp_seen"] < ahead and browser.session["bluelamp_started"] < ahead


def test_a_clock_set_back_does_not_keep_a_proof_of_identity_fresh() -> None:
    me = who("learner")
    TOTP.activate(me, generate_totp_secret())
    browser = client(me)
    browser.get("/desk/")
    session = browser.session
    session["bluelamp_seen"] += 7200
    session[METHODS] = [{**proof, "at": proof["at"] + 7200} for proof in session[METHODS]]
    session.save()
    codes = "/account/2fa/recovery-codes/generate/"
    assert browser.get(codes).status_code == 200
    session = browser.session
    assert all(proof["at"] <= time.time() for proof in session[METHODS])
    session[METHODS] = [{**proof, "at": proof["at"] - 301} for proof in session[METHODS]]
    session.save()
    assert "reauthenticate" in browser.get(codes).headers["Location"]


def test_of_several_capacities_one_is_chosen() -> None:
    me = who("triage-officer")
    Grant.objects.filter(person=me, capacity="learner").update(capacity="administrator", scope="national")
    browser = client(me)
    asked = browser.get("/desk/people/?page=1")
    assert (
        asked.status_code == 302 and asked.headers["Location"] == "/desk/capacity/?next=%2Fdesk%2Fpeople%2F%3Fpage%3D1"
    )
    grant = Grant.objects.get(person=me, capacity="administrator")
    went = browser.post("/desk/capacity/", {"grant": str(grant.pk), "next": "/desk/people/"})
    assert went.headers["Location"] == "/desk/people/" and browser.get("/desk/people/").status_code == 200
    assert (
        browser.post("/desk/capacity/", {"grant": str(grant.pk), "next": "//evil.example/"}).headers["Location"]
        == "/desk/"
    )
    foreign = Grant.objects.get(person=who("auditor"))
    for no_address in ("id", "sleep(11)#1", "desk:people", "\u00bf'\"("):
        went = browser.post("/desk/capacity/", {"grant": str(grant.pk), "next": no_address})
        assert (went.status_code, went.headers["Location"]) == (302, "/desk/"), no_address
    assert b"Choose one of your capacities" in browser.post("/desk/capacity/", {"grant": str(foreign.pk)}).content


def test_a_grant_of_another_person_in_the_session_is_worth_nothing() -> None:
    browser = client(who("analyst"))
    session = browser.session
    session["bluelamp_grant"] = str(Grant.objects.filter(capacity="administrator").first().pk)  # type: ignore[union-attr]
    session.save()
    assert browser.get("/desk/people/").status_code == 403


EVERY_WRITE: tuple[Callable[[Actor, datetime], object], ...] = (
    lambda a, now: accounts.invite(actor=a, email="x@example.org", name="X", now=now),
    lambda a, now: accounts.new_link(actor=a, user_id=uuid4(), now=now),
    lambda a, now: accounts.set_open(actor=a, user_id=uuid4(), is_open=False, now=now),
    lambda a, now: accounts.record_vetting(actor=a, user_id=uuid4(), level="mv", expires_on=now.date(), now=now),
    lambda a, now: accounts.withdraw_vetting(actor=a, vetting_id=uuid4(), now=now),
    lambda a, now: accounts.add_organisation(actor=a, name="X", now=now),
    lambda a, now: grants.revoke(actor=a, grant_id=uuid4(), reason="x", now=now),
    lambda a, now: grants.give(
        actor=a, user_id=uuid4(), capacity="analyst", scope="national", purpose="x", starts_at=now, ends_at=now, now=now
    ),
    lambda a, now: recovery.ask_reset(actor=a, user_id=uuid4(), how_known="x", now=now),
    lambda a, now: recovery.decide_reset(actor=a, reset_id=uuid4(), approve=True, now=now),
)


@pytest.mark.parametrize("write", EVERY_WRITE)
@pytest.mark.parametrize("capacity", ["auditor", "analyst", ""])
def test_every_operation_asks_by_itself(write: Callable[[Actor, datetime], object], capacity: str) -> None:
    now = datetime.now(tz=UTC)
    me = actor(capacity) if capacity else NOBODY
    with pytest.raises(NotPermittedError):
        write(me, now)
    assert last().actor == me.audit_id and last().detail["reason"] in ("wrong-capacity", "no-grant")
