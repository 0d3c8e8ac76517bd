"""The journey under attack, in danger and out of time: nothing leaks, nothing is lost, nothing is sent twice."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils.html import escape
from report_answers import chosen
from report_pages import COOKIE, Journey

from bluelamp.reporting.domain.values import Words
from bluelamp.reporting.models import Draft, Report
from bluelamp.reporting.operations import drafts, sending
from bluelamp.reporting.web import journey_advice, journey_counting

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
ALONE = {"danger": "no", "seen-by": "no", "urgent": "none", "what-happened": "account-hacked", "affected": "account"}
WATCHED = {"danger": "no", "seen-by": "yes", "go-on": "here"}


@pytest.fixture(autouse=True)
def nobody_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def answers_of(journey: Journey) -> Any:
    token = journey.client.cookies[COOKIE].value
    return drafts.open_draft(token=token, now=datetime.now(tz=UTC)).answers


HOSTILE = [
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "{{ 7 }}{% csrf_token %}",
    "\u202eevil\u202c \u0000\u0007 \u200b text \ufeff",
    "a\r\nSet-Cookie: x=1\r\n\r\n<html>",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u0e01\u0e33 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "=cmd|'/c calc'!A1",
    "' OR 1=1; DROP TABLE reporting_draft; --",
    "\ud800 lone",
    "n" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_field_stays_text(text: str) -> None:
    """Every field of every page takes it, as an answer or as an error, and shows it as text only."""
    typed = text.encode("utf-8", "replace").decode()
    journey, kept = Journey().begin(), set()
    pick = chosen({**ALONE, "affected": "account phone", "lost": "money", "contact-safe": "yes", "where": "online"})
    names = ("value", "word", "pick", "product", "day", "month", "year", "email", "phone", "remove", "find", "skip-")
    while journey.question is not None and journey.question.id != "check":
        asked = journey.question
        response = journey.send({name: [typed] for name in names})
        assert response.status_code in (200, 302), asked.id
        assert set(response.cookies) <= {"csrftoken"} and "\n" not in response.headers.get("Location", "")
        _is_ours_alone(response.content.decode())
        response = journey.send({name: [typed] for name in names if name not in ("remove", "find")})
        if response.status_code == 302 and not asked.tells:
            kept.add(asked.id)
            journey.follow(response)
        else:
            journey.answer(pick)
    assert kept >= ({"device"} if len(typed) < 200 else {"story"})
    page = journey.page()
    _is_ours_alone(page)
    story = answers_of(journey)["story"].value.text
    assert str(escape(story.split("\n")[0])) in page and not re.search("[\u202e\u0000\u0007\u200b\ufeff]", story)
    journey.follow(journey.send({}))
    _is_ours_alone(journey.client.get("/report/sent/").content.decode())
    assert Report.objects.count() == 1


class _Tags(HTMLParser):
    """What a browser would take for elements, and for scripts in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        ours = tag == "script" and (named.get("src") or "").startswith("/static/bluelamp/")
        if (tag in ("script", "img", "iframe", "object", "base", "style") and not ours) or (
            tag == "html" and self.found
        ):
            self.found.append(tag)
        self.found += [name for name in named if name.startswith("on")]
        self.found += [value for name, value in attrs if name in ("href", "src") and (value or "").startswith("java")]  # type: ignore[misc]


def _is_ours_alone(page: str) -> None:
    parser = _Tags()
    parser.feed(page)
    assert not parser.found
    assert page.count("<html") <= 1


def test_a_second_press_sends_nothing_twice() -> None:
    journey = Journey().begin().until(chosen(ALONE))
    last = journey.at
    first, second = journey.client.post(last), journey.client.post(last)
    assert {first.headers["Location"], second.headers["Location"]} == {"/report/sent/"}
    assert Report.objects.count() == 1
    page = journey.client.get("/report/sent/").content.decode()
    assert Report.objects.get().reference in page
    assert _words(page) == _words(journey.client.get("/report/sent/").content.decode())


def test_a_database_error_in_mid_submit_keeps_the_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    journey = Journey().begin().until(chosen(ALONE))
    before = dict(answers_of(journey))

    def broken(*_a: Any, **_k: Any) -> None:
        raise DatabaseError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_contacts", broken)
        response = journey.client.post(journey.at)
    assert response.status_code == 503 and response.headers["Retry-After"]
    assert "Your answers are kept" in response.content.decode() and not Report.objects.exists()
    assert {name: a for name, a in answers_of(journey).items() if name in before} == before
    again = re.search(r'href="(/report/q/\d+/)"', response.content.decode())
    assert again
    journey.at = again[1]
    assert "Check your answers" in journey.page()
    journey.follow(journey.send({}))
    assert Report.objects.count() == 1


