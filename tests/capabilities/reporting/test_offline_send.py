"""Reports from a device's queue: taken in once, answered once more with the device's key, refused in words."""

import base64
import gzip
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from report_answers import SHELF

from bluelamp.project.retention import RULES
from bluelamp.reporting.domain.checking import Fields, check
from bluelamp.reporting.domain.journey import through_telling, walk
from bluelamp.reporting.domain.question import CHOOSING, Kind
from bluelamp.reporting.domain.values import Answer
from bluelamp.reporting.models import OfflineAnswer, Report
from bluelamp.reporting.operations.offline import (
    LONGEST_FIELDS,
    Refused,
    Taken,
    Written,
    forget_answers,
    take_in_written,
)
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.web.offline_guard import MANY, TOO_MANY
from bluelamp.reporting.web.offline_shelf import packed

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
TODAY = date(2026, 11, 28)
KEY = b"k" * 32
OPEN_LIFE = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": "account-hacked",
    "affected": "account",
    "lost": "nothing",
    "when": "about",
    "where": "place",
    "contact-choice": "anonymous",
}
TYPED: dict[Kind, dict[str, list[str]]] = {
    Kind.TEXT: {"value": ["They read my mail."]},
    Kind.DATE: {"day": ["27"], "month": ["3"], "year": ["2026"]},
    Kind.DATES: {
        **{f"first-{part}": [value] for part, value in zip(("day", "month", "year"), ["27", "3", "2026"], strict=True)},
        **{f"last-{part}": [value] for part, value in zip(("day", "month", "year"), ["29", "3", "2026"], strict=True)},
    },
    Kind.ABOUT: {"value": ["yesterday"]},
    Kind.PLACE: {"value": ["CF10 1AA"]},
    Kind.DEVICE: {"value": ["My bell", "old laptop"]},
    Kind.NUMBERS: {"value": ["490154203237518"]},
    Kind.CONTACT: {"email": ["name@example.com"], "phone": ["07700 900123"]},
    Kind.MONEY: {"value": ["about 300"]},
}


def typed(**codes: str) -> dict[str, Fields]:
    """The fields of every page that somebody with these answers is asked, as the pages post them."""
    fields: dict[str, Fields] = {}
    answers: dict[str, Answer] = {}
    wanted = {**OPEN_LIFE, **{name.replace("_", "-"): value for name, value in codes.items()}}
    while (way := walk(shelf=SHELF, answers=through_telling(shelf=SHELF, answers=answers))).next:
        question = SHELF.by_id[way.next]
        chosen = wanted.get(question.id, question.options[-1] if question.options else "")
        fields[question.id] = {"value": chosen.split()} if question.kind in CHOOSING else TYPED[question.kind]
        answer = check(question=question, fields=fields[question.id], today=TODAY).answer
        assert answer, question.id
        answers[question.id] = answer
    return fields


def written(fields: dict[str, Fields] | None = None, **other: Any) -> Written:
    return Written(**{"draft": uuid4(), "key": KEY, "language": "en", "fields": fields or typed(), **other})


def content(reference: str) -> dict[str, Any]:
    report = Report.objects.get(reference=reference)
    held: dict[str, Any] = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]
    return held


def post(client: Client, body: object, **headers: str) -> HttpResponse:
    sent = {"X-Bluelamp-Offline": "1", "Sec-Fetch-Site": "same-origin", "Origin": "http://testserver", **headers}
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(
        "/report/offline/send",
        data=text,
        content_type="application/json",
        headers={k: v for k, v in sent.items() if v},
    )  # type: ignore[return-value]


def body(**changes: Any) -> dict[str, Any]:
    key = base64.urlsafe_b64encode(KEY).decode().rstrip("=")
    return {"draft": str(uuid4()), "words_key": key, "language": "en", "fields": typed(), "days": {}, **changes}


@pytest.fixture(autouse=True)
def nobody_counted() -> None:
    cache.clear()


