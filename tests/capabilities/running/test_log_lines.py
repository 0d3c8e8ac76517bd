"""One line for each request, with everything an operator needs and nothing of a person."""

import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cast import client, who
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client
from lines import caught

from bluelamp.index.web import views

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
EMAIL, WORDS, PHONE = "jane.roe.7351@mail.example", "zanzibarlamp", "07700900123"
PERSONAL = (EMAIL, "jane.roe", WORDS, PHONE, "203.0.113.77", "Oddbrowser", "correct horse battery")


def browser(**more: Any) -> Client:
    return Client(headers={"host": "localhost", "user-agent": "Oddbrowser/1.0"}, REMOTE_ADDR="203.0.113.77", **more)


def test_no_line_of_any_request_holds_what_a_person_sent() -> None:
    me = who("administrator")
    with caught() as lines:
        browser().post("/account/login/", {"login": EMAIL, "password": "correct horse battery"})
        browser().get("/account/login/", {"next": f"/desk/?who={EMAIL}"})
        browser().get("/search", {"q": WORDS})
        browser().get("/table/", {"q": WORDS, "page": PHONE})
        browser().get("/api/v1/products", {"maker": EMAIL, "per_page": WORDS})
        browser().get(f"/product/{EMAIL}/")
        browser().get(f"/nothing/{EMAIL}/{PHONE}")
        browser().get(f"/desk/people/?text={EMAIL}")
        browser().get("/search", {"q": f"\x00{EMAIL}"})
        browser(enforce_csrf_checks=True).post("/account/login/", {"login": EMAIL})
        browser().get("/", headers={"host": f"{WORDS}.example"})
        browser().get("/", headers={"cookie": f"bluelamp={WORDS}", "referer": f"https://{WORDS}.example/{EMAIL}"})
        browser().generic(WORDS.upper(), "/")
        staff = client(capacity="administrator")
        staff.get(f"/desk/people/{me.pk}/")
        staff.post("/desk/people/invite/", {"email": EMAIL, "name": "Jane Roe"})
    for personal in (*PERSONAL, str(me.pk), me.email, WORDS.upper(), "Jane Roe"):
        assert personal not in lines.text, personal
    told = [line for line in lines.of("bluelamp.request") if line["event"] == "Request"]
    assert len(told) == 15, "one line for each request, refused ones too"
    assert {"account_login", "index:search", "index:product", "none", "desk:person", "api-1:products"} <= {
        line["route"] for line in told
    }
    assert {"GET", "POST", "other"} == {line["method"] for line in told}


def test_a_strangers_fault_is_a_short_warning() -> None:
    with caught() as lines:
        assert browser().get("/", headers={"host": "evil.example"}).status_code == 400
        assert browser().get("/search?" + "&".join(f"a{n}=1" for n in range(2000))).status_code == 400
    told = [line for line in lines.all if line["event"].startswith("A request was refused")]
    assert [line["event"].rpartition(" ")[2] for line in told] == ["DisallowedHost", "TooManyFieldsSent"]
    assert all(line["level"] == "warning" and "trace" not in line and "error" not in line for line in told)
    assert all(len(str(line)) < 400 for line in told)


def test_a_line_says_what_an_operator_needs() -> None:
    with caught() as lines:
        answer = browser().get("/methods/")
    line = lines.of("bluelamp.request")[0]
    assert line["request_id"] == answer["X-Request-Id"] and len(line["request_id"]) == 32
    assert (line["route"], line["method"], line["status"], line["level"]) == ("index:methods", "GET", 200, "info")
    assert isinstance(line["ms"], int) and line["profile"] == "all"
    at = datetime.fromisoformat(line["time"])
    assert at.utcoffset() is not None and abs((datetime.now(tz=UTC) - at).total_seconds()) < 60
    assert line["time"].endswith("Z")
    assert set(line) == {
        *("time", "level", "event", "logger", "profile", "request_id"),
        *("route", "method"),
        *("status", "ms"),
    }