def test_no_answer_of_the_journey_may_be_kept_or_passed_on() -> None:
    journey = Journey().begin()
    seen = [journey.client.get(path) for path in ("/report/", "/report/before/", "/report/resume/", "/report/nothing/")]
    while journey.question is not None:
        seen += [journey.client.get(journey.at)]
        response = journey.client.post(journey.at, {})
        seen.append(response)
        if response.status_code == 302:
            journey.follow(response)
        else:
            journey.answer(chosen(ALONE))
    seen += [journey.client.get("/report/sent/"), journey.client.get("/report/exit/")]
    for response in seen:
        assert response.headers["Cache-Control"] == "no-store", response.request["PATH_INFO"]
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "noindex" in response.headers["X-Robots-Tag"]


def test_the_cookie_is_for_us_and_this_sitting_only(settings: Any) -> None:
    morsel = Journey().begin().client.cookies[COOKIE]
    assert morsel["httponly"] and morsel["samesite"] == "Strict" and morsel["path"] == "/"
    assert not morsel["max-age"] and not morsel["expires"] and not morsel["secure"]
    settings.BLUELAMP_REPORT_COOKIE, settings.BLUELAMP_OUTSIDE = "__Host-bluelamp-report", True
    outside = Journey().begin().client.cookies["__Host-bluelamp-report"]
    assert outside["secure"] and not outside["domain"]


def test_forms_of_other_sites_are_refused() -> None:
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    for path in ("/report/before/", "/report/resume/", "/report/on/"):
        assert client.post(path).status_code == 403
    assert not Draft.objects.exists()


def test_exit_destroys_clears_and_leads_away(settings: Any) -> None:
    settings.BLUELAMP_EXIT_SITE = "https://weather.example/"
    journey = Journey().begin().until(chosen(ALONE), stop="story")
    here = journey.at
    response = journey.client.get("/report/exit/")
    assert response.headers["Location"] == "https://weather.example/"
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.cookies[COOKIE].value == "" and not Draft.objects.exists()
    back = journey.client.get(here)
    assert back.status_code == 302 and back.headers["Location"] == "/report/nothing/"
    shown = journey.client.get("/report/nothing/").content.decode()
    assert "Nothing is open" in shown and "hacked" not in shown


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_fetching_the_exit_ahead_does_nothing(header: str) -> None:
    journey = Journey().begin()
    for value in ("prefetch", "prefetch;prerender"):
        response = journey.client.get("/report/exit/", headers={header: value})
        assert response.status_code == 204 and not response.cookies
    assert Draft.objects.count() == 1 and journey.page()


def test_a_script_leaves_by_post_and_a_saved_draft_only_closes() -> None:
    journey = Journey().begin().until(chosen(ALONE), stop="story")
    words = _words(journey.client.post("/report/save/").content.decode())
    response = journey.client.post("/report/exit/")
    assert response.status_code == 204 and response.headers["Clear-Site-Data"]
    assert Draft.objects.get().token_digest is None
    again = Client(headers={"host": "localhost"}).post("/report/resume/", {"words": " ".join(words)})
    assert again.status_code == 302 and again.headers["Location"] == journey.at


def test_exit_is_on_every_page_first_and_in_sight() -> None:
    journey = Journey().begin()
    pages = [journey.client.get("/report/before/").content.decode()]
    while journey.question is not None:
        pages.append(journey.page())
        journey.answer(chosen(ALONE)) if journey.question.id != "check" else journey.follow(journey.send({}))
    pages.append(journey.client.get("/report/sent/").content.decode())
    for page in pages:
        first = re.search(r"<(?:a|button|input)\b[^>]*>", page[page.index("<body") :])
        assert first and "data-exit" in first[0] and 'href="/report/exit/"' in first[0]
        assert page.count("data-exit") >= 2 and page.index("govuk-exit-this-page") < page.index("<main")


def test_who_may_be_watched_is_offered_no_saving_and_loses_it_on_a_wrong_path() -> None:
    journey = Journey().begin()
    while journey.question is not None and journey.question.id != "check":
        assert "/report/save/" not in journey.page()
        journey.answer(chosen(WATCHED))
    assert journey.client.get("/report/save/").status_code == 302
    assert journey.client.post("/report/save/").status_code == 302
    assert Draft.objects.get().words_digest is None
    journey.follow(journey.send({}))
    assert "they see only that something was received" in journey.client.get("/report/sent/").content.decode()


