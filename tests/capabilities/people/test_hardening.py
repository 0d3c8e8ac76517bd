"""Every address against forged forms, caches, frames and missing headers; what a deployment beyond loopback sets."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cast import client, who
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.test import Client
from django.urls import reverse

from bluelamp.project.matrix import names
from bluelamp.project.permission_table import ROUTES, Open

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db(databases=["default", "stream", "vault"])]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'")


def every_address(person: Any) -> Iterator[tuple[str, str]]:
    """Each address in both languages, with the name of its view, about a person of the cast."""
    for pattern, name in names():
        if not name:
            continue
        typed = re.findall(r"<(?:(\w+):)?(\w+)>", pattern)
        values = {k: "1" for k in re.findall(r"\?P<(\w+)>", pattern)} or {
            k: person.pk if k == "user_id" else uuid4() if kind == "uuid" else 1 if kind == "int" else "x"
            for kind, k in typed
        }
        address = reverse(name, kwargs=values)
        yield name, f"/cy{address}" if pattern.startswith("/cy/") else address


_LISTS = ("/check/", "/cy/check/")


def hardened(answer: Any, address: str) -> None:
    # A list of somebody's devices stands in this address: not even our own pages are told it.
    expected = {**HEADERS, "Referrer-Policy": "no-referrer"} if address.startswith(_LISTS) else HEADERS
    for name, value in expected.items():
        assert answer.headers.get(name) == value, f"{address} ({answer.status_code}): {name}"
    policy = answer.headers.get("Content-Security-Policy", "")
    assert all(part in policy for part in POLICY), f"{address} ({answer.status_code}): {policy}"
    assert "Access-Control-Allow-Origin" not in answer.headers, address
    assert "unsafe" not in policy and "Server" not in answer.headers and "X-Powered-By" not in answer.headers


def test_every_answer_carries_the_headers_and_no_staff_page_stays_in_a_cache() -> None:
    stranger, staff, person = client(), client(capacity="administrator"), who("learner")
    for name, address in every_address(person):
        if name == "account_logout":
            continue
        for browser in (stranger, staff):
            got = browser.get(address)
            hardened(got, address)
            if ROUTES[name] is not Open.PUBLIC and got.status_code != 404:
                assert "no-store" in got.headers.get("Cache-Control", ""), f"{address} ({got.status_code})"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing/here/", 404),
        ("/a%00b", 400),
        ("/search?q=%00", 400),
        ("/search?" + "&".join(f"a{n}=1" for n in range(2000)), 400),
        ("/static/bluelamp/bluelamp.css", 200),
        ("/static/nothing.css", 404),
        ("/static/..%2fsettings.py", 404),
        ("/cy", 301),
    ],
)
def test_answers_from_before_the_pages_carry_them_too(address: str, status: int) -> None:
    got = client().get(address)
    assert got.status_code == status
    hardened(got, address)


def test_an_unknown_host_is_refused_with_them() -> None:
    for host in ("evil.example", "localhost.evil.example", "localhost,evil.example", "evil@localhost", "", "\udcff"):
        got = Client(headers={"host": host}).get("/table/")
        assert got.status_code == 400 and "evil" not in got.content.decode()
        hardened(got, host)


# Leaving works from any page and ends only what this browser itself holds: the cookie does not come along from other
# sites. What a device sends later has no cookie, and asks for what no form can send (reporting/web/offline_guard.py).
WITHOUT_TOKEN = frozenset({"report:exit", "report:offline-send"})


@pytest.mark.parametrize("sent", ["none", "empty", "wrong", "of another browser", "in the address"])
def test_no_form_is_taken_from_another_site(sent: str) -> None:
    """Every address that takes a POST refuses one whose token is not this browser's own."""
    person, me = who("learner"), who("administrator")
    other = Client(headers={"host": "localhost"})
    other.get("/account/login/")
    foreign, tried = other.cookies["csrftoken"].value, 0
    for name, address in every_address(person):
        if name.startswith(("api-1:", "report-api:", "open311:")) or name in WITHOUT_TOKEN:
            continue  # looks at no session
        tried += 1
        for browser in (client(), client(me, capacity="administrator")):
            browser.handler.enforce_csrf_checks = True
            browser.cookies["csrftoken"] = "b" * CSRF_TOKEN_LENGTH if sent != "none" else ""
            # A token is a secret behind a mask: `bb...` stands for the secret `aa...`, the wrong one for `bb...`.
            value = {"wrong": "a" * 32 + "b" * 32, "of another browser": foreign}.get(sent, "")
            data = {"csrfmiddlewaretoken": value, "login": "x", "decision": "approve"} if sent != "none" else {}
            target = f"{address}?csrfmiddlewaretoken={'b' * CSRF_TOKEN_LENGTH}" if sent == "in the address" else address
            got = browser.post(target, data)
            assert got.status_code in (403, 405) or (ROUTES[name] is Open.CLOSED and got.status_code == 404), (
                f"{address}: {got.status_code}"
            )
    assert tried > 70


def test_a_form_of_another_origin_is_refused_even_with_the_token() -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    browser.get("/account/login/")
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "login": "a@b.example", "password": "x"}
    for origin in ("https://evil.example", "null", "http://localhost.evil.example", "http://localhost:1", "\udcff"):
        assert browser.post("/account/login/", form, headers={"origin": origin}).status_code == 403, origin
    assert browser.post("/account/login/", form, headers={"origin": "http://localhost"}).status_code == 200


SPOOFS = (
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-proto": "https"},
    {"x-forwarded-for": "127.0.0.1"},
    {"x-original-url": "/desk/people/", "x-rewrite-url": "/desk/people/"},
    {"x-http-method-override": "DELETE"},
    {"forwarded": 'for=127.0.0.1;host="evil.example";proto=https'},
)