def test_a_report_from_the_queue_is_taken_in_with_words_that_open_it() -> None:
    taken = take_in_written(written=written(), now=NOW)
    assert isinstance(taken, Taken) and len(taken.words) >= 4 and taken.same
    report = Report.objects.get(reference=taken.reference)
    assert (report.channel, report.client, report.origin) == ("offline", "offline", "live")
    assert content(taken.reference)["story"]["text"] == "They read my mail."


def test_sent_again_it_is_the_same_report_with_the_same_words() -> None:
    sent = written()
    first = take_in_written(written=sent, now=NOW)
    again = take_in_written(written=sent, now=NOW + timedelta(hours=23))
    assert first == again and Report.objects.count() == 1 and OfflineAnswer.objects.count() == 1


def test_only_the_device_that_sent_it_reads_the_words_and_only_for_a_day() -> None:
    sent = written()
    first = take_in_written(written=sent, now=NOW)
    assert isinstance(first, Taken)
    other = take_in_written(written=written(sent.fields, draft=sent.draft, key=b"x" * 32), now=NOW)  # type: ignore[arg-type]
    late = take_in_written(written=sent, now=NOW + timedelta(hours=24))
    assert other == late == Taken(first.reference, (), same=None)
    row = OfflineAnswer.objects.get()
    assert not any(word.encode() in bytes(row.sealed) for word in first.words)
    assert forget_answers(now=NOW + timedelta(hours=23)) == 0
    assert forget_answers(now=NOW + timedelta(hours=24)) == 1 and not OfflineAnswer.objects.exists()


def test_what_was_changed_after_it_arrived_is_told_and_changes_nothing() -> None:
    sent = written()
    first = take_in_written(written=sent, now=NOW)
    changed = {**sent.fields, "story": {"value": ["It was otherwise."]}}
    again = take_in_written(written=written(changed, draft=sent.draft), now=NOW)
    assert isinstance(first, Taken) and again == Taken(first.reference, first.words, same=False)
    assert content(first.reference)["story"]["text"] == "They read my mail."


def test_words_and_report_are_stored_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(OfflineAnswer.objects, "create", fails)
    sent = written()
    with pytest.raises(OSError, match="full"):
        take_in_written(written=sent, now=NOW)
    assert not Report.objects.exists()
    monkeypatch.undo()
    taken = take_in_written(written=sent, now=NOW)
    assert isinstance(taken, Taken) and taken.words


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_stored() -> None:
    fields = typed(when="exact", contact_choice="named", contact_safe="yes")
    fields["when-day"] = {"day": ["31"], "month": ["2"], "year": ["2026"]}
    fields["contact"] = {"email": ["no address"], "phone": [""]}
    refused = take_in_written(written=written(fields), now=NOW)
    assert isinstance(refused, Refused)
    assert [(t.question, t.problem and t.problem.code) for t in refused.troubles] == [
        ("when-day", "not-a-date"),
        ("contact", "bad-email"),
    ]
    assert not Report.objects.exists() and not OfflineAnswer.objects.exists()


def test_what_is_wrong_on_a_page_that_is_not_asked_does_not_stand_in_the_way() -> None:
    fields = {**typed(), "money": {"value": ["much"]}, "no-such-question": {"value": ["x"]}}
    assert isinstance(take_in_written(written=written(fields), now=NOW), Taken)


@pytest.mark.parametrize(
    "place", ["", "   ", "nowhere that anybody knows", "CF99 9ZZ", "<script>", "x" * 500, "⁣", "51.5,-0.1"]
)
def test_a_place_that_was_typed_offline_never_makes_a_report_unsendable(place: str) -> None:
    sent = written({**typed(), "where-place": {"value": [place]}})
    found = take_in_written(written=sent, now=NOW)
    if isinstance(found, Refused):  # it names the page, and "I am not sure" is always an answer there
        assert {t.question for t in found.troubles} == {"where-place"}
        fields = typed(nation="wales")
        fields["where-place"], fields["home-area"] = {"unsure": ["1"]}, {"value": [""]}
        fields["nation"] = {"value": ["wales"]}
        found = take_in_written(written=written(fields, draft=sent.draft), now=NOW)
    assert isinstance(found, Taken)