def test_saving_shows_words_once_and_they_open_it_elsewhere() -> None:
    journey = Journey(prefix="/cy").begin().until(chosen(ALONE), stop="story")
    assert "/report/save/" in journey.page()
    words = _words(journey.client.post("/cy/report/save/").content.decode())
    other = Client(headers={"host": "localhost"})
    for typed in (" ".join(words), ", ".join(words).upper(), "  ".join(words) + " "):
        response = other.post("/report/resume/", {"words": typed})
        assert response.status_code == 302 and response.headers["Location"].startswith("/report/q/"), typed
    assert journey.client.get(journey.at).headers["Location"].endswith("/report/nothing/")


def test_words_of_no_draft_are_all_answered_alike() -> None:
    client, journey = Client(headers={"host": "localhost"}), Journey().begin().until(chosen(ALONE), stop="story")
    words = _words(journey.client.post("/report/save/").content.decode())
    wrong = client.post("/report/resume/", {"words": " ".join(words[::-1])}).content.decode()
    never = client.post("/report/resume/", {"words": " ".join([words[0]] * 6)}).content.decode()
    bare = [re.sub(r"value=\"[^\"]*\"", "", page) for page in (wrong, never)]
    assert bare[0] == bare[1] and "No saved report opens with these words" in wrong
    hint = client.post("/report/resume/", {"words": f"{words[0]}q {' '.join(words[1:])}"}).content.decode()
    assert "Check word 1: it is not one of our words" in hint
    assert "there are 2" in client.post("/report/resume/", {"words": " ".join(words[:2])}).content.decode()


def test_guessing_words_is_slowed_down() -> None:
    client = Client(headers={"host": "localhost"})
    answers = [
        client.post("/report/resume/", {"words": "x"}).status_code for _ in range(journey_counting.MOST_TRIED + 1)
    ]
    assert answers[-1] == 429 and set(answers[:-1]) == {200}


def test_a_draft_that_rested_asks_before_it_shows_anything() -> None:
    journey = Journey().begin().until(chosen(ALONE), stop="story")
    journey.follow(journey.send({"value": ["They read my mail."]}))
    Draft.objects.update(touched_at=datetime.now(tz=UTC) - timedelta(hours=2))
    here = journey.at
    assert journey.client.get(here).headers["Location"] == "/report/away/"
    away = journey.client.get("/report/away/").content.decode()
    assert "You were away" in away and "mail" not in away
    assert journey.client.post("/report/on/").json() == {"seconds": 0}
    assert journey.client.post("/report/away/").headers["Location"] == here
    assert "mail" in journey.client.get(journey.address("story")).content.decode()


def test_what_is_posted_to_a_rested_draft_is_kept() -> None:
    journey = Journey().begin().until(chosen(ALONE), stop="story")
    Draft.objects.update(touched_at=datetime.now(tz=UTC) - timedelta(hours=2))
    journey.follow(journey.send({"value": ["They read my mail."]}))
    assert answers_of(journey)["story"].value == Words("They read my mail.")


def test_a_sitting_that_is_over_shows_nothing_and_says_nothing() -> None:
    journey = Journey().begin().until(chosen(WATCHED), stop="story")
    Draft.objects.update(expires_at=datetime.now(tz=UTC))
    for response in (journey.client.get(journey.at), journey.client.post(journey.at, {"value": ["x"]})):
        assert response.headers["Location"] == "/report/nothing/"
    assert journey.client.post("/report/on/").json() == {"seconds": 0}


def test_any_action_gives_another_hour() -> None:
    journey = Journey().begin()
    earlier = datetime.now(tz=UTC) - timedelta(minutes=50)
    Draft.objects.update(touched_at=earlier, expires_at=earlier + drafts.SITTING)
    left = re.search(r'data-seconds="(\d+)"', journey.page())
    assert left and 540 <= int(left[1]) <= 600
    assert journey.client.post("/report/on/").json()["seconds"] > 3_500


def test_another_language_keeps_the_answers_and_is_the_report_s() -> None:
    journey = Journey().begin().until(chosen(ALONE), stop="story")
    journey.follow(journey.send({"value": ["Fy ngeiriau i."]}))
    journey.prefix, journey.at = "/cy", f"/cy{journey.at}"
    assert 'lang="cy"' in journey.page()
    journey.to_end(chosen(ALONE))
    assert Report.objects.get().language == "cy"


