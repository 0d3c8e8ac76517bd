"""Two people at the same moment: of what may happen once, one happens, and the log says so."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cast import actor, client, who
from threads import run_together

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, SecondFactorReset, User
from bluelamp.kernel.people.operations import accounts, grants, recovery
from bluelamp.kernel.people.operations.accounts import AccountError, sign_in_path
from bluelamp.kernel.people.operations.grants import GrantError

pytestmark = pytest.mark.django_db(databases=["default", "stream", "vault"], transaction=True)
NOW = datetime.now(tz=UTC)


def second_administrator(*, not_this: Actor) -> Actor:
    grant = Grant.objects.exclude(person=not_this.user_id).get(capacity="administrator")
    return Actor(user_id=grant.person_id, capacity="administrator", scope="national", grant_id=grant.pk)


def test_of_two_who_ask_for_recovery_one_is_heard(shared_database: None) -> None:
    person, one = who("learner"), actor("administrator")
    two = second_administrator(not_this=one)
    TOTP.activate(person, generate_totp_secret())
    for _ in range(5):
        asks = [partial(recovery.ask_reset, actor=a, user_id=person.pk, how_known="x", now=NOW) for a in (one, two)]
        got = run_together(*asks)
        assert sum(isinstance(g, SecondFactorReset) for g in got) == 1, got
        assert sum(isinstance(g, AccountError) for g in got) == 1, got
        SecondFactorReset.objects.all().delete()


def test_of_agreeing_and_refusing_at_once_one_counts(shared_database: None) -> None:
    person, one = who("learner"), actor("administrator")
    two = second_administrator(not_this=one)
    for turn in range(6):
        TOTP.activate(person, generate_totp_secret())
        asked = recovery.ask_reset(actor=one, user_id=person.pk, how_known="x", now=NOW)
        decide = [
            partial(recovery.decide_reset, actor=two, reset_id=asked.pk, approve=a, now=NOW)
            for a in (turn % 2 == 0, turn % 2 == 1)
        ]
        got = run_together(*decide)
        assert sorted(type(g).__name__ for g in got) == ["AccountError", "NoneType"], got
        asked.refresh_from_db()
        assert Authenticator.objects.filter(user=person).exists() is not asked.approved
        words = {"people.approve-reset", "people.refuse-reset"}
        assert Entry.objects.filter(action__in=words).count() == turn + 1
        Authenticator.objects.filter(user=person).delete()


def test_nobody_becomes_administrator_and_auditor_in_one_moment(shared_database: None) -> None:
    one = actor("administrator")
    two = second_administrator(not_this=one)
    person = who("learner")
    common = {"user_id": person.pk, "scope": "national", "purpose": "x", "starts_at": NOW, "now": NOW}
    for _ in range(5):
        got = run_together(
            partial(grants.give, actor=one, capacity="administrator", ends_at=NOW + timedelta(days=1), **common),  # type: ignore[arg-type]
            partial(grants.give, actor=two, capacity="auditor", ends_at=NOW + timedelta(days=1), **common),  # type: ignore[arg-type]
        )
        assert sorted(type(g).__name__ for g in got) == ["Grant", "GrantError"], got
        Grant.objects.filter(person=person, capacity__in=("administrator", "auditor")).delete()
    assert GrantError


def test_one_address_is_invited_once(shared_database: None) -> None:
    one = actor("administrator")
    two = second_administrator(not_this=one)
    for n in range(5):
        asks = [
            partial(accounts.invite, actor=a, email=mail, name="X", now=NOW)
            for a, mail in ((one, f"new{n}@example.org"), (two, f"NEW{n}@example.org"))
        ]
        got = run_together(*asks)
        assert sorted(type(g).__name__ for g in got) == ["AccountError", "User"], got
        assert Entry.objects.filter(action="people.invite").count() == n + 1


def test_an_invitation_is_worth_one_password(shared_database: None) -> None:
    """Two browsers with one link, both at the form: after the first has sent it, the second one's is refused."""
    person = User.objects.get(pk=who("learner").pk)
    link = sign_in_path(user=person)
    first, second = client(), client()
    forms = [browser.get(link, follow=True).redirect_chain[-1][0] for browser in (first, second)]
    passwords = ["correct horse battery staple", "another horse battery staple"]
    for browser, form, password in zip((first, second), forms, passwords, strict=True):
        browser.post(form, {"password1": password, "password2": password})
    person.refresh_from_db()
    assert person.check_password(passwords[0]) and not person.check_password(passwords[1])
