"""Invitations, grants, vetting, closing, and the recovery of a second factor by two people."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cast import actor, client, who
from django.core.management import call_command
from django.db import IntegrityError, transaction

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.models import Grant, Organisation, SecondFactorReset, User
from bluelamp.kernel.people.operations import accounts, grants, recovery
from bluelamp.kernel.people.operations.accounts import AccountError
from bluelamp.kernel.people.operations.grants import GrantError
from bluelamp.kernel.people.operations.secrets import open_secret
from bluelamp.kernel.people.queries import grants_in_force
from bluelamp.kernel.vault.operations import RecordErasedError
from bluelamp.project.demo.cast import CAST

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime.now(tz=UTC)
YEAR = NOW + timedelta(days=365)
FINE = {"capacity": "analyst", "scope": "force:kent", "purpose": "Index", "starts_at": NOW, "ends_at": YEAR}


def test_the_cast_has_every_capacity_and_is_made_once() -> None:
    who("learner")
    before = User.objects.count()
    who("analyst")
    assert User.objects.count() == before == len(CAST)
    assert not User.objects.exclude(origin="test").exists()


def test_there_is_one_first_administrator() -> None:
    made = accounts.first_administrator(email="First@Example.org", name="First Person", now=NOW)
    assert made.email == "first@example.org" and not made.has_usable_password()
    assert [g.capacity for g in grants_in_force(user_id=made.pk, now=NOW)] == ["administrator"]
    with pytest.raises(AccountError, match="already"):
        accounts.first_administrator(email="second@example.org", name="", now=NOW)


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "ADA@cast.example", "x\n@example.org"])
def test_bad_and_known_addresses_make_no_account(email: str) -> None:
    me = actor("administrator")
    before = User.objects.count()
    with pytest.raises(AccountError):
        accounts.invite(actor=me, email=email, name="X", now=NOW)
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"capacity": "wizard"}, "Choose a capacity"),
        ({"scope": "force:narnia"}, "no such force"),
        ({"scope": "everything"}, "no scope"),
        ({"scope": "organisation:00000000-0000-0000-0000-000000000000"}, "given for"),
        ({"capacity": "maker", "scope": "organisation:00000000-0000-0000-0000-000000000000"}, "no such"),
        ({"capacity": "maker", "scope": "national"}, "given for"),
        ({"purpose": "  "}, "what the capacity is for"),
        ({"ends_at": NOW}, "after the start"),
    ],
)
def test_grants_that_do_not_fit(change: dict[str, object], words: str) -> None:
    with pytest.raises(GrantError, match=words):
        grants.give(actor=actor("administrator"), user_id=who("learner").pk, now=NOW, **{**FINE, **change})  # type: ignore[arg-type]


def test_a_grant_and_its_end() -> None:
    me, person = actor("administrator"), who("learner")
    made = grants.give(actor=me, user_id=person.pk, now=NOW, **FINE)  # type: ignore[arg-type]
    assert made in grants_in_force(user_id=person.pk, now=NOW)
    with pytest.raises(GrantError, match="why"):
        grants.revoke(actor=me, grant_id=made.pk, reason=" ", now=NOW)
    grants.revoke(actor=me, grant_id=made.pk, reason="Left the team", now=NOW)
    assert made not in grants_in_force(user_id=person.pk, now=NOW)
    again = Entry.objects.count()
    grants.revoke(actor=me, grant_id=made.pk, reason="Again", now=NOW)
    assert Entry.objects.count() == again and Grant.objects.get(pk=made.pk).reason == "Left the team"


def test_nobody_gives_to_themselves_and_some_capacities_stay_apart() -> None:
    me = actor("administrator")
    assert me.user_id
    with pytest.raises(GrantError, match="Another"):
        grants.give(actor=me, user_id=me.user_id, now=NOW, **FINE)  # type: ignore[arg-type]
    for person, capacity in ((who("auditor"), "administrator"),):
        with pytest.raises(GrantError, match="at the same time"):
            grants.give(
                actor=me,
                user_id=person.pk,
                now=NOW,
                **{**FINE, "capacity": capacity, "scope": "national"},  # type: ignore[arg-type]
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(person=who("learner"), given_by=who("learner"), given_at=NOW, **FINE)


def with_second_factor(person: User) -> str:
    return str(TOTP.activate(person, generate_totp_secret()).instance.data["secret"])


def test_the_seed_of_an_app_is_sealed_in_the_database() -> None:
    secret = generate_totp_secret()
    stored = TOTP.activate(who("learner"), secret).instance.data["secret"]
    assert secret not in stored and stored.startswith("sealed1 mfa:") and open_secret(sealed=stored) == secret


def test_a_second_factor_goes_only_by_two_other_people() -> None:
    person, one, two = who("learner"), actor("administrator"), None
    sealed = with_second_factor(person)
    asked = recovery.ask_reset(actor=one, user_id=person.pk, how_known="In person", now=NOW)
    with pytest.raises(AccountError, match="already"):
        recovery.ask_reset(actor=one, user_id=person.pk, how_known="In person", now=NOW)
    with pytest.raises(AccountError, match="second person"):
        recovery.decide_reset(actor=one, reset_id=asked.pk, approve=True, now=NOW)
    ben = Grant.objects.exclude(person=one.user_id).get(capacity="administrator")
    two = type(one)(user_id=ben.person_id, capacity="administrator", scope="national", grant_id=ben.pk)
    browser = client(person)
    assert browser.get("/desk/").status_code == 200
    recovery.decide_reset(actor=two, reset_id=asked.pk, approve=True, now=NOW)
    assert not Authenticator.objects.filter(user=person).exists()
    with pytest.raises(RecordErasedError):
        open_secret(sealed=sealed)
    with pytest.raises(AccountError, match="decided"):
        recovery.decide_reset(actor=two, reset_id=asked.pk, approve=True, now=NOW)
    assert [e.action for e in Entry.objects.filter(subject=f"user:{person.pk}").order_by("id")][-2:] == [
        "people.ask-reset",
        "people.approve-reset",
    ]


def test_nobody_appoints_the_second_person_for_the_occasion() -> None:
    person, one = who("learner"), actor("administrator")
    with_second_factor(person)
    asked = recovery.ask_reset(actor=one, user_id=person.pk, how_known="In person", now=NOW)
    accomplice = accounts.invite(actor=one, email="accomplice@example.org", name="A", now=NOW)
    grant = Grant.objects.create(
        person=accomplice,
        capacity="administrator",
        scope="national",
        purpose="x",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=9),
        given_by_id=one.user_id,
        given_at=NOW,
    )
    two = type(one)(user_id=accomplice.pk, capacity="administrator", scope="national", grant_id=grant.pk)
    with pytest.raises(AccountError, match="less than three days"):
        recovery.decide_reset(actor=two, reset_id=asked.pk, approve=True, now=NOW + timedelta(hours=1))
    assert Authenticator.objects.filter(user=person).exists()
    recovery.decide_reset(actor=two, reset_id=asked.pk, approve=False, now=NOW + timedelta(hours=1))


def test_refusing_and_waiting_too_long_change_nothing() -> None:
    person, one = who("learner"), actor("administrator")
    with_second_factor(person)
    asked = recovery.ask_reset(actor=one, user_id=person.pk, how_known="By phone", now=NOW)
    ben = Grant.objects.exclude(person=one.user_id).get(capacity="administrator")
    two = type(one)(user_id=ben.person_id, capacity="administrator", scope="national", grant_id=ben.pk)
    with pytest.raises(AccountError, match="older"):
        recovery.decide_reset(actor=two, reset_id=asked.pk, approve=True, now=NOW + timedelta(hours=25))
    recovery.decide_reset(actor=two, reset_id=asked.pk, approve=False, now=NOW)
    assert Authenticator.objects.filter(user=person).exists()
    assert SecondFactorReset.objects.get().approved is False


def test_the_database_refuses_one_person_for_both_parts() -> None:
    person, one = who("learner"), who("administrator")
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorReset.objects.create(
            person=person, asked_by=one, decided_by=one, asked_at=NOW, expires_at=YEAR, how_known="x", decided_at=NOW
        )


def test_the_only_administrator_can_be_recovered_at_the_machine() -> None:
    only = accounts.first_administrator(email="only@example.org", name="Only", now=NOW)
    with_second_factor(only)
    recovery.recover_administrator(email="only@example.org", now=NOW)
    assert not Authenticator.objects.filter(user=only).exists()
    who("administrator")
    with pytest.raises(AccountError, match="other administrators"):
        recovery.recover_administrator(email="only@example.org", now=NOW)
    with pytest.raises(AccountError, match="no administrator"):
        recovery.recover_administrator(email="nobody@example.org", now=NOW)


def test_organisations() -> None:
    me = actor("administrator")
    accounts.add_organisation(actor=me, name="Harbour", now=NOW)
    for name in ("HARBOUR", " ", "harbour "):
        with pytest.raises(AccountError):
            accounts.add_organisation(actor=me, name=name, now=NOW)
    assert Organisation.objects.filter(name="Harbour").count() == 1


def test_vetting_is_recorded_by_another_and_ends() -> None:
    me, person = actor("administrator"), who("learner")
    for level, day in (("wizard", YEAR.date()), ("mv", NOW.date())):
        with pytest.raises(AccountError):
            accounts.record_vetting(actor=me, user_id=person.pk, level=level, expires_on=day, now=NOW)
    made = accounts.record_vetting(actor=me, user_id=person.pk, level="sc", expires_on=YEAR.date(), now=NOW)
    accounts.withdraw_vetting(actor=me, vetting_id=made.pk, now=NOW)
    made.refresh_from_db()
    assert made.withdrawn_at == NOW
    assert me.user_id
    with pytest.raises(AccountError, match="another administrator"):
        accounts.record_vetting(actor=me, user_id=me.user_id, level="mv", expires_on=YEAR.date(), now=NOW)


def test_names_that_differ_in_case_only_are_one_address() -> None:
    who("learner")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="twin", email="PRIYA@cast.example")
    call_command("check", verbosity=0)