def test_more_reports_than_usual_wait_and_are_never_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey_counting, "USUAL_SENT", 1)
    monkeypatch.setattr("bluelamp.reporting.web.journey.USUAL_SENT", 1)
    for _ in range(3):
        Journey().begin().to_end(chosen(ALONE))
    assert sorted(Report.objects.values_list("burst", flat=True)) == [False, True, True]


def test_a_flood_is_slowed_and_a_person_among_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bluelamp.reporting.web.journey.USUAL_SENT", 0)
    monkeypatch.setattr("bluelamp.reporting.web.journey.MOST_SENT", 1)
    person = Journey().begin().until(chosen(ALONE))
    Draft.objects.update(started_at=datetime.now(tz=UTC) - timedelta(minutes=5))
    Journey().begin().to_end(chosen(ALONE))
    robot = Journey().begin().until(chosen(ALONE))
    refused = robot.client.post(robot.at)
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "60"
    assert "Your answers are kept" in refused.content.decode() and answers_of(robot)
    person.follow(person.send({}))
    assert person.at == "/report/sent/" and Report.objects.count() == 2


def test_beginning_very_often_is_slowed_by_address(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("bluelamp.reporting.web.start.MOST_BEGUN", 2)
    client = [Client(headers={"host": "localhost"}) for _ in range(4)]
    assert [c.post("/report/before/").status_code for c in client[:3]] == [302, 302, 429]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    elsewhere = {"x-forwarded-for": "198.51.100.7, 203.0.113.9"}
    assert client[3].post("/report/before/", headers=elsewhere).status_code == 302
    held = cache._cache if hasattr(cache, "_cache") else ""  # type: ignore[attr-defined]
    assert "203.0.113.9" not in str(held)


@pytest.mark.parametrize(
    ("peer", "passed", "proxies", "address"),
    [
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", 1, "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", 2, "203.0.113.9"),
        ("127.0.0.1", "", 1, "unknown"),
        ("2001:db8:1:2:aaaa::1", "", 0, "2001:db8:1:2::/64"),
        ("", "", 0, "unknown"),
    ],
)
def test_whose_request_it_is(settings: Any, rf: Any, peer: str, passed: str, proxies: int, address: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=passed)
    assert journey_counting.address_of(request) == address


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (False, "Nobody may be reading this at this moment"),
        (True, "Somebody on duty is here to read reports of danger now"),
    ],
)
def test_a_page_of_danger_says_whether_somebody_reads(
    monkeypatch: pytest.MonkeyPatch, there: bool, sentence: str
) -> None:
    monkeypatch.setattr(journey_advice, "is_somebody_reading", lambda **_: there)
    danger = chosen({**ALONE, "danger": "yes"})
    journey = Journey().begin().until(danger, stop="danger-help")
    assert sentence in journey.page() and "999" in journey.page()
    journey.to_end(danger)
    assert sentence in journey.client.get("/report/sent/").content.decode()


def test_the_sent_page_lets_one_make_sure_of_the_words_and_finish() -> None:
    journey = Journey().begin().to_end(chosen({**ALONE, "contact-choice": "anonymous"}))
    page = journey.client.get("/report/sent/").content.decode()
    assert "They are the only way back" in page and "Finish without checking" in page
    words = _words(page)
    wrong = journey.client.post("/report/sent/", {"words": " ".join(words[::-1])}).content.decode()
    assert "These are other words" in wrong and "<title>Error:" in wrong
    right = journey.client.post("/report/sent/", {"words": " ".join(words).upper()}).content.decode()
    assert "These are the right words" in right and "I have my words: finish" in right
    done = journey.client.post("/report/sent/", {"done": "1"})
    assert done.headers["Location"] == "/report/nothing/" and done.cookies[COOKIE].value == ""
    assert not Draft.objects.exists() and Report.objects.count() == 1


def test_a_demonstration_s_reports_are_exercises(settings: Any) -> None:
    settings.BLUELAMP_DEMO = True
    Journey().begin().to_end(chosen(ALONE))
    assert Report.objects.get().origin == "exercise"


def _words(page: str) -> list[str]:
    found = re.search(r'<ol class="bl-recovery".*?</ol>', page, re.DOTALL)
    assert found
    words = re.findall(r"<li>(\w+)</li>", found[0])
    assert len(words) == 6
    return words
