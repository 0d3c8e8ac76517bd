"""The API with which programs send reports: closed by default, a key, one report for a key, and hostile input."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.clients import operations as clients
from bluelamp.kernel.clients.models import Client
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.web import api as web
from bluelamp.reporting.web.api_schemas import EXAMPLE_ANSWERS, EXAMPLE_REPORT

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime.now(tz=UTC)
ALL = ("reports:send", "reports:status", "reports:read-own")
ROOT = "/api/v1/reports"


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> Iterator[None]:
    settings.BLUELAMP_REPORT_API = True
    yield


def key_of(*scopes: str, origin: str = "test", per_minute: int = 600, name: str = "Case system") -> str:
    made = clients.add_client(
        actor=None, name=name, scopes=scopes or ALL, origin=origin, per_minute=per_minute, now=NOW
    )
    return made[1]


def ask(method: str, path: str, body: Any = None, *, key: str = "", own: str = "", **headers: str) -> tuple[int, Any]:
    told = {"host": "localhost", **headers}
    if key:
        told["authorization"] = f"Bearer {key}"
    if own:
        told["idempotency-key"] = own
    data = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
    answer = Browser(headers=told).generic(method, f"{ROOT}{path}", data, content_type="application/json")
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, json.loads(answer.content)


def test_it_does_not_exist_unless_it_is_switched_on(settings: Any) -> None:
    settings.BLUELAMP_REPORT_API = False
    browser = Browser(headers={"host": "localhost", "authorization": f"Bearer {key_of()}"})
    for path in ("", "/questions", "/openapi.json", "/bulk", "/7HK-2MR-W4X/status"):
        assert browser.get(ROOT + path).status_code == 404
        assert browser.post(ROOT + path, "{}", content_type="application/json").status_code == 404
    assert "reports" not in str(Browser(headers={"host": "localhost"}).get("/api/v1/openapi.json").json()["paths"])


def test_without_a_key_nothing_and_with_the_wrong_scope_nothing() -> None:
    for path, method in (("/questions", "GET"), ("", "GET"), ("", "POST"), ("/bulk", "POST")):
        for key in ("", "x", "bl_test_aaaaaaaa_" + "0" * 64):
            status, told = ask(method, path, EXAMPLE_REPORT, key=key, own="a")
            assert (status, told["status"]) == (401, 401)
    only = key_of("reports:read-own")
    assert ask("POST", "", EXAMPLE_REPORT, key=only, own="a")[0] == 403
    assert ask("POST", "/7HK-2MR-W4X/status", {"words": "x"}, key=only)[0] == 403
    assert ask("GET", "", key=key_of("reports:send"))[0] == 403
    assert not Report.objects.exists()


def test_a_session_or_a_cookie_opens_nothing() -> None:
    from cast import client

    staff = client(capacity="triage-officer")
    assert staff.get(f"{ROOT}/questions").status_code == 401


def test_the_questions_are_all_there_with_their_words() -> None:
    status, shelf = ask("GET", "/questions", key=key_of("reports:send"))
    questions = {q["id"]: q for q in shelf["questions"]}
    assert status == 200 and "danger-help" not in questions and "check" not in questions
    assert questions["danger"]["must_be_said"] and not questions["urgent"]["must_be_said"]
    devices = {
        "question": "affected",
        "has": ["camera", "computer", "home-device", "not-sure", "phone", "vehicle"],
    }
    # With the condition of its part before its own.
    assert questions["device"]["asked_if"] == {"all": [{"not": {"question": "go-on", "has": ["call"]}}, devices]}
    assert all(q["label"]["cy"] and q["why"]["en"] and q["kept"]["en"] for q in questions.values())
    assert "flags" not in questions["danger"]


def test_a_report_is_taken_in_once_with_its_words_once() -> None:
    key = key_of()
    status, first = ask("POST", "", EXAMPLE_REPORT, key=key, own="case-1")
    assert status == 201 and len(first["words"].split()) == 6 and not first["again"]
    status, again = ask("POST", "", EXAMPLE_REPORT, key=key, own="case-1")
    assert status == 200 and again["reference"] == first["reference"] and again["words"] == "" and again["again"]
    assert "not kept" in again["note"]
    report = Report.objects.get()
    client = Client.objects.get()
    assert (report.channel, report.origin, report.client) == ("api", "test", f"client:{client.pk}")
    held = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]
    assert held["story"]["text"] == EXAMPLE_ANSWERS["story"] and held["when-day"]["first"] == "2026-03-27"
    entry = Entry.objects.get(action="reporting.send")
    assert entry.actor == f"client:{client.pk}" and "camera" not in str(entry.detail)


def test_a_live_key_sends_live_reports_for_its_organisation() -> None:
    from bluelamp.kernel.people.models import Organisation

    charity = Organisation.objects.create(name="Charity", added_at=NOW)
    _, key = clients.add_client(actor=None, name="X", scopes=ALL, origin="live", organisation=charity.pk, now=NOW)
    ask("POST", "", EXAMPLE_REPORT, key=key, own="1")
    report = Report.objects.get()
    assert report.origin == "live" and report.organisation_id == charity.pk


def test_one_key_of_the_sender_never_brings_other_content() -> None:
    key = key_of()
    ask("POST", "", EXAMPLE_REPORT, key=key, own="case-1")
    other = {**EXAMPLE_REPORT, "answers": {**EXAMPLE_ANSWERS, "story": "Something else."}}
    assert ask("POST", "", other, key=key, own="case-1")[0] == 409
    assert Report.objects.count() == 1
    assert ask("POST", "", other, key=key_of(name="Other"), own="case-1")[0] == 201


def test_the_key_of_the_sender_is_needed_and_plain() -> None:
    key = key_of()
    assert ask("POST", "", EXAMPLE_REPORT, key=key)[0] == 422
    for wrong in ("a" * 91, "a b", "\u00e9", "a\tb"):
        assert ask("POST", "", EXAMPLE_REPORT, key=key, own=wrong)[0] == 422
    assert not Report.objects.exists()


def test_each_answer_that_cannot_be_used_is_told_with_a_sentence() -> None:
    key = key_of()
    answers = {
        **EXAMPLE_ANSWERS,
        "what-happened": ["nonsense"],
        "when-day": "2126-03-27",
        "device": [{"text": "x" * 300}],
        "nonesuch": "x",
        "check": "yes",
        "where-place": ["a"],
    }
    answers.pop("danger")
    status, told = ask("POST", "", {"answers": answers, "unanswered": "not-sure"}, key=key, own="1")
    found = {p["question"]: (p["field"], p["code"]) for p in told["problems"]}
    assert status == 422 and found == {
        "what-happened": ("value", "unknown-option"),
        "when-day": ("day", "future"),
        "device": ("value", "too-long"),
        "nonesuch": ("value", "unknown-question"),
        "check": ("value", "unknown-question"),
        "where-place": ("value", "form"),
        "danger": ("value", "missing-choice"),
    }
    assert all(p["sentence"] for p in told["problems"])
    _, welsh = ask("POST", "", {"answers": answers, "language": "cy"}, key=key, own="1")
    assert "Dewiswch" in str(welsh["problems"]) and not Report.objects.exists()


def test_a_program_raises_no_alarm_by_silence_and_hides_none() -> None:
    key = key_of()
    silent = {k: v for k, v in EXAMPLE_ANSWERS.items() if k not in ("danger", "seen-by", "threats")}
    status, told = ask("POST", "", {"answers": silent, "unanswered": "not-sure"}, key=key, own="1")
    assert status == 422 and {p["question"] for p in told["problems"]} >= {"danger", "seen-by"}
    said = {**EXAMPLE_ANSWERS, "danger": "not-sure"}
    assert ask("POST", "", {**EXAMPLE_REPORT, "answers": said}, key=key, own="1")[0] == 201
    assert Report.objects.get().flags.filter(code="danger").exists()


def test_what_is_left_out_is_an_error_unless_it_may_be_not_sure() -> None:
    key = key_of()
    status, told = ask("POST", "", {"answers": EXAMPLE_ANSWERS}, key=key, own="1")
    assert status == 422 and {"still-in", "lost", "for-whom"} <= {p["question"] for p in told["problems"]}
    answers: dict[str, Any] = dict(EXAMPLE_ANSWERS)
    for _ in range(5):  # an answer may call for further questions
        answers |= {p["question"]: {"not_sure": True} for p in told.get("problems", ())}
        status, told = ask("POST", "", {"answers": answers}, key=key, own="1")
    assert status in (200, 201) and Report.objects.count() == 1


def test_answers_that_are_not_asked_are_set_aside_and_told() -> None:
    answers = {**EXAMPLE_ANSWERS, "when-about": "last spring"}
    _, told = ask("POST", "", {**EXAMPLE_REPORT, "answers": answers}, key=key_of(), own="1")
    assert told["aside"] == ["when-about"]


def test_many_are_taken_in_each_by_itself_and_in_their_order() -> None:
    key = key_of()
    bad = {**EXAMPLE_REPORT, "answers": {**EXAMPLE_ANSWERS, "when-day": "31 2 2026"}}
    body = {"reports": [EXAMPLE_REPORT, bad, EXAMPLE_REPORT]}
    status, told = ask("POST", "/bulk", body, key=key, own="file-1")
    assert status == 200 and [r["outcome"] for r in told["rows"]] == ["taken", "refused", "taken"]
    assert [r["row"] for r in told["rows"]] == [1, 2, 3] and told["rows"][1]["problems"][0]["code"] == "not-a-date"
    references = [r["reference"] for r in told["rows"]]
    mended = {"reports": [EXAMPLE_REPORT, EXAMPLE_REPORT, EXAMPLE_REPORT]}
    _, again = ask("POST", "/bulk", mended, key=key, own="file-1")
    assert [r["outcome"] for r in again["rows"]] == ["again", "taken", "again"] and Report.objects.count() == 3
    assert (again["rows"][0]["reference"], again["rows"][2]["reference"]) == (references[0], references[2])


def test_what_time_does_not_reach_is_sent_again_without_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    key, ticks = key_of(), iter([0.0, 1.0, 2.0, 9.0])
    monkeypatch.setattr(web, "clock", lambda: next(ticks))
    body = {"reports": [EXAMPLE_REPORT] * 3}
    _, told = ask("POST", "/bulk", body, key=key, own="f")
    assert [r["outcome"] for r in told["rows"]] == ["taken", "taken", "not-tried"] and told["not_tried"] == 1
    monkeypatch.setattr(web, "clock", lambda: 0.0)
    _, again = ask("POST", "/bulk", body, key=key, own="f")
    assert [r["outcome"] for r in again["rows"]] == ["again", "again", "taken"] and Report.objects.count() == 3


def test_more_than_500_are_refused_whole() -> None:
    assert ask("POST", "/bulk", {"reports": [{"answers": {"danger": "no"}}] * 501}, key=key_of(), own="f")[0] == 422


def test_floods_are_slowed_and_told_when_to_come_back() -> None:
    key = key_of(per_minute=3)
    answers = [ask("GET", "/questions", key=key)[0] for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    browser = Browser(headers={"host": "localhost", "authorization": f"Bearer {key}"})
    assert 1 <= int(browser.get(f"{ROOT}/questions")["Retry-After"]) <= 20
    assert ask("GET", "/questions", key=key_of(name="Other"))[0] == 200


def test_the_words_open_the_plain_state_and_a_guess_opens_nothing() -> None:
    key = key_of()
    _, sent = ask("POST", "", EXAMPLE_REPORT, key=key, own="1")
    reference = sent["reference"]
    status, told = ask("POST", f"/{reference}/status", {"words": sent["words"].upper()}, key=key)
    assert status == 200 and set(told) == {"reference", "state", "received_at"} and told["state"] == "received"
    _, other = ask("POST", "", EXAMPLE_REPORT, key=key, own="2")
    refusals = [
        ask("POST", f"/{reference}/status", {"words": other["words"]}, key=key),
        ask("POST", f"/{reference}/status", {"words": "nonsense words"}, key=key),
        ask("POST", f"/{reference}/status", {"words": "a a a a a a"}, key=key),
        ask("POST", "/7HK-2MR-W4X/status", {"words": sent["words"]}, key=key),
        ask("POST", "/nonsense/status", {"words": sent["words"]}, key=key),
    ]
    assert {status for status, _ in refusals} == {404} and len({told["detail"] for _, told in refusals}) == 1


def test_a_report_in_quiet_mode_is_received_and_no_more() -> None:
    key = key_of()
    answers = {**EXAMPLE_ANSWERS, "seen-by": "yes", "go-on": "here"}
    answers.pop("contact-choice")
    status, sent = ask("POST", "", {**EXAMPLE_REPORT, "answers": answers}, key=key, own="1")
    assert status == 201 and Report.objects.get().quiet
    Report.objects.update(state="recorded", closed_at=NOW)
    assert ask("POST", f"/{sent['reference']}/status", {"words": sent["words"]}, key=key)[1]["state"] == "received"
    assert ask("GET", "", key=key)[1]["reports"][0]["state"] == "received"
    Report.objects.update(quiet=False, watched=False)
    assert ask("POST", f"/{sent['reference']}/status", {"words": sent["words"]}, key=key)[1]["state"] == "recorded"


def test_a_program_lists_what_it_sent_itself_and_nothing_else() -> None:
    key, other = key_of(), key_of(name="Other")
    _, sent = ask("POST", "", EXAMPLE_REPORT, key=key, own="1")
    ask("POST", "", EXAMPLE_REPORT, key=other, own="1")
    status, told = ask("GET", "?per_page=10", key=key)
    assert status == 200 and told["total"] == 1 and told["reports"][0]["reference"] == sent["reference"]
    assert ask("GET", "?page=2", key=key)[1]["reports"] == []


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 422),
        ("{", 400),
        ("[]", 422),
        ("null", 422),
        (DEEP, 400),
        ('{"answers": ' + DEEP + "}", 400),
        ('{"answers": {"danger": "no", "danger": "yes"}}', 400),
        ('{"answers": {"danger": NaN}}', 400),
        ('{"answers": {"danger": ' + "9" * 10_000 + "}}", 400),
        ('{"answers": {"danger": "\\u0000"}}', 422),
        ('{"answers": {"story": "\\ud800"}}', 422),
        ('{"answers": {"story": "' + "x" * 10_001 + '"}}', 422),
        ('{"answers": {}}', 422),
        ('{"answers": {"danger": {"not_sure": false}}}', 422),
        ('{"answers": {"danger": [["no"]]}}', 422),
        ('{"answers": {"danger": "no"}, "origin": "live"}', 422),
        ('{"answers": {"danger": "no"}, "language": "xx"}', 422),
        (b"\xff\xfe{\x00", 400),
        (b'{"answers": {"danger": "\xff"}}', 400),
        ('{"answers": {"danger": "no"}}' + " " * 1_000_001, 413),
    ],
)
def test_hostile_bodies_are_told_and_change_nothing(body: str | bytes, status: int) -> None:
    found, told = ask("POST", "", body, key=key_of(), own="1")
    assert found == status and "Traceback" not in str(told) and not Report.objects.exists()


def test_hostile_words_in_a_story_are_kept_as_words() -> None:
    key = key_of()
    story = '=HYPERLINK("http://x")\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script> {{7*7}} \'; DROP TABLE x;--'
    body = {**EXAMPLE_REPORT, "answers": {**EXAMPLE_ANSWERS, "story": story}}
    status, _ = ask("POST", "", body, key=key, own="1")
    report = Report.objects.get()
    held = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]["story"]["text"]
    assert status == 201 and "<script>" in held and "DROP TABLE" in held and "\r" not in held


def test_another_method_is_told_as_a_problem() -> None:
    browser = Browser(headers={"host": "localhost", "authorization": f"Bearer {key_of()}"})
    for path in ("", "/questions", "/bulk", "/7HK-2MR-W4X/status"):
        told = browser.delete(ROOT + path)
        assert told.status_code == 405 and told["Content-Type"] == "application/problem+json" and told["Allow"]


def test_a_failure_in_the_middle_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    from bluelamp.reporting.operations import sending

    def broken(**_: object) -> None:
        raise DatabaseError("disk full")

    key = key_of()
    monkeypatch.setattr(sending, "announce", broken)
    status, told = ask("POST", "", EXAMPLE_REPORT, key=key, own="1")
    assert status in (500, 503) and "disk" not in str(told) and not Report.objects.exists()
    monkeypatch.undo()
    assert ask("POST", "", EXAMPLE_REPORT, key=key, own="1")[0] == 201


def test_the_description_has_an_example_of_every_body_and_says_which_key() -> None:
    told = Browser(headers={"host": "localhost"}).get(f"{ROOT}/openapi.json").json()
    assert set(told["paths"]) == {
        f"{ROOT}/questions",
        ROOT,
        f"{ROOT}/bulk",
        f"{ROOT}/{{reference}}/status",
    }
    assert all(o["security"] and o["description"] for path in told["paths"].values() for o in path.values())
    for name in ("ReportIn", "ManyIn", "SentOut", "WordsIn"):
        assert told["components"]["schemas"][name]["examples"], name


def test_the_description_changes_only_on_purpose() -> None:
    """To renew it: `curl -s localhost:8000/api/v1/reports/openapi.json | python -m json.tool > FILE`."""
    told = Browser(headers={"host": "localhost"}).get(f"{ROOT}/openapi.json").json()
    kept = Path(__file__).parents[2] / "samples" / "openapi-reports.json"
    assert told == json.loads(kept.read_text(encoding="utf-8")), "Say in docs and CHANGELOG what changes for programs"
