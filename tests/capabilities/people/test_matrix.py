"""Every address is in the permission table, and every capacity is tried on every address."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cast import actor, client, who
from django.test import Client
from django.urls import reverse

from bluelamp.index.permissions import ACTIONS as INDEX
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.clients.permissions import ACTIONS as CLIENTS
from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.capacities import CAPACITIES, EVERYONE
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.permissions import ACTIONS as PEOPLE
from bluelamp.project.api import api, report_api
from bluelamp.project.desk.permissions import ACTIONS as DESK
from bluelamp.project.matrix import markdown, names
from bluelamp.project.permission_table import ROUTES, TABLE, Open
from bluelamp.reporting.permissions import ACTIONS as REPORTING

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db(databases=["default", "stream", "vault"])]
ROOT = Path(__file__).parents[3]
LANGUAGES = re.compile(r"^/(cy/)?")


def all_names() -> set[str]:
    return {name for _, name in names() if name}


def test_every_address_has_a_name_and_a_rule() -> None:
    unnamed = {a for a, name in names() if not name}
    # Old addresses of the sign-in library, which redirect: without a rule, so closed.
    assert all(a.startswith("/account/social/") for a in unnamed), unnamed
    assert all_names() == set(ROUTES)


def test_every_operation_of_the_api_has_a_rule() -> None:
    for space, every in (("api-1", api), ("report-api", report_api)):
        for _prefix, router in every._routers:
            for view in router.path_operations.values():
                for operation in view.operations:
                    assert f"{space}:{view.url_name or operation.view_func.__name__}" in ROUTES


def test_every_action_is_declared_once_and_allowed_to_known_capacities() -> None:
    declared = [a.code for a in (*PEOPLE, *CLIENTS, *DESK, *INDEX, *REPORTING)]
    assert len(set(declared)) == len(declared) and set(declared) == set(TABLE)
    assert all(capacities <= EVERYONE and capacities for capacities in TABLE.values())


def test_administrators_do_not_audit_and_auditors_do_not_administer() -> None:
    for code, capacities in TABLE.items():
        if code != "people.see":
            assert not {"administrator", "auditor"} <= capacities, code


def test_the_page_of_the_docs_is_the_table() -> None:
    assert (ROOT / "docs/reference/permissions.md").read_text(encoding="utf-8") == markdown()


def addresses(person: UUID) -> Iterator[tuple[str, str]]:
    """Each name with an address; ids are of a real person, or of nothing."""
    values = {
        "user_id": person,
        "grant_id": uuid4(),
        "vetting_id": uuid4(),
        "delivery_id": uuid4(),
        "edition_id": uuid4(),
        "preview_id": uuid4(),
        "reply_id": uuid4(),
        "number": 1,
        "revision": 0,
        "key": "acme:r",
        "code": "router",
        "kind": "message",
        "pk": 1,
        "uidb36": "1",
        "provider_id": "organisation",
        "product_key": "acme:r",
        "report_id": uuid4(),
        "quarter": "2026-Q3",
        "figures_id": uuid4(),
        "duty_id": uuid4(),
        "handover_id": uuid4(),
        "campaign_id": uuid4(),
        "disclosure_id": uuid4(),
        "view_id": 1,
        "link_id": 1,
        "client_id": uuid4(),
        "form": "json",
        "reference": "7HK-2MR-W4X",
        "token": "7HK-2MR-W4X",
        "version": "0",
    }
    for pattern, name in names():
        if name and not pattern.startswith("/cy/"):
            wanted = re.findall(r"<(?:\w+:)?(\w+)>", pattern) or re.findall(r"\?P<(\w+)>", pattern)
            yield name, reverse(name, kwargs={k: values[k] for k in dict.fromkeys(wanted)})


def answer(browser: Client, address: str) -> tuple[int, str]:
    got = browser.get(address)
    return got.status_code, got.headers.get("Location", "")


@pytest.mark.parametrize("capacity", [*CAPACITIES, "none"])
def test_every_capacity_on_every_address(capacity: str) -> None:
    person = who("learner")
    if capacity == "none":
        User.objects.create(username="none", email="none@cast.example")
        me = User.objects.get(username="none")
    else:
        me = who(capacity)
    me.set_password("a password, so that it can be asked for again")
    me.save()
    for name, address in addresses(person.pk):
        if name == "account_logout":
            continue
        browser = client(me, capacity="" if capacity == "none" else capacity)
        refused = Entry.objects.filter(outcome="refused").count()
        status, location = answer(browser, address)
        rule = ROUTES[name]
        told = f"{capacity} at {address}: {status} {location}"
        if isinstance(rule, Action):
            may = capacity in TABLE[rule.code]
            assert (status == 403) is not may, told
            assert (Entry.objects.filter(outcome="refused").count() > refused) is not may, told
        elif rule is Open.CLOSED:
            assert status == 404, told
        else:
            assert status != 403 and "/account/login" not in location, told


def test_a_stranger_on_every_address() -> None:
    for name, address in addresses(who("learner").pk):
        status, location = answer(client(), address)
        rule = ROUTES[name]
        if rule is Open.CLOSED:
            assert status == 404, address
        elif isinstance(rule, Action) or rule in (Open.SIGNED_IN, Open.SETUP):
            assert status == 302 and location.startswith("/account/login/?next="), address
        else:
            assert "/account/login/?next" not in location and status != 403, address


def test_a_session_without_second_factor_gets_nowhere() -> None:
    browser = client(capacity="administrator", second_factor=False)
    for name, address in addresses(who("learner").pk):
        rule = ROUTES[name]
        if isinstance(rule, Action) or rule is Open.SIGNED_IN:
            assert answer(browser, address) == (302, "/desk/second-factor/"), address


@pytest.mark.parametrize("address", ["/", "/table/", "/methods/", "/api/v1/categories"])
def test_public_addresses_do_not_look_at_the_session(address: str) -> None:
    browser = client(capacity="administrator")
    got = browser.get(address)
    assert "Cookie" not in got.headers.get("Vary", "") and "Set-Cookie" not in got.headers


def test_personal_data_is_seen_under_ones_name() -> None:
    browser = client(capacity="administrator")
    browser.get(f"/desk/people/{who('learner').pk}/")
    entry = Entry.objects.filter(action="people.see", outcome="done").latest("id")
    assert entry.actor == actor("administrator").audit_id and str(who("learner").pk) in entry.subject
    assert entry.capacity == "administrator" and entry.purpose == "Demonstration" and len(entry.request_id) == 32
