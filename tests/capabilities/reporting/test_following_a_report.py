"""Opening a report with its words: what they open, what protects it, and what a reader then sees."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import who
from django.db import IntegrityError, transaction
from sent_reports import WATCHED, sent_report

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import CrimeRecord, Decision, Follow, HandOver, Report, Step
from bluelamp.reporting.operations import following, looking
from bluelamp.reporting.operations.following import Following, open_follow
from bluelamp.reporting.operations.sealed import open_json, report_records, seal_json
from bluelamp.reporting.questions import questions

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def opened(codes: dict[str, str] | None = None) -> tuple[Report, Following]:
    """A report that was sent and opened again by its words."""
    sent = sent_report(codes, now=NOW)
    return sent.report, open_follow(words=sent.words, now=LATER)[0]


def in_full(codes: dict[str, str]) -> tuple[Report, Following]:
    """A report that may be watched, opened with an own word."""
    sent = sent_report(codes, now=NOW)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", now=NOW)
    return sent.report, open_follow(words=sent.words, own_word="blodeuwedd", now=LATER)[0]


def test_words_open_a_report_in_full_and_leave_a_row_in_the_log() -> None:
    report, follow = opened()
    assert follow.full and follow.report == report.pk
    page = looking.everything(follow=follow, language="en", now=LATER)
    assert page.reference == report.reference and page.standing.code == "received"
    assert page.standing.by == date(2026, 12, 1) and page.route_reason and page.body
    assert Entry.objects.filter(action="reporting.follow", subject=f"report:{report.pk}", actor="reporter").count() == 1


def test_words_that_nothing_has_open_nothing() -> None:
    sent_report(now=NOW)
    with pytest.raises(following.NoReportError):
        open_follow(words=word_list().words[:6], now=LATER)
    assert not Follow.objects.exists()


def test_a_page_ends_after_an_hour_of_rest_and_when_it_is_left() -> None:
    sent = sent_report(now=NOW)
    _, token = open_follow(words=sent.words, now=NOW)
    assert following.following(token=token, now=NOW + timedelta(minutes=59)).full
    assert following.following(token=token, now=NOW + timedelta(minutes=118)).full
    with pytest.raises(following.NotFollowedError):
        following.following(token=token, now=NOW + timedelta(minutes=180))
    assert following.end_old(now=NOW + timedelta(minutes=180)) == 1
    _, again = open_follow(words=sent.words, now=NOW)
    following.leave(token=again)
    for gone in (again, "", "nonsense"):
        with pytest.raises(following.NotFollowedError):
            following.following(token=gone, now=NOW)


def test_the_database_holds_nothing_that_opens_a_page() -> None:
    sent = sent_report(now=NOW)
    _, token = open_follow(words=sent.words, now=NOW)
    row = Follow.objects.get()
    assert token != row.token_digest
    with pytest.raises(following.NotFollowedError):
        following.following(token=row.token_digest, now=NOW)


def test_of_a_watched_report_the_words_alone_open_received_and_no_more() -> None:
    _, follow = opened(WATCHED)
    assert not follow.full
    assert looking.received(follow=follow) == looking.Received(date(2026, 11, 28))
    for read in (
        lambda: looking.everything(follow=follow, language="en", now=LATER),
        lambda: looking.told(follow=follow, language="en"),
        lambda: following.remove_own_word(follow=follow, now=LATER),
        lambda: following.set_quiet(follow=follow, quiet=False, now=LATER),
    ):
        with pytest.raises(following.NotFullError):
            read()


def test_an_own_word_opens_everything_and_a_wrong_one_is_as_good_as_none() -> None:
    sent = sent_report(WATCHED, now=NOW)
    before, _ = open_follow(words=sent.words, own_word="Blodeuwedd", now=NOW)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", now=NOW)
    right, _ = open_follow(words=sent.words, own_word=" BLODEUWEDD ", now=LATER)
    wrong, _ = open_follow(words=sent.words, own_word="Blodeuweddd", now=LATER)
    none, _ = open_follow(words=sent.words, now=LATER)
    assert [before.full, right.full, wrong.full, none.full] == [False, True, False, False]
    assert looking.received(follow=wrong) == looking.received(follow=none)


def test_as_much_is_worked_out_whether_there_is_a_report_an_own_word_or_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_word, without = sent_report(WATCHED, now=NOW), sent_report(now=NOW)
    following.set_own_word(report=with_word.report.pk, word="Blodeuwedd", now=NOW)
    counted: list[str] = []
    for name in ("own_word_digest", "words_digest"):
        real = getattr(following, name)
        monkeypatch.setattr(following, name, lambda *a, _r=real, _n=name, **k: (counted.append(_n), _r(*a, **k))[1])
    found = []
    for words in (with_word.words, without.words, word_list().words[:6]):
        for own in ("", "nonsense"):
            counted.clear()
            with contextlib.suppress(following.NoReportError):
                open_follow(words=words, own_word=own, now=LATER)
            found.append(sorted(counted))
    assert found == [["words_digest"], ["own_word_digest", "words_digest"]] * 3


def test_setting_an_own_word_closes_pages_in_other_browsers() -> None:
    sent = sent_report(now=NOW)
    mine, my_token = open_follow(words=sent.words, now=NOW)
    _, other = open_follow(words=sent.words, now=NOW)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", keep=mine.token, now=NOW)
    assert following.following(token=my_token, now=LATER).full
    with pytest.raises(following.NotFollowedError):
        following.following(token=other, now=LATER)
    assert not open_follow(words=sent.words, now=LATER)[0].full


@pytest.mark.parametrize(("word", "code"), [("", "short"), ("abc", "short"), (" . ", "short"), ("x" * 61, "long")])
def test_an_own_word_that_is_too_short_or_long_is_refused(word: str, code: str) -> None:
    sent = sent_report(now=NOW)
    with pytest.raises(following.OwnWordError) as told:
        following.set_own_word(report=sent.report.pk, word=word, now=NOW)
    assert told.value.code == code


def test_quiet_mode_of_a_watched_report_ends_only_with_an_own_word() -> None:
    report, follow = in_full(WATCHED)
    following.set_quiet(follow=follow, quiet=False, now=LATER)
    report.refresh_from_db()
    assert not report.quiet
    following.remove_own_word(follow=follow, now=LATER)
    report.refresh_from_db()
    assert report.quiet and not report.own_word and not Follow.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.update(quiet=False)


def test_quiet_mode_does_not_begin_where_nobody_could_read_anything_then() -> None:
    report, follow = opened()
    with pytest.raises(following.OwnWordError):
        following.set_quiet(follow=follow, quiet=True, now=LATER)
    following.set_own_word(report=report.pk, word="Blodeuwedd", keep=follow.token, now=LATER)
    following.set_quiet(follow=follow, quiet=True, now=LATER)
    report.refresh_from_db()
    assert report.quiet


def test_every_way_that_a_report_can_go_is_told_with_its_date() -> None:
    report, follow = opened()
    officer = who("triage-officer")

    def standing(language: str = "en") -> looking.Standing:
        return looking.everything(follow=follow, language=language, now=LATER).standing

    Report.objects.update(state="registered", registered_at=LATER)
    assert standing().code == "registered"
    sealed = seal_json(record=report_records(report.pk)[0], content={"text": "No law was broken."}, now=LATER)
    Decision.objects.create(
        report=report, outcome="not-recorded", reason="no-crime", sealed=sealed, at=LATER, by=officer
    )
    Report.objects.update(state="not-recorded", closed_at=LATER)
    page = looking.everything(follow=follow, language="cy", now=LATER)
    assert page.standing.code == "not-recorded" and page.posts[-1].text == "No law was broken."
    HandOver.objects.create(
        report=report, to="force:kent", at=LATER, by=officer, due_at=LATER + timedelta(days=7), their_reference="K1"
    )
    Report.objects.update(state="handed-over")
    assert standing().code == "handed-over" and "Kent" in standing().now and standing().by == date(2026, 12, 5)
    HandOver.objects.update(acknowledged_at=LATER)
    assert standing().code == "acknowledged" and "K1" in standing().now
    CrimeRecord.objects.create(
        report=report, force="kent", number="46/1/26", offence="x", recorded_at=LATER, by=officer
    )
    Report.objects.update(state="recorded")
    assert "46/1/26" in standing().now and "46/1/26" in standing("cy").now


def test_who_looked_names_role_day_and_act_and_nobody() -> None:
    report, follow = opened()
    subject, by = f"report:{report.pk}", f"user:{who('triage-officer').pk}"
    rows = [
        ("reporting.read", "triage-officer", by, "done"),
        ("reporting.read", "triage-officer", f"user:{who('safeguarding-officer').pk}", "done"),
        ("reporting.read-safety", "safeguarding-officer", by, "done"),
        ("reporting.disclose", "triage-officer", by, "done"),
        ("reporting.raise-flag", "triage-officer", by, "done"),
        ("reporting.decide", "triage-officer", by, "refused"),
        ("people.see", "administrator", by, "done"),
    ]
    for action, capacity, actor, outcome in rows:
        record(actor=actor, capacity=capacity, action=action, subject=subject, outcome=outcome, now=LATER)
    record(actor=by, capacity="triage-officer", action="reporting.read", subject="report:other", now=LATER)
    looks = looking.everything(follow=follow, language="en", now=LATER).looks
    assert [(one.on, one.role, one.what) for one in looks] == [
        (date(2026, 11, 28), "safeguarding-officer", "read about your safety"),
        (date(2026, 11, 28), "triage-officer", "read what happened"),
    ]


def test_steps_that_are_not_for_the_reporter_are_not_shown() -> None:
    report, follow = opened()
    Step.objects.create(report=report, at=LATER, act="disclosed", role="triage-officer", by="user:1", shown=False)
    steps = looking.everything(follow=follow, language="en", now=LATER).steps
    assert [s.what for s in steps] == ["Your report arrived"]


def test_what_was_told_can_be_read_again_in_full_view() -> None:
    _, follow = opened()
    rows = looking.told(follow=follow, language="en")
    assert rows and all(row.label and row.lines for row in rows)
    assert not {"danger", "seen-by", "contact"} & {row.id for row in rows}


def test_an_answer_that_is_sensitive_to_abuse_is_never_shown_again() -> None:
    report, follow = in_full(WATCHED)
    held = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]
    sensitive = {q.id for q in questions().questions if q.abuse_sensitive}
    assert sensitive
    report.content = seal_json(
        record=report_records(report.pk)[0],
        content={"answers": {**held, **dict.fromkeys(sensitive, next(iter(held.values())))}, "salts": {}},
        now=NOW,
    )
    report.save(update_fields=["content"])
    rows = looking.told(follow=follow, language="en")
    assert rows and not sensitive & {row.id for row in rows}


def test_reading_a_page_announces_nothing() -> None:
    _, follow = opened()
    before = Delivery.objects.count()
    looking.everything(follow=follow, language="en", now=LATER)
    assert Delivery.objects.count() == before
