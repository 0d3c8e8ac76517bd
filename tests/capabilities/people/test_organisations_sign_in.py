"""Sign-in with the organisation's own provider: for people who were invited, with an address that it verified."""

from collections.abc import Iterator
from typing import Any

import pytest
from cast import client, who
from oidc_provider import CLIENT, SECRET, Provider, provider

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.models import User

START = "/account/oidc/organisation/login/"
pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture
def organisation(settings: Any) -> Iterator[Provider]:
    with provider() as made:
        _use(settings, made.url)
        yield made


def _use(settings: Any, url: str) -> None:
    app = {"provider_id": "organisation", "name": "Force", "client_id": CLIENT, "secret": SECRET}
    apps = [{**app, "settings": {"server_url": url}}]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}


def _sign_in(organisation: Provider, browser: Any, **claims: Any) -> Any:
    sent = browser.post(START)
    assert sent.status_code == 302 and sent["Location"].startswith(organisation.url)
    return browser.get(START + "callback/", organisation.sign_in(sent["Location"], claims), follow=True)


def test_an_invited_person_gets_in_and_still_needs_a_second_factor(organisation: Provider) -> None:
    ada, browser = who("administrator"), client()
    answer = _sign_in(organisation, browser, sub="a1", email=ada.email, email_verified=True)
    assert answer.redirect_chain[-1][0].endswith("/desk/second-factor/")
    assert Entry.objects.filter(action="people.sign-in", outcome="done", actor=f"user:{ada.pk}").count() == 1
    again = _sign_in(organisation, client(), sub="a1", email="changed@example.org", email_verified=True)
    assert again.redirect_chain[-1][0].endswith("/desk/second-factor/")
    assert not User.objects.filter(email="changed@example.org").exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "x", "email": "stranger@example.org", "email_verified": True},
        {"sub": "x", "email": "ada@cast.example", "email_verified": False},
        {"sub": "x"},
    ],
    ids=["not invited", "address not verified", "no address"],
)
def test_others_do_not_and_are_told_what_to_do(organisation: Provider, claims: dict[str, Any]) -> None:
    who("administrator")
    before, browser = User.objects.count(), client()
    answer = _sign_in(organisation, browser, **claims)
    assert "You have not been invited" in answer.content.decode()
    assert User.objects.count() == before and "_auth_user_id" not in browser.session
    refusal = Entry.objects.get(action="people.sign-in")
    assert (refusal.outcome, refusal.detail) == ("refused", {"reason": "not-invited"})


def test_a_closed_account_stays_closed(organisation: Provider) -> None:
    User.objects.filter(pk=who("administrator").pk).update(is_active=False)
    browser = client()
    answer = _sign_in(organisation, browser, sub="a1", email="ada@cast.example", email_verified=True)
    assert "_auth_user_id" not in browser.session and "closed" in answer.content.decode()


def test_a_code_that_the_provider_does_not_know_changes_nothing(organisation: Provider) -> None:
    browser = client()
    state = organisation.sign_in(browser.post(START)["Location"], {})["state"]
    answer = browser.get(START + "callback/", {"code": "forged", "state": state})
    assert "did not work" in answer.content.decode() and "_auth_user_id" not in browser.session
    assert Entry.objects.get(action="people.sign-in").detail == {"reason": "provider"}
    answer = browser.get(START + "callback/", {"code": "forged", "state": "forged"})
    assert answer.status_code == 401 and "did not work" in answer.content.decode()


def test_a_provider_that_does_not_answer_is_said_to(settings: Any) -> None:
    with provider() as gone:
        _use(settings, gone.url)
    answer = client().post(START)
    assert answer.status_code == 401 and "did not work" in answer.content.decode()


@pytest.mark.parametrize("broken", [(500, {}), (200, {}), (200, [])], ids=["fails", "says nothing", "no document"])
def test_a_provider_that_is_out_of_order_is_said_to_be(
    organisation: Provider, broken: tuple[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client()
    back = organisation.sign_in(browser.post(START)["Location"], {"sub": "x"})
    monkeypatch.setattr(organisation, "answer", lambda *_: broken)
    for answer in (client().post(START), browser.get(START + "callback/", back)):
        assert answer.status_code == 401 and "did not work" in answer.content.decode()


def test_who_cancels_there_is_told_so_here(organisation: Provider) -> None:
    browser = client()
    state = organisation.sign_in(browser.post(START)["Location"], {})["state"]
    answer = browser.get(START + "callback/", {"error": "access_denied", "state": state}, follow=True)
    assert "You stopped signing in" in answer.content.decode()
