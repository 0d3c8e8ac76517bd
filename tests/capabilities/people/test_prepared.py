"""Prepared reads: what Django's own query gives, asked anew each time, on either database and in any thread."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cast import who
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.db.models import Count, DateTimeField, UUIDField
from django.test.utils import CaptureQueriesContext

from bluelamp.kernel.people.models import Grant, User, Vetting
from bluelamp.kernel.people.queries import account, everyones_grants, grant_by_id, grants_in_force, numbers
from bluelamp.kernel.people.web.sessions import SessionStore
from bluelamp.kernel.prepared import Prepared, PreparedCounts, PreparedValues, Slot

pytestmark = pytest.mark.django_db
NOW = datetime.now(tz=UTC)
PERSON, LATEST = Slot("person", UUIDField()), Slot("latest", DateTimeField())
GRANTS = Prepared(lambda: Grant.objects.filter(person=PERSON, starts_at__lte=LATEST).select_related("person"))


def columns(row: Grant | User) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_those_of_the_usual_query() -> None:
    me = who("triage-officer")
    usual = Grant.objects.filter(person=me, starts_at__lte=NOW).select_related("person")
    for _ in range(2):
        found = GRANTS.rows(person=me.pk, latest=NOW)
        assert [columns(g) for g in found] == [columns(g) for g in usual] and len(found) == 2
    with CaptureQueriesContext(connection) as queries:
        assert [columns(g.person) for g in found] == [columns(me)] * 2
    assert not queries, "the person came with the grant"
    assert (
        GRANTS.rows(person=uuid4(), latest=NOW) == [] and GRANTS.first(person=me.pk, latest=NOW - timedelta(9)) is None
    )


def test_a_row_can_be_changed_and_saved_like_any_other() -> None:
    me = account(user_id=who("learner").pk)
    assert me is not None and me._state.adding is False and me._state.db == "default"
    me.first_name = "Pat"
    me.save(update_fields=["first_name"])
    assert User.objects.get(pk=me.pk).first_name == "Pat"


def test_nothing_is_kept_from_one_call_to_the_next() -> None:
    me = who("administrator")
    (grant,) = grants_in_force(user_id=me.pk, now=NOW)
    Grant.objects.filter(pk=grant.pk).update(revoked_at=NOW)
    again = grant_by_id(grant_id=grant.pk, user_id=me.pk)
    assert again is not None and again.revoked_at == NOW
    assert grants_in_force(user_id=me.pk, now=NOW) == []


def test_values_never_become_part_of_the_statement() -> None:
    store = SessionStore(session_key="' OR 1=1 --")
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=NOW + timedelta(days=1))
    assert store.load() == {} and store.session_key is None


def test_an_expired_session_is_none() -> None:
    store = SessionStore()
    store["who"] = "x"
    store.create()
    assert SessionStore(session_key=store.session_key).load() == {"who": "x"}
    Session.objects.update(expire_date=NOW - timedelta(seconds=1))
    assert SessionStore(session_key=store.session_key).load() == {}


def test_values_and_counts() -> None:
    who("administrator")
    by_capacity = PreparedValues(
        lambda: (
            Grant.objects.order_by("capacity")
            .values_list("capacity")
            .annotate(number=Count("id"), ended=Count("revoked_at"))
        )
    )
    usual = (
        Grant.objects.order_by("capacity").values_list("capacity").annotate(n=Count("id"), ended=Count("revoked_at"))
    )
    assert by_capacity.rows() == list(usual)
    counts = PreparedCounts(
        one=lambda: Grant.objects.filter(person=PERSON), all=lambda: User.objects.select_related(None).order_by("email")
    )
    me = who("triage-officer")
    assert counts.read(person=me.pk) == {"one": 2, "all": User.objects.count()}
    found = numbers(now=NOW)
    assert (found.accounts, found.administrators, found.resets) == (User.objects.filter(is_active=True).count(), 2, 0)


def test_everyones_grants_are_those_of_each() -> None:
    people = [who("triage-officer"), who("analyst"), who("administrator")]
    Vetting.objects.filter(person=people[1]).update(withdrawn_at=NOW)
    found = everyones_grants(people=[p.pk for p in people], now=NOW)
    assert {p.pk: found.get(p.pk, []) for p in people} == {
        p.pk: list(grants_in_force(user_id=p.pk, now=NOW)) for p in people
    }
    assert found.get(people[1].pk, []) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection(shared_database: None) -> None:
    me = who("triage-officer")
    assert len(GRANTS.rows(person=me.pk, latest=NOW)) == 2
    seen: list[int] = []

    def ask() -> None:
        seen.append(len(GRANTS.rows(person=me.pk, latest=NOW)))
        connections.close_all()

    for _ in range(3):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert seen == [2, 2, 2]
