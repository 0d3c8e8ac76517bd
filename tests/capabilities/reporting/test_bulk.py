"""Many reports in one file: nothing is sent before it is confirmed, each row once, words once; and on behalf."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cast import actor, client, who
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client as Browser

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.operations.permit import NotPermittedError
from bluelamp.reporting.domain.programs import read_fields
from bluelamp.reporting.domain.tables import MOST_BYTES, columns_of, read_table
from bluelamp.reporting.models import Report, Upload, UploadSent
from bluelamp.reporting.operations import programs, sending, uploads
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import EXAMPLES
from bluelamp.reporting.web import many

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
HEAD = "danger,seen-by,urgent,what-happened,story,affected,device"
GOOD = "no,no,none,phone-stolen,A phone was taken.,phone,iPhone 12"
BAD = "no,,none,nonsense,A phone was taken.,phone,iPhone 12"


def give(browser: Browser, text: str | bytes, root: str = "/report/many/", name: str = "r.csv") -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return browser.post(root, {"table": SimpleUploadedFile(name, content)})


def page(browser: Browser, address: str) -> str:
    got = browser.get(address)
    assert got.status_code == 200, (address, got.status_code, got.headers.get("Location"))
    assert "no-store" in got["Cache-Control"]
    return got.content.decode()


def rows_of(browser: Browser, address: str) -> list[list[str]]:
    text = page(browser, address).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_nothing_is_sent_before_it_is_confirmed() -> None:
    browser = client()
    assert give(browser, f"{HEAD}\n{GOOD}\n{BAD}\n{GOOD}").headers["Location"] == "/report/many/check/"
    html = page(browser, "/report/many/check/")
    assert "2 rows can be sent" in html and "1 row must be mended" in html and "Send 2 reports" in html
    assert "what-happened" in html and "A phone was taken" not in html and not Report.objects.exists()


def test_good_rows_are_sent_each_with_its_words_and_bad_ones_come_back_to_be_mended() -> None:
    browser = client()
    give(browser, f"{HEAD}\n{GOOD}\n{BAD}\n{GOOD}")
    assert browser.post("/report/many/send/").headers["Location"] == "/report/many/sent/"
    html = page(browser, "/report/many/sent/")
    assert Report.objects.count() == 2 and "2 reports were sent" in html
    head, *found = rows_of(browser, "/report/many/sent.csv")
    assert head == ["row", "reference", "words"] and [row[0] for row in found] == ["2", "4"]
    assert {row[1] for row in found} == {r.reference for r in Report.objects.all()}
    assert all(programs.state_by_words(reference=row[1], words=row[2]).state == "received" for row in found)
    assert all(row[2] in html for row in found)
    mend = rows_of(browser, "/report/many/to-mend.csv")
    assert mend[0][-1] == "problem" and len(mend) == 2 and "seen-by: " in mend[1][-1]
    report = Report.objects.first()
    assert report and (report.channel, report.origin, report.burst) == ("bulk", "live", False)


def test_the_mended_rows_are_read_again_with_their_column_of_problems() -> None:
    browser = client()
    give(browser, f"{HEAD}\n{BAD}")
    mend = browser.get("/report/many/to-mend.csv").content.decode()
    give(browser, mend.replace("nonsense", "phishing").replace("no,,none", "no,no,none"))
    assert "1 row can be sent" in page(browser, "/report/many/check/")


def test_confirming_twice_sends_once_and_words_are_shown_for_an_hour_only() -> None:
    token = uploads.begin(table=table(GOOD, GOOD), language="en", now=NOW)
    upload = uploads.open_upload(token=token, now=NOW)
    for _ in range(2):
        assert uploads.send_rows(upload=upload, seconds=60, clock=lambda: 0.0, now=NOW)
    assert Report.objects.count() == 2
    done = uploads.open_upload(token=token, now=NOW + timedelta(minutes=59))
    assert done.done and len(uploads.sent_rows(upload=done)) == 2
    with pytest.raises(uploads.UploadGoneError):
        uploads.open_upload(token=token, now=NOW + timedelta(minutes=60))


def table(*rows: str) -> Any:
    text = "\n".join((HEAD, *rows))
    return read_table(content=text.encode(), known=columns_of(questions()))


def test_a_crash_in_the_middle_resumes_without_doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    token = uploads.begin(table=table(*[GOOD] * 5), language="en", now=NOW)
    upload = uploads.open_upload(token=token, now=NOW)
    real, calls = sending.announce, []

    def fails_at_the_third(**arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise DatabaseError("gone")
        real(**arguments)

    monkeypatch.setattr(sending, "announce", fails_at_the_third)
    with pytest.raises(DatabaseError):
        uploads.send_rows(upload=upload, seconds=60, clock=lambda: 0.0, now=NOW)
    assert Report.objects.count() == UploadSent.objects.count() == 2
    monkeypatch.undo()
    assert uploads.send_rows(upload=upload, seconds=60, clock=lambda: 0.0, now=NOW)
    assert Report.objects.count() == 5
    assert [d.row for d in uploads.sent_rows(upload=upload)] == [2, 3, 4, 5, 6]


def test_a_crash_between_a_report_and_its_words_leaves_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    token = uploads.begin(table=table(GOOD), language="en", now=NOW)
    upload = uploads.open_upload(token=token, now=NOW)

    def broken(**_: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(UploadSent.objects, "create", broken)
    with pytest.raises(DatabaseError):
        uploads.send_rows(upload=upload, seconds=60, clock=lambda: 0.0, now=NOW)
    assert not Report.objects.exists()
    monkeypatch.undo()
    uploads.send_rows(upload=upload, seconds=60, clock=lambda: 0.0, now=NOW)
    assert Report.objects.count() == 1 and uploads.sent_rows(upload=upload)[0].words


def test_what_time_does_not_reach_waits_for_another_click(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 2.0, 6.0])
    monkeypatch.setattr(many, "clock", lambda: next(ticks))
    browser = client()
    give(browser, "\n".join((HEAD, *[GOOD] * 4)))
    browser.post("/report/many/send/")
    html = page(browser, "/report/many/sent/")
    assert Report.objects.count() == 2 and "2 reports are not sent yet" in html and "Go on sending" in html
    monkeypatch.setattr(many, "clock", lambda: 0.0)
    browser.post("/report/many/send/")
    assert Report.objects.count() == 4 and "Go on sending" not in page(browser, "/report/many/sent/")


def test_nobody_else_can_open_the_file_and_the_database_holds_nothing_that_does() -> None:
    browser = client()
    give(browser, f"{HEAD}\n{GOOD}")
    row = Upload.objects.get()
    token = browser.cookies["many"].value
    assert b"iPhone" not in bytes(row.sealed) and token != row.token_digest
    stranger = client()
    for path in ("check/", "sent/", "sent.csv", "to-mend.csv"):
        assert stranger.get(f"/report/many/{path}").headers["Location"] == "/report/many/"
    stranger.cookies["many"] = row.token_digest
    assert stranger.get("/report/many/check/").status_code == 302
    assert stranger.post("/report/many/send/").status_code == 302 and not Report.objects.exists()
    cookie = browser.cookies["many"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) == 86_400


def test_the_file_goes_after_a_day_or_when_it_is_destroyed() -> None:
    token = uploads.begin(table=table(GOOD), language="en", now=NOW)
    assert uploads.destroy_old(now=NOW + uploads.KEPT - timedelta(seconds=1)) == 0
    with pytest.raises(uploads.UploadGoneError):
        uploads.open_upload(token=token, now=NOW + uploads.KEPT)
    assert uploads.destroy_old(now=NOW + uploads.KEPT) == 1 and not Upload.objects.exists()
    browser = client()
    give(browser, f"{HEAD}\n{GOOD}")
    browser.post("/report/many/send/")
    browser.post("/report/many/discard/")
    assert not Upload.objects.exists() and not UploadSent.objects.exists() and Report.objects.count() == 1


def test_the_template_is_read_and_holds_nothing_to_send_but_its_examples_would() -> None:
    browser = client()
    got = browser.get("/report/many/template.csv")
    assert got["Content-Disposition"] == 'attachment; filename="many-reports.csv"'
    assert "attachment" in got["Content-Disposition"] and got["X-Content-Type-Options"] == "nosniff"
    text = got.content.decode("utf-8-sig")
    assert "no report in this file" in give(browser, text).content.decode()
    assert give(browser, re.sub(r"(?m)^example,", ",", text)).status_code == 302
    assert f"{len(EXAMPLES)} rows can be sent" in page(browser, "/report/many/check/")
    assert "eglurhad," in browser.get("/cy/report/many/template.csv").content.decode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no report in this file"),
        (b"danger\n", "no report in this file"),
        (b"danger,danger\nno,no", "twice"),
        (b"danger,colour\nno,red", "colour"),
        (b"danger,<script>\nno,red", "&lt;script&gt;"),
        (b"PK\x03\x04", "Save it as CSV first"),
        (b"danger,story\nno,\x81", "CSV UTF-8"),
        (b"danger\n" + b"no\n" * 501, "There are 501 reports"),
        (b"danger\n" + b"x" * MOST_BYTES, "larger than 2 MB"),
        (b'danger,story\nno,"', "Row 2 cannot be read"),
    ],
)
def test_a_file_that_is_none_is_told_and_kept_nowhere(content: bytes, told: str) -> None:
    answer = give(client(), content)
    assert answer.status_code == 422 and told in answer.content.decode() and not Upload.objects.exists()


def test_two_files_or_none_are_told() -> None:
    two = [SimpleUploadedFile("a.csv", b"danger\nno"), SimpleUploadedFile("b.csv", b"danger\nno")]
    for files in ({"table": two}, {}):
        assert "Choose one file" in client().post("/report/many/", files).content.decode()


def test_formulas_are_data_and_go_back_as_text() -> None:
    browser = client()
    formula = '"=HYPERLINK(""http://x"",""a"")"'
    give(browser, f"{HEAD}\nno,no,none,phone-stolen,{formula},phone,@SUM(1)\n{BAD.replace('iPhone 12', '+cmd|calc')}")
    mend = rows_of(browser, "/report/many/to-mend.csv")
    assert mend[1][6] == "'+cmd|calc"
    browser.post("/report/many/send/")
    report = Report.objects.get()
    held = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]
    assert held["story"]["text"].startswith("=HYPERLINK") and held["device"]["devices"][0]["text"] == "@SUM(1)"


def test_no_name_of_a_file_gets_into_a_header() -> None:
    browser = client()
    give(browser, f"{HEAD}\n{BAD}", name="a\r\nSet-Cookie: x=y.csv")
    got = browser.get("/report/many/to-mend.csv")
    assert got["Content-Disposition"] == 'attachment; filename="to-mend.csv"'


def test_a_flood_of_files_from_one_address_is_slowed_and_another_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MOST_FILES", 2)
    answers = [give(client(), f"{HEAD}\n{GOOD}").status_code for _ in range(4)]
    assert answers == [302, 302, 422, 422]
    other = Browser(headers={"host": "localhost"}, REMOTE_ADDR="203.0.113.9")
    assert give(other, f"{HEAD}\n{GOOD}").status_code == 302


def test_many_reports_wait_behind_those_that_came_alone() -> None:
    token = uploads.begin(table=table(*[GOOD] * (uploads.MANY + 1)), language="en", now=NOW)
    upload = uploads.open_upload(token=token, now=NOW)
    uploads.send_rows(upload=upload, seconds=60, clock=lambda: 0.0, now=NOW)
    assert Report.objects.filter(burst=True).count() == uploads.MANY + 1


def test_in_welsh_all_is_welsh() -> None:
    browser = client()
    assert "Anfon" in page(browser, "/cy/report/many/")
    give(browser, f"{HEAD}\n{BAD}", root="/cy/report/many/")
    html = page(browser, "/cy/report/many/check/")
    assert "Rhes" in html and "can be sent" not in html and "Dewiswch" in html


# Supporting organisations.


def test_a_supporting_organisation_sends_many_in_its_own_name() -> None:
    browser = client(capacity="supporting-organisation")
    give(browser, f"{HEAD}\n{GOOD}", root="/desk/behalf/many/")
    assert client().get("/desk/behalf/many/check/").status_code == 302
    browser.post("/desk/behalf/many/send/")
    me = actor("supporting-organisation")
    report = Report.objects.get()
    assert report.organisation_id == programs.organisation_of(me) and report.origin == who(me.capacity).origin
    held = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]
    assert held["for-whom"]["codes"] == ["supporting"] and held["organisation"]["text"]
    assert Entry.objects.get(action="reporting.send").actor == me.audit_id
    html = page(browser, "/desk/behalf/")
    assert report.reference in html and "Received" in html and "phone" not in html.lower()


def test_a_file_of_the_desk_opens_only_there_and_for_its_person() -> None:
    browser = client(capacity="supporting-organisation")
    give(browser, f"{HEAD}\n{GOOD}", root="/desk/behalf/many/")
    assert browser.get("/report/many/check/").status_code == 302
    assert page(browser, "/desk/behalf/many/check/")


def test_others_do_not_report_on_behalf_and_see_no_list() -> None:
    for capacity in ("administrator", "triage-officer", "auditor"):
        browser = client(capacity=capacity)
        for path in ("", "report/", "many/", "many/check/"):
            assert browser.get(f"/desk/behalf/{path}").status_code == 403
        with pytest.raises(NotPermittedError):
            uploads.begin(table=table(GOOD), language="en", actor=actor(capacity), now=datetime.now(tz=UTC))
        read = read_fields(shelf=questions(), fields={}, today=NOW.date(), fill=True)
        with pytest.raises(NotPermittedError):
            programs.send_on_behalf(
                actor=actor(capacity), read=read, language="en", once=who(capacity).pk, now=datetime.now(tz=UTC)
            )


def test_a_report_for_somebody_is_one_page_that_grows_and_keeps_nothing() -> None:
    browser = client(capacity="supporting-organisation")
    html = page(browser, "/desk/behalf/report/")
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', html)
    assert once and "danger__value" in html and "they-know__value" in html and "device__value" not in html
    form = {
        "once": once[1],
        "danger__value": "no",
        "seen-by__value": "no",
        "what-happened__value": "phone-stolen",
        "affected__value": "phone",
        "for-whom__value": "supporting",
        "act": "more",
    }
    more = browser.post("/desk/behalf/report/", form).content.decode()
    assert "device__value" in more and not Report.objects.exists() and "There is a problem" not in more
    missing = browser.post("/desk/behalf/report/", {**form, "danger__value": "", "act": "send"})
    assert missing.status_code == 422 and "There is a problem" in missing.content.decode()
    assert not Report.objects.exists()
    sent = browser.post("/desk/behalf/report/", {**form, "act": "send"}).content.decode()
    report = Report.objects.get()
    words = re.search(r'class="bl-code" tabindex="0">([a-z ]+)<', sent)
    assert words and programs.state_by_words(reference=report.reference, words=words[1])
    again = browser.post("/desk/behalf/report/", {**form, "act": "send"}).content.decode()
    assert Report.objects.count() == 1 and words[1] not in again and "sent before" in again
    assert report.channel == "desk" and report.organisation_id


def test_what_was_typed_stays_in_the_form_and_is_only_text() -> None:
    browser = client(capacity="supporting-organisation")
    form = {"story__value": '"><script>alert(1)</script>', "act": "send", "when-day__day": "1", "danger__value": "x"}
    html = browser.post("/desk/behalf/report/", form).content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html
