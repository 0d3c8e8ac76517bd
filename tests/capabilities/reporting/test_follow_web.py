"""The tracking page in a browser: what strangers, the reporter and whoever has only the words see."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import actor
from django.core.cache import cache
from django.test import Client, RequestFactory
from sent_reports import WATCHED, deliver_all, sent_report

from bluelamp.kernel.messaging.models import Message
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import Duty, Follow, Post, Report, ReportContact
from bluelamp.reporting.operations import answering, following, posts, reaching
from bluelamp.reporting.operations.erasing import erase_report
from bluelamp.reporting.operations.following import open_follow
from bluelamp.reporting.operations.sending import Sent
from bluelamp.reporting.web import follow_pace

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime.now(tz=UTC) - timedelta(hours=1)
OPEN, PAGE = "/report/follow/", "/report/follow/page/"
WRITE = "/report/follow/write/message/"


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Every test begins without tries."""
    cache.clear()


def browser() -> Client:
    """A browser of a stranger."""
    return Client(headers={"host": "localhost"})


def opened(sent: Sent, own_word: str = "") -> Client:
    """A browser in which somebody opened a report."""
    made = browser()
    answer = made.post(OPEN, {"words": " ".join(sent.words), "own-word": own_word})
    assert answer.status_code == 302 and answer["Location"] == PAGE
    return made