def test_welsh_and_english_are_one_route() -> None:
    with caught() as lines:
        browser().get("/cy/methods/")
    assert lines.of("bluelamp.request")[0]["route"] == "index:methods"


def test_probes_are_told_of_only_where_they_fail(settings: Any) -> None:
    with caught() as lines:
        browser().get("/healthz")
    assert lines.of("bluelamp.request") == []
    settings.BLUELAMP_METRICS_TOKEN = "t" * 40
    with caught() as lines:
        browser().get("/metrics")
    assert lines.of("bluelamp.request")[0]["status"] == 401


def test_a_failure_is_told_with_its_trace_and_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: HttpRequest) -> None:
        looked_for = request.GET["q"]
        raise ValueError(f"{looked_for} broke it")

    monkeypatch.setattr("django.urls.resolvers.URLPattern.resolve", _replace(views.search, broken))
    with caught() as lines:
        answer = browser(raise_request_exception=False).get("/search", {"q": EMAIL})
    assert answer.status_code == 500 and EMAIL not in lines.text and WORDS not in lines.text
    failed = next(line for line in lines.of("django.request"))
    assert failed["event"] == "A request failed" and failed["request_id"] == answer["X-Request-Id"]
    assert failed["route"] == "index:search"
    assert "ValueError" in failed["error"] and any("in broken" in step for step in failed["trace"])
    assert lines.of("bluelamp.request")[0]["level"] == "error"


def _replace(old: Any, new: Any) -> Any:
    from django.urls.resolvers import URLPattern

    resolve = URLPattern.resolve

    def found(self: URLPattern, path: str) -> Any:
        match = resolve(self, path)
        if match and match.func is old:
            match.func = new
        return match

    return found


def test_fields_that_nobody_allowed_do_not_get_in() -> None:
    with caught() as lines:
        extra = {"route": "x", "searched": WORDS, "email": EMAIL}
        logging.getLogger("bluelamp.test").warning("For %s", EMAIL, extra=extra)
    line = lines.of("bluelamp.test")[0]
    assert line["route"] == "x" and line["event"] == "For [cut]" and WORDS not in lines.text and EMAIL not in lines.text


def test_nothing_of_one_request_is_left_for_the_next() -> None:
    with caught() as lines:
        browser().get("/methods/")
        logging.getLogger("bluelamp.test").warning("Between")
    assert not {"request_id", "route"} & set(lines.of("bluelamp.test")[0])


@pytest.mark.parametrize("style", ["plain", "json", ""])
def test_a_command_that_crashes_shows_no_values(style: str, tmp_path: Path) -> None:
    program = (
        "import sys, django\n"
        "django.setup()\n"
        "from bluelamp.project.cli import app\n"
        "def crash(*, now):\n"
        "    person = '@'.join(['jane', 'mail.example'])\n"
        "    raise RuntimeError(person)\n"
        "app.index.print_summary = crash\n"
        "app.set_up = lambda: crash(now=1)\n"
        "sys.argv = ['bluelamp', 'start']\n"
        "app.run()\n"
    )
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bluelamp.project.settings",
        "BLUELAMP_HOME": str(tmp_path),
        "BLUELAMP_LOG": style,
    }
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert done.returncode == 1 and "jane" not in done.stderr and "person" not in done.stderr.split("raise")[0]
    assert "The command crashed" in done.stderr and "RuntimeError" in done.stderr and "crash" in done.stderr
    assert done.stderr.startswith("{") is (style != "plain")


def test_pages_show_london_time_and_rows_hold_utc() -> None:
    show = Template("{{ at|date:'H:i' }}")
    assert show.render(Context({"at": datetime(2026, 7, 1, 12, 0, tzinfo=UTC)})) == "13:00"
    assert show.render(Context({"at": datetime(2026, 1, 1, 12, 0, tzinfo=UTC)})) == "12:00"
