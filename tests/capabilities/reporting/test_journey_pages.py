"""The pages of the journey: every question in both languages, every error, and the way to a sent report."""

import json
import random
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape
from report_answers import SHELF, by_chance, chosen
from report_pages import COOKIE, OPEN_LIFE, WAYS, Journey, typed

from bluelamp.kernel.catalogue.models import Maker, Product, WrittenName
from bluelamp.reporting.domain.journey import through_telling
from bluelamp.reporting.domain.question import Kind
from bluelamp.reporting.domain.values import NOT_SURE, Whereabouts, given
from bluelamp.reporting.models import Draft, Report
from bluelamp.reporting.operations import drafts
from bluelamp.reporting.operations.preparing import prepare
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.journey_codes import number_of

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def now() -> datetime:
    return datetime.now(tz=UTC)


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_every_question_has_a_page_in_both_languages(prefix: str) -> None:
    met: set[str] = set()
    for way in WAYS:
        journey = Journey(prefix=prefix).begin()
        while journey.question is not None:
            asked = journey.question
            text = journey.page()
            words = asked.wording["cy" if prefix else "en"]
            met.add(asked.id)
            assert text.count("<h1") == 1 and _escaped(words.label) in text, asked.id
            assert all(_escaped(part) in text for part in (words.hint, words.why, *words.body, *words.options.values()))
            assert 'action="/"' not in text and "required" not in text.replace("required to", "")
            if not asked.tells:
                said = words.not_sure or SHELF.phrase(key="not-sure", language="cy" if prefix else "en")
                assert _escaped(said) in text, asked.id
            journey.answer(chosen(way)) if asked.kind is not Kind.CHECK else journey.follow(journey.send({}))
        assert journey.at.endswith("/report/sent/")
        assert Report.objects.get().language == ("cy" if prefix else "en")
        Report.objects.all().delete()
    assert met == set(SHELF.by_id), f"never met: {set(SHELF.by_id) - met}"


@pytest.mark.parametrize("seed", range(12))
def test_walks_by_chance_send_what_the_same_answers_send_directly(seed: int) -> None:
    chance = random.Random(seed)
    journey = Journey(prefix=chance.choice(["", "/cy"])).begin().to_end(by_chance(chance))
    told = prepare(answers=through_telling(shelf=questions(), answers=journey.given))
    report = Report.objects.get()
    content, safety, contact = report_records(report.pk)
    assert open_json(record=content, sealed=report.content)["answers"] == _stored(told.parts["content"])
    assert open_json(record=safety, sealed=report.safety) == _stored(told.parts["safety"])
    assert open_json(record=contact, sealed=report.contact) == _stored(told.parts["contact"])
    assert (report.body, report.scope, report.watched) == (told.route.first, told.scope, told.watched)
    assert tuple(report.kinds) == told.kinds and report.anonymous == told.anonymous
    assert {f.code for f in report.flags.all()} == {str(r.flag) for r in told.raised}


def test_not_sure_everywhere_ends_in_a_report() -> None:
    Journey().begin().to_end(lambda _question: NOT_SURE)
    assert Report.objects.get().state == "received"


def test_what_is_typed_again_means_the_same() -> None:
    """A page filled from its answer and sent unchanged changes nothing."""
    journey = Journey().begin().until(chosen(WAYS[0]))
    before = drafts.open_draft(token=journey.client.cookies[COOKIE].value, now=now()).answers
    for name in list(journey.given):
        journey.at = journey.address(name)
        fields = typed(SHELF.by_id[name], before[name])
        for field, values in fields.items():
            assert all(_escaped(value.split("\n")[0]) in journey.page() for value in values if value), (name, field)
        journey.follow(journey.send(fields))
        assert journey.question is not None and journey.question.id == "check", name
    after = drafts.open_draft(token=journey.client.cookies[COOKIE].value, now=now()).answers
    assert after == before


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_an_empty_page_says_how_to_go_on(prefix: str) -> None:
    journey, tried = Journey(prefix=prefix).begin(), set()
    while journey.question is not None and journey.question.kind is not Kind.CHECK:
        asked = journey.question
        if not asked.tells and not asked.optional:
            tried.add(asked.kind)
            text = journey.send({}).content.decode()
            _has_summary(text, prefix)
        journey.answer(chosen({**WAYS[0], "where": "online", "for-whom": "organisation"}))
    assert tried >= {Kind.CHOICE, Kind.CHOICES, Kind.TEXT, Kind.DATE, Kind.DEVICE, Kind.MONEY, Kind.CONTACT}