def read(client: Client, path: str = PAGE) -> str:
    """A page without what differs with each view."""
    answer = client.get(path)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def test_words_in_any_spelling_open_the_page_with_a_cookie_that_ends_with_the_browser() -> None:
    sent, client = sent_report(now=NOW), browser()
    answer = client.post(OPEN, {"words": f"  {', '.join(w.upper() for w in sent.words)} "})
    cookie = answer.cookies["bluelamp-follow"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and not cookie["max-age"] and not cookie["expires"]
    page = read(client)
    assert sent.report.reference in page and "Received" in page and "We aim to do that by" in page
    assert "Derbyn" in read(client, "/cy" + PAGE) or "dderbyn" in read(client, "/cy" + PAGE)
    client.post("/report/follow/leave/")
    assert client.get(PAGE)["Location"] == OPEN and not Follow.objects.exists()


def test_opening_another_report_closes_the_one_before() -> None:
    client = opened(sent_report(now=NOW))
    client.post(OPEN, {"words": " ".join(sent_report(now=NOW).words)})
    assert Follow.objects.count() == 1 and client.get(PAGE).status_code == 200


def test_nothing_is_there_without_the_words() -> None:
    sent_report(now=NOW)
    for path in (PAGE, WRITE, "/report/follow/told/", "/report/follow/addresses/", "/report/follow/own-word/"):
        assert browser().get(path)["Location"] == OPEN


def test_wrong_words_say_the_same_whether_nothing_exists_or_it_was_erased() -> None:
    wrong = {"words": " ".join(word_list().words[:6])}
    nothing = browser().post(OPEN, wrong).content.decode()
    sent = sent_report(now=NOW)
    erase_report(report=sent.report.pk, by="system", reason="asked", now=NOW)
    something = browser().post(OPEN, wrong).content.decode()
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert strip.sub("", nothing) == strip.sub("", something) and "Nothing opens with these words" in nothing


def test_a_word_that_is_none_of_ours_is_named_with_words_like_it() -> None:
    words = list(word_list().words[:6])
    words[2] += "x"
    page = browser().post(OPEN, {"words": " ".join(words)}).content.decode()
    assert "Check word 3" in page and "did you mean" in page
    assert "there are 2" in browser().post(OPEN, {"words": "one two"}).content.decode()


def test_two_quiet_reports_in_different_states_give_the_same_page(
    django_capture_on_commit_callbacks: "object",
) -> None:
    plain, busy, erased = (sent_report(WATCHED, now=NOW) for _ in range(3))
    with_word = sent_report(WATCHED, now=NOW)
    following.set_own_word(report=with_word.report.pk, word="Blodeuwedd", now=NOW)
    follow, _ = open_follow(words=busy.words, now=NOW)
    posts.write(follow=follow, kind="message", text="Hello.", now=NOW)
    officer = actor("triage-officer")
    answering.post_to_reporter(actor=officer, report=busy.report.pk, kind="question", text="Who?", now=NOW)
    Report.objects.filter(pk=busy.report.pk).update(state="not-recorded", closed_at=NOW)
    erase_report(report=erased.report.pk, by="system", reason="asked", now=NOW)
    pages = {read(opened(sent)) for sent in (plain, busy, erased, with_word)}
    pages |= {read(opened(sent, own_word="nonsense")) for sent in (plain, busy, erased, with_word)}
    assert len(pages) == 1
    only = pages.pop()
    assert "Received" in only and plain.report.reference not in only and "own" not in only.lower().replace("down", "")
    forms = {read(opened(sent), WRITE) for sent in (plain, busy, erased, with_word)}
    assert len(forms) == 1


@pytest.mark.parametrize(
    "path", ["told/", "take-back/", "addresses/", "own-word/", "write/complaint/", "write/addition/"]
)
def test_whoever_has_only_the_words_is_led_back_from_everything_else(path: str) -> None:
    client = opened(sent_report(WATCHED, now=NOW))
    assert client.get(f"/report/follow/{path}")["Location"] == PAGE
    if path != "told/":
        assert client.post(f"/report/follow/{path}", {"text": "x", "act": "set"})["Location"] == PAGE


def test_whoever_has_only_the_words_may_write_and_ask_for_a_call() -> None:
    client = opened(sent_report(WATCHED, now=NOW))
    assert client.post(WRITE, {"text": "Please wait."})["Location"] == "/report/follow/done/"
    assert client.post("/report/follow/call/", {"text": "Mondays"}).status_code == 302
    assert Post.objects.count() == 2 and "Please wait" not in read(client)


def test_the_own_word_opens_everything() -> None:
    sent = sent_report(WATCHED, now=NOW)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", now=NOW)
    assert sent.report.reference in read(opened(sent, own_word="blodeuwedd"))


def test_after_ten_wrong_own_words_an_address_sees_received_and_the_reporter_elsewhere_everything() -> None:
    sent = sent_report(WATCHED, now=NOW)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", now=NOW)
    for _ in range(10):
        opened(sent, own_word="nonsense")
    assert sent.report.reference not in read(opened(sent, own_word="Blodeuwedd"))
    elsewhere = Client(headers={"host": "localhost"}, REMOTE_ADDR="192.0.2.9")
    elsewhere.post(OPEN, {"words": " ".join(sent.words), "own-word": "Blodeuwedd"})
    assert sent.report.reference in read(elsewhere)


def test_after_wrong_tries_one_waits_longer_each_time_and_a_ticket_goes_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent, wrong = sent_report(now=NOW), {"words": " ".join(word_list().words[:6])}
    right = {"words": " ".join(sent.words)}
    for _ in range(follow_pace.FREE):
        assert browser().post(OPEN, wrong).status_code == 200
    told = browser().post(OPEN, right)
    assert told.status_code == 429 and told["Retry-After"] == "2" and sent.words[0] in told.content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', told.content.decode())
    assert ticket
    with_ticket = {**right, "ticket": ticket.group(1)}
    assert browser().post(OPEN, with_ticket).status_code == 429
    # Others at the same address go on guessing; whoever waited goes through all the same, once.
    for _ in range(20):
        follow_pace.count_wrong(RequestFactory().get("/"))
    monkeypatch.setattr("bluelamp.reporting.web.follow.datetime", _Later)
    assert browser().post(OPEN, with_ticket).status_code == 302
    again = browser().post(OPEN, with_ticket)
    assert again.status_code == 429 and again["Retry-After"] == str(follow_pace.LONGEST_WAIT)


def test_tries_from_another_address_do_not_wait() -> None:
    sent, wrong = sent_report(now=NOW), {"words": " ".join(word_list().words[:6])}
    for _ in range(follow_pace.FREE + 3):
        browser().post(OPEN, wrong)
    other = Client(headers={"host": "localhost"}, REMOTE_ADDR="192.0.2.7")
    assert other.post(OPEN, {"words": " ".join(sent.words)}).status_code == 302


def test_a_false_ticket_is_none() -> None:
    wrong = {"words": " ".join(word_list().words[:6])}
    for _ in range(follow_pace.FREE):
        browser().post(OPEN, wrong)
    for ticket in ("nonsense", "a:b:c", "\u00e9" * 50):
        assert browser().post(OPEN, {**wrong, "ticket": ticket}).status_code == 429


def test_what_is_written_stands_on_the_page_and_hostile_text_is_text() -> None:
    client = opened(sent_report(now=NOW))
    client.post(WRITE, {"text": "<script>alert(1)</script>\r\n=cmd|'/c'!A1"})
    page = read(client)
    assert "&lt;script&gt;" in page and "<script>alert" not in page


def test_a_text_with_the_words_is_refused_kindly_and_stays_in_the_form() -> None:
    sent = sent_report(now=NOW)
    client = opened(sent)
    answer = client.post(WRITE, {"text": f"My words: {' '.join(sent.words)}"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "Take them out" in page and sent.words[0] in page and not Post.objects.exists()
    assert "<title>Error:" in page
    assert "Write something first" in client.post(WRITE, {"text": " "}).content.decode()
    assert "at most 5000 characters" in client.post(WRITE, {"text": "x" * 5001}).content.decode()
    assert client.get("/report/follow/write/decision/").status_code == 404


def test_a_correction_names_the_answer_and_an_unknown_one_is_left_out() -> None:
    client = opened(sent_report(now=NOW))
    page = read(client, "/report/follow/write/correction/?about=story")
    assert '<option value="story" selected>' in page
    client.post("/report/follow/write/correction/", {"text": "It was Tuesday.", "about": "story"})
    client.post("/report/follow/write/correction/", {"text": "And more.", "about": "nonsense"})
    assert "It was Tuesday." in read(client) and Post.objects.filter(kind="correction").count() == 2


def test_a_complaint_tells_by_when_and_taking_back_is_one_page() -> None:
    client = opened(sent_report(now=NOW))
    client.post("/report/follow/write/complaint/", {"text": "Too slow."})
    assert Duty.objects.get().kind == "complaint" and "The aim is" in read(client)
    client.post("/report/follow/take-back/", {"text": ""})
    assert "Taken back" in read(client) and Report.objects.get().state == "withdrawn"


def test_looking_at_other_pages_does_not_mark_a_message_as_read() -> None:
    sent = sent_report(now=NOW)
    client = opened(sent)
    answering.post_to_reporter(
        actor=actor("triage-officer"), report=sent.report.pk, kind="question", text="Which day?", now=NOW
    )
    for path in ("addresses/", "own-word/", "told/"):
        read(client, f"/report/follow/{path}")
    assert "There is 1 new message for you" in read(client)
    page = read(client)
    assert "new message" not in page and "Which day?" in page and "Triage officer" in page


def test_an_address_is_proved_marked_unsafe_and_gives_new_words() -> None:
    sent = sent_report(now=NOW)
    client, ways = opened(sent), "/report/follow/addresses/"
    way = next(w.id for w in reaching.ways(follow=open_follow(words=sent.words, now=NOW)[0]) if w.kind == "email")
    client.post(ways, {"act": "code", "way": way})
    assert "does not fit" in client.post(ways, {"act": "confirm", "way": way, "code": "x"}).content.decode()
    client.post(ways, {"act": "confirm", "way": way, "code": _code()})
    assert "Confirmed" in read(client, ways)
    asked = {"reference": sent.report.reference, "address": "name@example.com"}
    same = browser().post("/report/follow/recover/", asked).content.decode()
    other = browser().post("/report/follow/recover/", {**asked, "reference": "222-222-222"}).content.decode()
    deliver_all(now=datetime.now(tz=UTC))
    strip = re.compile(r'value="[^"]+"')
    assert strip.sub("", same) == strip.sub("", other) and "a code is on its way" in same
    shown = browser().post("/report/follow/recover/code/", {**asked, "code": _code()}).content.decode()
    words = re.findall(r"<li>([a-z]+)</li>", shown)
    assert len(words) == 6 and browser().post(OPEN, {"words": " ".join(words)}).status_code == 302
    assert browser().post("/report/follow/recover/code/", {**asked, "code": "1"}).status_code == 200
    client = browser()
    client.post(OPEN, {"words": " ".join(words)})
    client.post(ways, {"act": "unsafe", "way": way})
    assert "Not safe" in read(client, ways) and ReportContact.objects.get(pk=way).verified_at is None


@pytest.mark.parametrize(
    "data",
    [{}, {"act": "x", "way": "y"}, {"act": "code", "way": "999999"}, {"act": "add", "address": "no"}, {"way": "1e9"}],
)
def test_bad_input_about_addresses_gets_a_page(data: dict[str, str]) -> None:
    client = opened(sent_report(now=NOW))
    assert client.post("/report/follow/addresses/", data).status_code in (200, 302)


def test_own_word_and_quiet_mode_are_set_from_the_page() -> None:
    sent = sent_report(now=NOW)
    client, path = opened(sent), "/report/follow/own-word/"
    assert "at least 6 letters" in client.post(path, {"act": "set", "own-word": "abc"}).content.decode()
    assert client.post(path, {"act": "set", "own-word": "Blodeuwedd"}).status_code == 302
    client.post(path, {"act": "begin-quiet"})
    assert "Quiet mode is on" in read(client, path)
    client.post(path, {"act": "end-quiet"})
    client.post(path, {"act": "remove"})
    assert "You have no own word" in read(client, path) and not Report.objects.get().own_word


def test_every_form_asks_for_proof_that_it_is_ours() -> None:
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    for path in (OPEN, "/report/follow/leave/", "/report/follow/recover/", "/report/follow/recover/code/"):
        assert strict.post(path, {"words": "x"}).status_code == 403


def _code() -> str:
    return str(Message.objects.filter(template="one-time-code").order_by("-added_at").first().params["code"])  # type: ignore[union-attr]


class _Later(datetime):
    """Two minutes on."""

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def,override]
        return datetime.now(tz=tz) + timedelta(minutes=2)
