"""Signing in through the pages: link, password, second factor; and those who try to get in."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from cast import client, who
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.accounts import first_administrator, sign_in_path
from bluelamp.kernel.people.web.adapters import KNOWN_COOKIE, SPRAY_LIMIT
from bluelamp.project.config import ConfigError, oidc_apps, read_config

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
PASSWORD = "correct horse battery staple"  # noqa: S105
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def code(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


@pytest.fixture
def person() -> User:
    made = who("learner")
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(browser: Client, email: str, password: str = PASSWORD) -> Any:
    return browser.post(LOGIN, {"login": email, "password": password})


def test_the_whole_way_from_the_command_to_the_desk() -> None:
    first = first_administrator(email="first@example.org", name="First", now=datetime.now(tz=UTC))
    link = sign_in_path(user=first)
    browser = client()
    form = browser.get(link, follow=True)
    assert b"Choose a password" in form.content
    address = form.redirect_chain[-1][0]
    weak = browser.post(address, {"password1": "password1234", "password2": "password1234"})
    assert b"too common" in weak.content
    done = browser.post(address, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert b"Your password is saved" in done.content
    assert b"no longer works" in client().get(link, follow=True).content
    went = sign_in(browser, "FIRST@example.org")
    assert went.headers["Location"] == "/desk/"
    assert browser.get("/desk/").headers["Location"] == "/desk/second-factor/"
    assert browser.get("/desk/people/").headers["Location"] == "/desk/second-factor/"
    page = browser.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="bl-hash">(\w+)</code>', page)
    assert secret and "<svg" in page
    browser.post("/account/2fa/totp/activate/", {"code": code(secret[1])})
    again = browser.get("/desk/")
    assert again.status_code == 302 and again.headers["Location"].startswith("/account/2fa/reauthenticate/")
    cache.clear()  # the code that set the app up counts as used
    back = browser.post(again.headers["Location"], {"code": code(secret[1])})
    assert back.headers["Location"] == "/desk/"
    assert b"Name a second administrator" in browser.get("/desk/").content


def test_with_a_second_factor_the_password_alone_opens_nothing(person: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    browser = client()
    assert sign_in(browser, person.email).headers["Location"] == "/account/2fa/authenticate/"
    assert browser.get("/desk/").status_code == 302
    wrong = browser.post("/account/2fa/authenticate/", {"code": "000000"})
    assert b"Incorrect code" in wrong.content
    # One code, used twice: made anew it may be that of the next half minute.
    used = code(secret)
    assert browser.post("/account/2fa/authenticate/", {"code": used}).headers["Location"] == "/desk/"
    assert browser.get("/desk/").status_code == 200
    replay = client()
    sign_in(replay, person.email)
    assert b"Incorrect code" in replay.post("/account/2fa/authenticate/", {"code": used}).content


def test_a_session_key_known_beforehand_is_worth_nothing(person: User) -> None:
    browser = client()
    browser.get(LOGIN)
    session = browser.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    sign_in(browser, person.email)
    assert browser.session.session_key != before
    stranger = client()
    stranger.cookies["bluelamp"] = before or ""
    assert "/account/login/" in stranger.get("/desk/").headers["Location"]


def test_forms_of_other_sites_are_refused(person: User) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    refused = strict.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert refused.status_code == 403 and b"This form is too old" in refused.content


def test_known_and_unknown_accounts_get_the_same_answer(person: User) -> None:
    known = sign_in(client(), person.email, "wrong password 1")
    unknown = sign_in(client(), "nobody@cast.example", "wrong password 1")
    closed = who("analyst")
    closed.is_active = False
    closed.set_password(PASSWORD)
    closed.save()
    shut = sign_in(client(), closed.email, "wrong password 1")

    def plain(answer: Any) -> str:
        text = answer.content.decode()
        for address in (person.email, "nobody@cast.example", closed.email):
            text = text.replace(address, "")
        return re.sub(r'(csrfmiddlewaretoken" value|nonce|challenge[^,]*)="?[^">]*', "", text)

    strip = re.compile(r'<script id="js_data".*?</script>', re.S)
    texts = {strip.sub("", plain(a)) for a in (known, unknown, shut)}
    assert len(texts) == 1 and {a.status_code for a in (known, unknown, shut)} == {200}
    entries = Entry.objects.filter(action="people.sign-in", outcome="failed")
    assert entries.count() == 3 and {e.actor for e in entries} == {"anonymous"}
    assert not any(person.email in str(e.detail) + e.subject for e in entries)


def test_one_account_is_throttled(person: User) -> None:
    for _ in range(5):
        sign_in(client(), person.email, "wrong password 1")
    assert b"Too many failed" in sign_in(client(), person.email).content


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of how many are tried, not of how long one takes."""
    for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