def test_yesterday_counts_from_the_day_it_was_written() -> None:
    days = {"when-about": date(2026, 11, 20)}
    taken = take_in_written(written=written(days=days), now=NOW)
    assert isinstance(taken, Taken)
    assert content(taken.reference)["when-about"]["first"] == "2026-11-19"


@pytest.mark.parametrize("day", [date(2031, 1, 1), date(1999, 1, 1)])
def test_a_device_with_a_wrong_clock_counts_from_today(day: date) -> None:
    taken = take_in_written(written=written(days={"when-about": day}), now=NOW)
    assert isinstance(taken, Taken)
    assert content(taken.reference)["when-about"]["first"] == "2026-11-27"


def test_a_clock_that_is_behind_does_not_make_a_real_day_a_future_one() -> None:
    fields = typed(when="exact")
    fields["when-day"] = {"day": ["27"], "month": ["11"], "year": ["2026"]}
    days = {"when-day": date(2026, 11, 20)}
    assert isinstance(take_in_written(written=written(fields, days=days), now=NOW), Taken)


def test_a_page_that_is_new_since_it_was_written_is_asked_for() -> None:
    fields = typed()
    del fields["under-18"]
    refused = take_in_written(written=written(fields), now=NOW)
    assert isinstance(refused, Refused)
    assert [t.question for t in refused.troubles] == ["under-18"]
    del fields["who-details"]
    optional = take_in_written(written=written({**fields, "under-18": {"value": ["no"]}}), now=NOW)
    assert isinstance(optional, Refused)
    assert [(t.question, t.problem) for t in optional.troubles] == [("who-details", None)]


def test_the_address_answers_with_reference_and_words(client: Client) -> None:
    answer = post(client, body())
    told = json.loads(answer.content)
    assert answer.status_code == 200 and told["state"] == "sent" and told["words"] and told["same"] is True
    assert answer["Cache-Control"] == "no-store" and not answer.cookies


def test_the_address_says_in_the_language_what_to_change(client: Client) -> None:
    fields = {**typed(), "where-place": {"value": [""]}}
    answer = post(client, body(fields=fields, language="cy"))
    told = json.loads(answer.content)
    assert answer.status_code == 422 and told["state"] == "refused" and told["questions"] == packed().version
    assert told["problems"] == [
        {"question": "where-place", "field": "value", "sentence": SHELF.phrases["cy"]["missing-place"]}
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Bluelamp-Offline": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Origin": "", "Sec-Fetch-Site": ""},
    ],
)
def test_other_sites_cannot_hand_in_reports(client: Client, headers: dict[str, str]) -> None:
    assert post(client, body(), **headers).status_code == 403 and not Report.objects.exists()


def test_an_older_browser_without_the_newer_header_can(client: Client) -> None:
    assert post(client, body(), **{"Sec-Fetch-Site": ""}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        "no json",
        "[]",
        "[" * 100_000,
        body(draft="1"),
        body(draft=None),
        body(words_key="short"),
        body(words_key="=" * 43),
        body(language="de"),
        body(fields=[]),
        body(fields={"story": "text"}),
        body(fields={"story": {"value": "text"}}),
        body(fields={"story": {"value": [1]}}),
        body(days={"story": "yesterday"}),
        body(days=["story"]),
        body(fields={str(n): {} for n in range(301)}),
    ],
    ids=range(15),
)
def test_what_cannot_be_read_is_refused_in_words(client: Client, wrong: object) -> None:
    answer = post(client, wrong)
    assert answer.status_code == 400 and json.loads(answer.content)["problems"][0]["sentence"]
    assert not Report.objects.exists()


@pytest.mark.parametrize("length", [LONGEST_FIELDS + 1, 950_000, 1_500_000])
def test_too_much_is_refused_in_words(client: Client, length: int) -> None:
    answer = post(client, body(fields={**typed(), "story": {"value": ["x" * length]}}))
    assert answer.status_code == 413 and json.loads(answer.content)["state"] == "refused"