WRONG = [
    ("when-day", {"day": ["27"], "month": [""], "year": ["2026"]}, "Add the month", "f-month"),
    ("when-day", {"day": ["31"], "month": ["2"], "year": ["2026"]}, "Enter a real day", "f-day"),
    ("when-day", {"day": ["1"], "month": ["1"], "year": ["2999"]}, "today or before", "f-"),
    ("money", {"value": ["a lot"]}, "Write the amount in figures", "f-value"),
    ("money", {"value": ["-5"]}, "without a minus", "f-value"),
    ("contact", {"email": ["me at home"], "phone": ["12"]}, "like name@example.com", "f-email"),
    ("story", {"value": ["x" * 10_001]}, "at most 10,000 characters", "f-value"),
    ("urgent", {"value": ["none", "attack-now"]}, "not both", "f-value"),
    ("danger", {"value": ["maybe"]}, "Choose one of the answers", "f-value"),
    ("device", {"word": ["y" * 201]}, "at most 200 characters", "f-value"),
]


@pytest.mark.parametrize(("question", "fields", "sentence", "field"), WRONG)
def test_errors_say_how_to_put_it_right_and_keep_what_was_typed(
    question: str, fields: dict[str, list[str]], sentence: str, field: str
) -> None:
    journey = Journey().begin().until(chosen(WAYS[0]), stop=question)
    text = journey.send(fields).content.decode()
    _has_summary(text, "")
    assert sentence in text and f'<a href="#{field}' in text
    found = re.search(r'<a href="#(f-[\w-]+)">', text)
    assert found and f'id="{found[1]}"' in text, "the link leads to no field"
    if question not in ("danger", "urgent", "device"):
        assert all(value in text for values in fields.values() for value in values)
    assert not re.search(r"\b(please|sorry|invalid|forbidden)\b", text, re.IGNORECASE)


def test_pages_that_are_not_open_lead_to_the_one_that_is() -> None:
    journey = Journey().begin()
    first = journey.at
    for name in ("story", "check", "contact"):
        for response in (journey.client.get(journey.address(name)), journey.client.post(journey.address(name), {})):
            assert response.status_code == 302 and response.headers["Location"] == first
    assert journey.client.get("/report/q/1/").status_code == 404
    assert journey.client.get("/report/to/").headers["Location"] == first


def test_numbers_of_pages_are_apart_and_say_nothing() -> None:
    numbers = {number_of(question.id) for question in SHELF.questions}
    assert len(numbers) == len(SHELF.questions) and all(100_000 <= n < 1_000_000 for n in numbers)


def test_titles_and_addresses_tell_nothing() -> None:
    journey = Journey().begin()
    telling = re.compile(r"abuse|partner|track|stalk|hack|stolen|danger|police|crime|camera|safe", re.IGNORECASE)
    while journey.question is not None:
        title = re.search(r"<title>(.*?)</title>", journey.page())
        assert title and not telling.search(title[1]) and not telling.search(journey.at), (title, journey.at)
        journey.answer(chosen(WAYS[0])) if journey.question.id != "check" else journey.follow(journey.send({}))


def test_back_leads_through_the_pages_that_were_asked() -> None:
    journey = Journey().begin().until(chosen(OPEN_LIFE), stop="story")
    back: list[str] = []
    for _ in range(9):
        link = re.search(r'class="govuk-back-link" href="([^"]+)"', journey.page())
        assert link
        journey.at = link[1]
        if journey.question is None:
            break
        back.append(journey.question.id)
    assert back == list(reversed(journey.seen)) and journey.at == "/report/before/"


def test_an_answer_changed_at_the_end_leads_back_there_or_to_what_it_opens() -> None:
    journey = Journey().begin().until(chosen({**OPEN_LIFE, "lost": "nothing"}))
    text = journey.page()
    assert text.count("govuk-summary-list__row") == len(journey.given)
    assert f'href="{journey.address("lost")}">Change<span class="govuk-visually-hidden"> What was lost' in text
    journey.at = journey.address("lost")
    journey.follow(journey.send({"value": ["money"]}))
    assert journey.question is not None and journey.question.id == "money"
    journey.until(chosen({**OPEN_LIFE, "bank-told": "yes"}))
    assert "How much money was it?" in journey.page()