def test_spraying_from_many_addresses_meets_the_brake_and_passkeys_stay_open(
    cheap_passwords: None, person: User
) -> None:
    for n in range(SPRAY_LIMIT):
        attacker = Client(headers={"host": "localhost"}, REMOTE_ADDR=f"198.51.100.{n}")
        sign_in(attacker, f"victim{n}@cast.example", "Winter2026!!")
    assert b"Too many failed" in sign_in(client(), person.email).content
    assert Entry.objects.filter(outcome="refused", detail={"reason": "password-brake"}).exists()
    assert client().get("/account/2fa/webauthn/login/", headers={"accept": "application/json"}).status_code == 200


def failures(number: int, *, apart: timedelta, outcome: str = "failed", reason: str = "password") -> None:
    """Attempts written down before now, the last of them `apart` ago."""
    for n in range(1, number + 1):
        then, why = datetime.now(tz=UTC) - n * apart, {"reason": reason}
        record(actor="anonymous", action="people.sign-in", outcome=outcome, detail=why, now=then)


def test_slips_of_a_long_day_are_no_attack(person: User) -> None:
    failures(200, apart=timedelta(minutes=1))
    assert sign_in(client(), person.email).status_code == 302
    failures(SPRAY_LIMIT, apart=timedelta(seconds=9))
    assert b"Too many failed" in sign_in(client(), person.email).content


def test_a_stranger_cannot_keep_out_who_has_signed_in_here_before(person: User) -> None:
    browser, other = client(), client()
    sign_in(browser, person.email)
    browser.post("/account/logout/")
    failures(SPRAY_LIMIT, apart=timedelta(seconds=1))
    assert b"Too many failed" in sign_in(other, person.email).content
    known = browser.cookies[KNOWN_COOKIE]
    assert known["httponly"] and known["samesite"] == "Lax" and known["max-age"] == 90 * 24 * 3600
    assert person.email not in known.value
    # The last letter of a signature has four bits only: one in sixteen is this one already.
    forged = known.value[:-1] + ("E" if known.value.endswith("A") else "A")
    for value in (forged, "", "\x00", str(person.pk), f"{person.pk}:x:y"):
        other.cookies[KNOWN_COOKIE] = value
        assert b"Too many failed" in sign_in(other, person.email).content
    foreign = who("analyst")
    foreign.set_password(PASSWORD)
    foreign.save()
    assert b"Too many failed" in sign_in(browser, foreign.email).content
    assert sign_in(browser, person.email, "wrong password 1").status_code == 200
    assert sign_in(browser, person.email).status_code == 302


def test_a_stranger_cannot_fill_the_log_nor_brake_by_other_failures(person: User) -> None:
    second = timedelta(seconds=1)
    failures(SPRAY_LIMIT, apart=second, reason="provider")
    assert sign_in(client(), person.email).status_code == 302
    failures(SPRAY_LIMIT, apart=second)
    failures(SPRAY_LIMIT - 2, apart=second, outcome="refused", reason="password-brake")
    for _ in range(5):
        sign_in(client(), person.email)
    assert Entry.objects.filter(outcome="refused").count() == SPRAY_LIMIT


@pytest.mark.parametrize("data", [{}, {"login": "x" * 100_000, "password": "y"}, {"login": "\x00", "password": "\x00"}])
def test_odd_requests_are_answered(data: dict[str, str]) -> None:
    assert client().post(LOGIN, data).status_code in (200, 400)


def test_an_oversized_request_is_refused() -> None:
    assert client().post(LOGIN, {"login": "x" * 2_000_000, "password": "y"}).status_code in (400, 413)


def test_no_page_of_a_signed_in_person_stays_in_a_cache() -> None:
    assert client(capacity="administrator").get("/desk/people/").headers["Cache-Control"] == "no-store, private"
    assert "no-" in client().get(LOGIN).headers["Cache-Control"]


def test_the_cast_cannot_be_played_outside_the_demonstration(settings: Any) -> None:
    who("administrator")
    assert client().get("/desk/demo/").status_code == 404
    settings.BLUELAMP_DEMO = True
    page = client().get("/desk/demo/")
    assert page.status_code == 200 and b"Ada Adebayo" in page.content
    far = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"})
    assert far.get("/desk/demo/").status_code == 404
    browser = client()
    name = User.objects.get(first_name="Ada").username
    assert browser.post("/desk/demo/", {"who": name}).headers["Location"] == "/desk/"
    assert browser.get("/desk/people/").status_code == 200
    live = User.objects.create(username="live", email="live@example.org")
    assert browser.post("/desk/demo/", {"who": live.username}).status_code == 200


def test_an_organisations_provider_is_offered_where_one_is_set_up(settings: Any, tmp_path: Path) -> None:
    assert b"Sign in with your organisation" not in client().get(LOGIN).content
    file = tmp_path / "oidc.json"
    file.write_text('{"name": "Force", "client_id": "a", "secret": "b", "server_url": "https://id.example"}')
    apps = oidc_apps(read_config({"BLUELAMP_OIDC_FILE": str(file)}))
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}
    page = client().get(LOGIN).content.decode()
    assert "Sign in with your organisation" in page and 'action="/account/oidc/organisation/login/' in page
    file.write_text("{}")
    with pytest.raises(ConfigError, match="BLUELAMP_OIDC_FILE"):
        read_config({"BLUELAMP_OIDC_FILE": str(file)})