@pytest.mark.parametrize("text", ["\x00", "\ud800", "=1+1", "\r\nSet-Cookie: a=b", "</script>", "\u202e"])
def test_hostile_text_is_taken_in_or_refused_in_words(client: Client, text: str) -> None:
    answer = post(client, body(fields={**typed(), "story": {"value": [f"a{text}b"]}}))
    assert answer.status_code == 200 and Report.objects.count() == 1


def test_many_from_one_address_wait_behind_others_and_then_come_back_later(client: Client) -> None:
    cache.clear()
    fields = typed()
    for _ in range(MANY):
        post(client, body(fields=fields))
    assert not Report.objects.filter(burst=True).exists()
    assert post(client, body(fields=fields)).status_code == 200
    assert Report.objects.filter(burst=True).count() == 1
    for _ in range(TOO_MANY - MANY - 1):
        post(client, "no json")
    stopped = post(client, body(fields=fields))
    assert stopped.status_code == 429 and int(stopped["Retry-After"]) > 0
    # What the sender says about itself does not make another address of it.
    assert post(client, body(fields=fields), **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429


def test_nothing_that_is_served_sets_a_cookie_or_is_kept_too_long(client: Client) -> None:
    for prefix in ("", "/cy"):
        page = client.get(f"{prefix}/report/offline/")
        worker = client.get(f"{prefix}/report/offline/sw.js")
        manifest = client.get(f"{prefix}/report/offline/app.webmanifest")
        shelf = client.get(f"{prefix}/report/offline/questions.{packed().version}.json")
        assert [a.status_code for a in (page, worker, manifest, shelf)] == [200] * 4
        assert not any(a.cookies for a in (page, worker, manifest, shelf))
        assert page["Cache-Control"] == worker["Cache-Control"] == "no-cache"
        assert "immutable" in shelf["Cache-Control"] and worker["Content-Type"].startswith("text/javascript")
        assert json.loads(manifest.content)["scope"] == f"{prefix}/report/offline/"
        assert f'"page": "{prefix}/report/offline/"' in worker.content.decode()
        assert "Service-Worker-Allowed" not in worker
    assert client.get("/report/offline/questions.0123456789abcdef.json").status_code == 404
    policy = page["Content-Security-Policy"]
    assert "worker-src 'self'" in policy and "manifest-src 'self'" in policy and "unsafe" not in policy


def test_the_shell_is_small(client: Client) -> None:
    worker = client.get("/report/offline/sw.js").content.decode()
    about = json.loads(worker.partition("\n")[0].removeprefix("const SHELL = ").removesuffix(";"))
    size = len(gzip.compress(client.get(about["page"]).content)) + len(gzip.compress(worker.encode()))
    questions = 0
    for address in about["files"]:
        if address.startswith("/static/"):
            path = finders.find(address.removeprefix("/static/"))
            assert isinstance(path, str), address
            size += len(gzip.compress(Path(path).read_bytes()))
        elif "questions." in address:
            questions = len(gzip.compress(client.get(address).content))
        else:
            size += len(gzip.compress(client.get(address).content))
    assert size <= 60_000 and 10_000 < questions <= 30_000, (size, questions)


def test_every_script_of_the_page_is_in_the_shell(client: Client) -> None:
    worker = client.get("/report/offline/sw.js").content.decode()
    found = finders.find("bluelamp/offline/app.js")
    assert isinstance(found, str)
    for path in Path(found).parent.iterdir():
        assert path.name in ("worker.js",) or f"offline/{path.name}" in worker, path.name
        assert len(path.read_text("utf-8").splitlines()) < 300, path.name


def test_an_old_answer_goes_with_the_daily_rules() -> None:
    take_in_written(written=written(), now=NOW)
    rule = next(rule for rule in RULES if rule.name == "offline-answers")
    assert rule.run(now=NOW, dry_run=False) == 0
    assert rule.run(now=NOW + timedelta(days=2), dry_run=True) == 1 and OfflineAnswer.objects.exists()
    assert rule.run(now=NOW + timedelta(days=2), dry_run=False) == 1 and not OfflineAnswer.objects.exists()
