"""What a reporter writes after sending, and what is written to them: nothing is lost, changed or told to a stranger."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cast import actor, who
from sent_reports import WATCHED, sent_report

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.messaging.models import Message
from bluelamp.kernel.messaging.wordings.something_new import SOMETHING_NEW
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import Decision, Duty, Post, Report, Step
from bluelamp.reporting.operations import answering, following, looking, posts
from bluelamp.reporting.operations.following import Following, open_follow
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.operations.sending import Sent
from bluelamp.reporting.operations.steps import open_post

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def opened(codes: dict[str, str] | None = None) -> tuple[Sent, Following]:
    """A report that was sent and opened again by its words."""
    sent = sent_report(codes, now=NOW)
    return sent, open_follow(words=sent.words, now=LATER)[0]


def close(report: Report, state: str) -> None:
    """Bring a report to an end."""
    Report.objects.filter(pk=report.pk).update(state=state, closed_at=NOW)


@pytest.mark.parametrize("kind", posts.WRITTEN)
def test_what_a_reporter_writes_is_sealed_read_again_and_in_the_log_without_its_words(kind: str) -> None:
    sent, follow = opened()
    post = posts.write(follow=follow, kind=kind, text="  He rang\r\nagain. ", about="story", now=LATER)
    assert b"rang" not in bytes(post.sealed) and post.from_reporter and post.role == "reporter"
    said = looking.everything(follow=follow, language="en", now=LATER).posts
    assert [(s.kind, s.mine, s.text) for s in said] == [(kind, True, "He rang\nagain.")] and said[0].about
    entry = Entry.objects.get(action="reporting.write")
    assert entry.subject == f"report:{sent.report.pk}" and "rang" not in str(entry.detail)


def test_a_correction_stands_beside_what_was_sent() -> None:
    sent, follow = opened()
    record = report_records(sent.report.pk)[0]
    before = open_json(record=record, sealed=Report.objects.get().content)
    posts.write(follow=follow, kind="correction", text="It was Tuesday.", about="story", now=LATER)
    assert open_json(record=record, sealed=Report.objects.get().content) == before
    assert Step.objects.filter(act="corrected", shown=True).exists()


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), (" \u200b\n ", "empty"), ("x" * 5_001, "long"), ("x" * 300_000, "long")]
)
def test_a_text_that_cannot_be_taken_is_refused_and_nothing_is_kept(text: str, code: str) -> None:
    _, follow = opened()
    with pytest.raises(posts.TextError) as told:
        posts.write(follow=follow, kind="message", text=text, now=LATER)
    assert told.value.code == code and not Post.objects.exists()


def test_the_words_that_open_a_report_are_never_taken_as_a_message() -> None:
    sent, follow = opened()
    for text in (" ".join(sent.words), f"Hello, my words are {'-'.join(sent.words).upper()}. Please read."):
        with pytest.raises(posts.TextError) as told:
            posts.write(follow=follow, kind="message", text=text, now=LATER)
        assert told.value.code == "words"
    others = [w for w in word_list().words if w not in sent.words][:6]
    assert posts.write(follow=follow, kind="message", text=" ".join(others), now=LATER)


def test_a_text_made_of_nothing_but_such_words_is_refused_before_it_costs_time(monkeypatch: pytest.MonkeyPatch) -> None:
    _, follow = opened()
    counted: list[int] = []
    monkeypatch.setattr(posts, "words_digest", lambda _: counted.append(1) or "")
    with pytest.raises(posts.TextError):
        posts.write(follow=follow, kind="message", text=" ".join(word_list().words[:500]), now=LATER)
    assert not counted


def test_writing_on_a_closed_report_makes_work_once() -> None:
    sent, follow = opened()
    posts.write(follow=follow, kind="addition", text="More.", now=LATER)
    assert not Duty.objects.filter(kind="wrote-again").exists()
    close(sent.report, "not-recorded")
    for text in ("Still more.", "And more."):
        posts.write(follow=follow, kind="addition", text=text, now=LATER)
    duty = Duty.objects.get(kind="wrote-again")
    assert duty.scope == sent.report.scope and duty.due_at > LATER and Post.objects.count() == 3


def test_a_complaint_is_for_somebody_who_did_not_decide_and_says_by_when() -> None:
    sent, follow = opened()
    officer, other = who("triage-officer"), who("safeguarding-officer")
    Decision.objects.create(report=sent.report, outcome="advised", reason="x", sealed=b"", at=NOW, by=officer)
    posts.write(follow=follow, kind="complaint", text="You did not read it.", now=LATER)
    assert Duty.objects.get().kind == "complaint"
    assert not posts.may_answer_complaint(report=sent.report.pk, user=officer.pk)
    assert posts.may_answer_complaint(report=sent.report.pk, user=other.pk)
    said = looking.everything(follow=follow, language="en", now=LATER).posts
    assert said[-1].answer_by == date(2026, 12, 26)


def test_whoever_has_only_the_words_may_write_and_ask_for_a_call_and_reads_nothing() -> None:
    sent, follow = opened(WATCHED)
    assert not follow.full
    Duty.objects.all().delete()
    posts.write(follow=follow, kind="message", text="Please wait.", now=LATER)
    posts.ask_for_call(follow=follow, text="Mondays, 07700 900123", now=LATER)
    assert set(Post.objects.values_list("role", flat=True)) == {"words-only"}
    assert Duty.objects.get().kind == "call-back"
    for kind in ("addition", "correction", "complaint"):
        with pytest.raises(following.NotFullError):
            posts.write(follow=follow, kind=kind, text="x", now=LATER)
    with pytest.raises(following.NotFullError):
        posts.withdraw(follow=follow, now=LATER)
    assert Report.objects.get(pk=sent.report.pk).state == "received"


def test_taking_a_report_back_closes_it_and_ends_no_duty() -> None:
    sent, follow = opened({"danger": "yes"})
    duties = set(Duty.objects.values_list("pk", flat=True))
    assert duties and posts.withdraw(follow=follow, text="It is all right now.", now=LATER)
    report = Report.objects.get()
    assert report.state == "withdrawn" and report.closed_at == LATER
    still = Duty.objects.filter(done_at=None)
    # Somebody looks whether it was the reporter who wanted it.
    assert duties < set(still.values_list("pk", flat=True)) and still.filter(kind="took-back").exists()
    page = looking.everything(follow=follow, language="en", now=LATER)
    assert page.standing.code == "withdrawn" and not page.may_withdraw
    assert sent.report.pk == report.pk


@pytest.mark.parametrize("state", ["recorded", "not-recorded", "handed-over"])
def test_what_is_decided_cannot_be_taken_back_and_the_wish_is_kept(state: str) -> None:
    sent, follow = opened()
    close(sent.report, state)
    assert not posts.withdraw(follow=follow, now=LATER)
    assert Report.objects.get().state == state and Step.objects.filter(act="wished-back", shown=True).exists()
    assert Duty.objects.filter(kind="wrote-again").exists()


@pytest.mark.parametrize("kind", answering.TO_REPORTER)
def test_what_an_officer_writes_is_read_by_the_reporter_who_is_told_only_that_something_is_new(kind: str) -> None:
    sent, follow = opened()
    officer = actor("triage-officer")
    answering.post_to_reporter(actor=officer, report=sent.report.pk, kind=kind, text="Do you have the mail?", now=LATER)
    notices = Message.objects.all()
    assert {n.template for n in notices} == {SOMETHING_NEW.code} and all(not n.params for n in notices)
    assert {n.state for n in notices} == {"queued"} and {n.origin for n in notices} == {"test"}
    first = looking.everything(follow=follow, language="en", now=LATER).posts[-1]
    assert first.is_new and not first.mine and first.role == "triage-officer" and first.text == "Do you have the mail?"
    assert Post.objects.get().read_at == LATER
    assert not looking.everything(follow=follow, language="en", now=LATER).posts[-1].is_new
    assert Entry.objects.get(action="reporting.answer").actor == officer.audit_id


@pytest.mark.parametrize("codes", [WATCHED, {"seen-by": "not-sure", "go-on": "here"}, {"contact-safe": "no"}])
def test_no_notice_leaves_where_messages_may_be_seen(codes: dict[str, str]) -> None:
    sent = sent_report(codes, now=NOW)
    answering.post_to_reporter(
        actor=actor("triage-officer"), report=sent.report.pk, kind="question", text="Which day?", now=LATER
    )
    assert not Message.objects.filter(state="queued").exists() and Post.objects.count() == 1


def test_no_notice_leaves_in_quiet_mode() -> None:
    sent, follow = opened()
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", keep=follow.token, now=LATER)
    following.set_quiet(follow=follow, quiet=True, now=LATER)
    answering.tell_it_helped(report=sent.report.pk, how="alert", code="A-2026-7", now=LATER)
    assert not Message.objects.exists()


def test_a_report_that_helped_is_told_once_with_what_it_helped() -> None:
    sent, follow = opened()
    first = answering.tell_it_helped(report=sent.report.pk, how="edition", code="2026-12", now=LATER)
    again = answering.tell_it_helped(report=sent.report.pk, how="edition", code="2026-12", now=LATER)
    assert first and again is None and Message.objects.filter(state="queued").count() == 2
    said = looking.everything(follow=follow, language="en", now=LATER).posts[-1]
    assert (said.kind, said.how, said.code) == ("helped", "edition", "2026-12")
    with pytest.raises(ValueError, match="named by its code"):
        answering.tell_it_helped(report=sent.report.pk, how="alert", code="of Mrs Smith", now=LATER)


def test_a_post_can_be_opened_at_the_desk() -> None:
    sent, follow = opened()
    post = posts.ask_for_call(follow=follow, text="After six.", now=LATER)
    assert open_post(post=post, report=sent.report) == {"text": "After six.", "call": "yes"}