def test_the_last_page_says_where_it_goes_and_lets_it_be_changed() -> None:
    pick = chosen({**OPEN_LIFE, "where": "online", "nation": "england"})
    town = given(Whereabouts("Gloucester", ""))
    journey = Journey().begin().until(lambda q: town if q.id == "home-area" else pick(q))
    assert "go to Report Fraud, which sends them on" in journey.page()
    wanted = journey.client.get("/report/to/").content.decode()
    codes = re.findall(r'type="radio" value="([^"]+)"', wanted)
    assert codes[0] == "report-fraud" and len(codes) > 1
    assert "Choose one of the answers" in journey.client.post("/report/to/", {"value": "moon"}).content.decode()
    assert journey.client.post("/report/to/", {"value": codes[1]}).status_code == 302
    assert "You chose" in journey.page()
    journey.follow(journey.send({}))
    assert Report.objects.get().body == codes[1]


def test_devices_are_found_added_and_removed_without_scripts() -> None:
    maker = Maker.objects.create(key="ring", name="Ring")
    product = Product.objects.create(key="ring:videodoorbell", maker=maker, name="Video Doorbell", category="doorbell")
    WrittenName.objects.create(text="Ring Video Doorbell", maker=maker, product=product)
    journey = Journey().begin().until(chosen({**OPEN_LIFE, "affected": "camera"}), stop="device")
    found = journey.send({"word": ["ring doorbell"], "find": ["1"]}).content.decode()
    assert 'value="ring:videodoorbell"' in found and "I cannot find it" in found
    added = journey.send({"word": ["ring doorbell"], "pick": ["ring:videodoorbell"], "add": ["1"]}).content.decode()
    assert "Ring Video Doorbell" in added and "On your list" in added
    listed = {"product": ["ring:videodoorbell", ""], "value": ["ring doorbell", "old laptop"]}
    less = journey.send({**listed, "remove": ["1"], "word": ["half a wo"]}).content.decode()
    assert "old laptop" not in less and 'value="half a wo"' in less
    nothing = journey.send({"word": ["zzzzqqqq"], "find": ["1"]}).content.decode()
    assert "Nothing like it in our list" in nothing
    journey.follow(journey.send({**listed, "word": ["AcmePhone 3"], "pick": ["own"]}))
    answers = drafts.open_draft(token=journey.client.cookies[COOKIE].value, now=now()).answers
    pairs = [(d.product_key, d.text) for d in answers["device"].value.devices]  # type: ignore[union-attr]
    assert pairs == [("ring:videodoorbell", "ring doorbell"), ("", "old laptop"), ("", "AcmePhone 3")]
    journey.until(chosen({**OPEN_LIFE, "affected": "camera"}))
    assert "Ring Video Doorbell (“ring doorbell”)" in journey.page()
    eleven = {"product": [""] * 11, "value": [f"device {n}" for n in range(11)]}
    journey.at = journey.address("device")
    assert "Give fewer: at most 10" in journey.send(eleven).content.decode()


def test_the_picker_answers_scripts_too() -> None:
    client = Client(headers={"host": "localhost"})
    answer = client.get("/report/devices", {"q": "x" * 5_000})
    assert answer.status_code == 200 and answer.json() == {"found": []}
    assert answer.headers["Cache-Control"] == "no-store"


def _stored(part: Any) -> Any:
    return json.loads(json.dumps(part))


def _escaped(text: str) -> str:
    return str(escape(text))


def _has_summary(text: str, prefix: str) -> None:
    problem, error = (("There is a problem", "Error: "), ("Mae problem", "Gwall: "))[bool(prefix)]
    main = text[text.index("<main") :]
    assert main.index("govuk-error-summary") < main.index("<h1") and problem in main
    assert re.search(rf"<title>{error}", text)
    shown = re.search(r'error-summary__list"><li><a href="[^"]*">(.*?)</a>', main)
    assert shown and main.count(shown[1]) >= 2, "the same words stand beside the field"


def test_no_draft_is_left_behind_by_looking() -> None:
    client = Client(headers={"host": "localhost"})
    for path in ("/report/", "/report/before/", "/report/resume/", "/report/nothing/"):
        assert client.get(path).status_code == 200
    assert not Draft.objects.exists() and COOKIE not in client.cookies


def test_going_back_to_the_start_goes_on_with_the_same_draft() -> None:
    journey = Journey().begin().until(chosen(OPEN_LIFE), stop="story")
    here: Any = journey.at
    journey.follow(journey.client.post("/report/before/"))
    assert journey.at == here and Draft.objects.count() == 1
