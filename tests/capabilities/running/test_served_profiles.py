"""Each profile answers its own addresses and knows no others; pages lead nowhere that is not served."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from cast import client
from django.core import management
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from bluelamp.project.cli import app as commands
from bluelamp.project.cli import run as run_command
from bluelamp.project.cli import serve as serve_command
from bluelamp.project.cli.serve import ServeError
from bluelamp.project.cli.work import WorkError
from bluelamp.project.matrix import names
from bluelamp.project.permission_table import ROUTES
from bluelamp.project.profiles import PROFILES, room_of

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db(databases=["default", "stream", "vault"])]
VALUES = {"uuid": uuid4(), "int": 1}


def addresses() -> Iterator[tuple[str, str]]:
    """Every address with the name of its view, filled in with values of nothing."""
    for pattern, name in names():
        if name and not pattern.startswith("/cy/"):
            typed = re.findall(r"<(?:(\w+):)?(\w+)>", pattern)
            grouped = re.findall(r"\?P<(\w+)>", pattern)
            values = {k: "1" for k in grouped} or {k: VALUES.get(kind, "x") for kind, k in typed}
            yield name, reverse(name, kwargs=values)


def stranger(**more: Any) -> Client:
    return Client(headers={"host": "localhost"}, **more)


def test_every_address_is_tried() -> None:
    assert {name for name, _ in addresses()} == set(ROUTES)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_a_profile_does_not_serve_is_not_there(
    profile: str, settings: Any, django_assert_num_queries: Any
) -> None:
    staff = client(capacity="administrator")
    settings.BLUELAMP_PROFILE = chosen = PROFILES[profile]
    closed = [(name, a) for name, a in addresses() if room_of(view_name=name) not in chosen.rooms]
    for name, address in closed:
        with django_assert_num_queries(0):
            for answer in (stranger().get(address), staff.get(address), stranger().get(f"/cy{address}")):
                assert answer.status_code == 404, f"{name} in {profile}: {answer.status_code}"
                assert "Set-Cookie" not in answer.headers and "Location" not in answer.headers
        # Refused before forgery is looked for, which would tell that a form is there.
        assert stranger(enforce_csrf_checks=True).post(address).status_code == 404
    assert len(closed) == sum(room_of(view_name=name) not in chosen.rooms for name in ROUTES)


@pytest.mark.parametrize("profile", [p.name for p in PROFILES.values() if p.serves and p.name != "all"])
def test_what_a_profile_serves_answers_as_the_whole_program_does(profile: str, settings: Any) -> None:
    whole = {name: stranger().get(address).status_code for name, address in addresses()}
    settings.BLUELAMP_PROFILE = chosen = PROFILES[profile]
    for name, address in addresses():
        if room_of(view_name=name) in chosen.rooms:
            assert stranger().get(address).status_code == whole[name], name
    assert stranger().get("/healthz").status_code == 200


@pytest.mark.parametrize("profile", ["public", "desk"])
@pytest.mark.parametrize("page", ["/", "/table/", "/methods/", "/data/", "/advice/", "/nothing/here", "/cy/"])
def test_no_link_of_a_page_leads_to_what_is_not_served(profile: str, page: str, settings: Any) -> None:
    settings.BLUELAMP_PROFILE = PROFILES[profile]
    html = stranger().get(page).content.decode()
    links = {a.partition("#")[0].partition("?")[0] for a in re.findall(r'(?:href|action)="(/[^"]*)"', html)}
    dead = {a for a in links if not a.startswith("/static/") and stranger().get(a).status_code == 404}
    settings.BLUELAMP_PROFILE = PROFILES["all"]
    assert {a for a in dead if stranger().get(a).status_code != 404} == set()
    assert len(links) > 8 and ('href="/desk/"' in html or 'href="/cy/desk/"' in html) is (profile == "desk")


@pytest.mark.parametrize("profile", ["ingest", "evidence", "work"])
def test_without_pages_a_wrong_address_is_answered_in_a_line(profile: str, settings: Any) -> None:
    settings.BLUELAMP_PROFILE = PROFILES[profile]
    for address in ("/", "/nothing/here", "/desk/"):
        answer = stranger().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")
        assert b"<" not in answer.content


def test_the_api_is_where_the_public_is(settings: Any) -> None:
    settings.BLUELAMP_PROFILE = PROFILES["public"]
    assert stranger().get("/api/v1/openapi.json").status_code == 200
    settings.BLUELAMP_PROFILE = PROFILES["ingest"]
    assert stranger().get("/api/v1/openapi.json").status_code == 404


@pytest.mark.parametrize(
    ("profile", "parts"),
    [("all", ["web", "work"]), ("public", ["web"]), ("desk", ["web"]), ("ingest", ["web"]), ("work", ["work"])],
)
def test_the_processes_of_each_profile(profile: str, parts: list[str], settings: Any) -> None:
    settings.BLUELAMP_PROFILE = PROFILES[profile]
    assert [part.name for part in run_command.parts()] == parts


def test_commands_refuse_what_the_profile_does_not_do(settings: Any) -> None:
    settings.BLUELAMP_PROFILE = PROFILES["work"]
    with pytest.raises(ServeError, match="has no web server"):
        serve_command.check_address()
    settings.BLUELAMP_PROFILE = PROFILES["public"]
    done = CliRunner().invoke(commands.app, ["work", "--once"])
    assert isinstance(done.exception, WorkError) and "runs no jobs" in str(done.exception)


def test_django_knows_nothing_wrong(settings: Any) -> None:
    for profile in PROFILES.values():
        settings.BLUELAMP_PROFILE = profile
        management.call_command("check", verbosity=0)