@pytest.mark.parametrize("spoof", SPOOFS)
def test_what_a_proxy_would_say_is_not_believed_of_a_stranger(spoof: dict[str, str]) -> None:
    got = client().get("/desk/people/", headers=spoof)
    assert got.status_code == 302 and got.headers["Location"] == "/account/login/?next=%2Fdesk%2Fpeople%2F"
    page = client().get("/", headers=spoof)
    assert page.status_code == 200 and "evil" not in page.content.decode()


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-server", "forwarded", "x-real-ip", "via"],
)
def test_whoever_comes_by_a_proxy_is_no_reader_at_this_machine(header: str, settings: Any) -> None:
    settings.BLUELAMP_DEMO = True
    assert client().get("/desk/demo/").status_code == 200
    assert client().get("/desk/demo/", headers={header: "127.0.0.1"}).status_code == 404
    assert client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(target: str) -> None:
    me = who("triage-officer")
    me.set_password("correct horse battery staple")
    me.save()
    for address in ("/account/login/", "/cy/account/login/"):
        browser = client()
        page = browser.get(address, {"next": target}).content.decode()
        assert f'href="{target}' not in page and f'action="{target}' not in page
        form = {"login": me.email, "password": "correct horse battery staple", "next": target}
        assert "evil" not in browser.post(f"{address}?next={target}", form).headers["Location"]
    page = client(me).get("/desk/capacity/", {"next": target}).content.decode()
    assert f'href="{target}' not in page and f'value="{target}' not in page


GARBAGE = ("'\";--", '"\\000abcdefghijklmnopqrstuvwxyz012345"', "\xff\xfe", "a" * 20_000, "../../x", "")


@pytest.mark.parametrize("value", GARBAGE)
@pytest.mark.parametrize("name", ["bluelamp", "csrftoken", "django_language", "messages", "bluelamp-known"])
def test_garbage_in_a_cookie_is_no_cookie(name: str, value: str) -> None:
    for address in ("/", "/desk/", "/account/login/"):
        got = client().get(address, headers={"cookie": f"{name}={value}"})
        assert got.status_code == (302 if address == "/desk/" else 200), address


SHOW = """
from django.conf import settings as s
for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
             "SECURE_HSTS_SECONDS", "DEBUG", "BLUELAMP_OUTSIDE"):
    print(name, getattr(s, name))
"""


def test_beyond_loopback_cookies_need_tls(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    outside = {"BLUELAMP_HOME": str(tmp_path), "BLUELAMP_HOSTS": "bluelamp.example", "BLUELAMP_PROXIES": "1"}
    command = [str(Path(sys.executable).with_name("bluelamp")), "manage", "shell", "-v", "0", "-c", SHOW]
    told = subprocess.run(command, env={**kept, **outside}, check=True, capture_output=True, text=True, timeout=60)
    found = dict(line.split(" ", 1) for line in told.stdout.splitlines())
    assert found == {
        "SESSION_COOKIE_SECURE": "True", "CSRF_COOKIE_SECURE": "True", "SESSION_COOKIE_NAME": "__Host-bluelamp",
        "CSRF_COOKIE_NAME": "__Host-csrftoken", "SECURE_HSTS_SECONDS": "31536000", "DEBUG": "False",
        "BLUELAMP_OUTSIDE": "True",
    }  # fmt: skip


FIELDS = """
    name email capacity scope purpose starts_on ends_on level expires_on reason how_known actor action subject outcome
    from_day to_day before q page grant next decision reset open who login password code session type contact day
""".split()  # noqa: SIM905 - easier to read
NONSENSE = (
    "\x00", "\u202e\u200f\u200b", "9" * 400, "1e999", "\u0663", "0001-01-01", "9999-12-31", "x" * 9000, "force:nowhere",
    "organisation:x", "{{7*7}}'; DROP TABLE x; --", "\r\nSet-Cookie: a=b", "%s%n", "[]", "", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_every_field_is_answered(value: str) -> None:
    """Every page of the desk, the table and sign-in, with nonsense in every field: never a failure of ours."""
    person, failed = who("learner"), []
    staff, auditor = client(capacity="administrator"), client(capacity="auditor")
    data = dict.fromkeys(FIELDS, value.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    for name, address in every_address(person):
        if not name.startswith(("desk:", "index:", "account_login", "api-1:")) or address.startswith("/cy/"):
            continue
        browser = auditor if name.startswith("desk:audit") else client() if name == "account_login" else staff
        for got in (browser.get(address, data), browser.post(address, data)):
            if got.status_code >= 500 or "a=b" in str(got.headers):
                failed.append(f"{address}: {got.status_code}")
    assert not failed


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31"])
def test_days_that_nobody_means_are_told(day: str) -> None:
    staff, person = client(capacity="administrator"), who("learner")
    given = {"capacity": "analyst", "scope": "national", "purpose": "x", "starts_on": "2026-01-01", "ends_on": day}
    for address, form in (("grant", given), ("vetting", {"level": "mv", "expires_on": day})):
        for language, words in (("", "Enter a year from 2000 to 2199"), ("/cy", "Rhowch flwyddyn o 2000 i 2199")):
            got = staff.post(f"{language}/desk/people/{person.pk}/{address}/", form)
            assert got.status_code == 200 and words in got.content.decode()
    got = client(capacity="auditor").get("/desk/audit/", {"from_day": day, "to_day": day})
    assert got.status_code == 200 and "Enter a year from 2000" in got.content.decode()
    assert client(capacity="auditor").get("/desk/audit/export/", {"to_day": day}).status_code == 200
