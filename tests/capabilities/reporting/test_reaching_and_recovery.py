"""Addresses that a reporter proves, and new words through them: only proved and safe ones; strangers learn nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sent_reports import WATCHED, deliver_all, sent_report

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.messaging.domain.addresses import AddressError
from bluelamp.kernel.messaging.models import Contact, Message
from bluelamp.kernel.messaging.operations.contacts import set_unsafe
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.reporting.models import Follow, Report, ReportContact
from bluelamp.reporting.operations import following, reaching, recovery
from bluelamp.reporting.operations.following import Following, open_follow
from bluelamp.reporting.operations.sending import Sent

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
ADDRESS = "name@example.com"  # what report_answers gives as contact


def opened(codes: dict[str, str] | None = None) -> tuple[Sent, Following]:
    """A report that was sent and opened again by its words."""
    sent = sent_report(codes, now=NOW)
    return sent, open_follow(words=sent.words, now=LATER)[0]


def in_full(sent: Sent) -> Following:
    """A report opened with an own word."""
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", now=NOW)
    return open_follow(words=sent.words, own_word="Blodeuwedd", now=LATER)[0]


def code_sent() -> str:
    """The newest code, as its receiver reads it."""
    return str(Message.objects.filter(template="one-time-code").order_by("-added_at").first().params["code"])  # type: ignore[union-attr]


def proved() -> tuple[Sent, Following]:
    """A report whose e-mail address was proved."""
    sent, follow = opened()
    way = next(w for w in reaching.ways(follow=follow) if w.kind == "email")
    reaching.ask_code(follow=follow, way=way.id, now=LATER)
    reaching.confirm(follow=follow, way=way.id, code=f" {code_sent()} ", now=LATER)
    return sent, follow


def test_a_reader_recognises_an_address_and_does_not_learn_it() -> None:
    _, follow = opened()
    shown = {w.kind: w.shown for w in reaching.ways(follow=follow)}
    assert shown == {"email": "n…@example.com", "sms": "…123"}


def test_a_code_proves_an_address_once_and_within_a_quarter_of_an_hour() -> None:
    _, follow = opened()
    way = reaching.ways(follow=follow)[0].id
    reaching.ask_code(follow=follow, way=way, now=LATER)
    code = code_sent()
    row = ReportContact.objects.get(pk=way)
    assert code not in row.code_digest and len(code) == 6
    with pytest.raises(reaching.CodeError):
        reaching.confirm(follow=follow, way=way, code=code, now=LATER + reaching.CODE_LIFE)
    reaching.confirm(follow=follow, way=way, code=code, now=LATER)
    assert next(w for w in reaching.ways(follow=follow) if w.id == way).proved
    with pytest.raises(reaching.CodeError):
        reaching.confirm(follow=follow, way=way, code=code, now=LATER)


def test_five_wrong_codes_end_a_code() -> None:
    _, follow = opened()
    way = reaching.ways(follow=follow)[0].id
    reaching.ask_code(follow=follow, way=way, now=LATER)
    code = code_sent()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(reaching.MOST_TRIES):
        with pytest.raises(reaching.CodeError):
            reaching.confirm(follow=follow, way=way, code=wrong, now=LATER)
    with pytest.raises(reaching.CodeError):
        reaching.confirm(follow=follow, way=way, code=code, now=LATER)


def test_while_a_code_is_good_no_other_is_sent_nor_more_than_ten_a_day() -> None:
    _, follow = opened()
    way = reaching.ways(follow=follow)[0].id
    for minute in range(0, 300, 5):
        reaching.ask_code(follow=follow, way=way, now=LATER + timedelta(minutes=minute))
        if minute == 10:
            assert Message.objects.count() == 1
    assert Message.objects.count() == reaching.MOST_CODES_A_DAY


def test_an_address_is_added_with_a_code_and_a_bad_one_is_refused() -> None:
    _, follow = opened()
    reaching.add_way(follow=follow, kind="email", address="New@Example.org", language="cy", now=LATER)
    assert code_sent() and Contact.objects.filter(safe=True, language="cy").count() == 1
    with pytest.raises(AddressError):
        reaching.add_way(follow=follow, kind="email", address="nobody", language="en", now=LATER)
    reaching.add_way(follow=follow, kind="sms", address="07700 900456", language="en", now=LATER)
    with pytest.raises(reaching.TooManyError):
        reaching.add_way(follow=follow, kind="sms", address="07700 900457", language="en", now=LATER)


def test_an_address_that_is_not_safe_gets_nothing_from_any_part_of_the_program() -> None:
    _, follow = opened()
    way = reaching.ways(follow=follow)[0].id
    reaching.ask_code(follow=follow, way=way, now=LATER)
    reaching.not_safe(follow=follow, way=way, now=LATER)
    assert Message.objects.get().state == "unsafe"
    with pytest.raises(reaching.NoMessagesError):
        reaching.ask_code(follow=follow, way=way, now=LATER)
    other = sent_report(now=NOW)
    follow_other, _ = open_follow(words=other.words, now=LATER)
    reaching.ask_code(follow=follow_other, way=reaching.ways(follow=follow_other)[0].id, now=LATER)
    assert not Message.objects.filter(state="queued").exists()


def test_a_removed_address_is_erased() -> None:
    _, follow = opened()
    way = reaching.ways(follow=follow)[0].id
    reaching.remove_way(follow=follow, way=way, now=LATER)
    assert way not in [w.id for w in reaching.ways(follow=follow)]
    assert Contact.objects.filter(erased_at=LATER, address_digest="").count() == 1


def test_of_a_watched_report_nothing_is_added_and_no_code_leaves() -> None:
    # Watched only later, so that it has addresses: the journey takes none from whoever may be watched.
    assert not reaching.ways(follow=in_full(sent_report(WATCHED, now=NOW)))
    sent = sent_report(now=NOW)
    Report.objects.filter(pk=sent.report.pk).update(watched=True, quiet=True)
    follow = in_full(sent)
    with pytest.raises(reaching.NoMessagesError):
        reaching.add_way(follow=follow, kind="email", address="a@example.org", language="en", now=LATER)
    with pytest.raises(reaching.NoMessagesError):
        reaching.ask_code(follow=follow, way=reaching.ways(follow=follow)[0].id, now=LATER)
    assert not Message.objects.exists()


def test_another_report_s_addresses_cannot_be_reached() -> None:
    _, follow = opened()
    other = sent_report(now=NOW)
    strange = ReportContact.objects.filter(report=other.report).first()
    assert strange
    for reach in (reaching.not_safe, reaching.remove_way, reaching.ask_code):
        with pytest.raises(ReportContact.DoesNotExist):
            reach(follow=follow, way=strange.pk, now=LATER)


def test_a_proved_address_gives_new_words_and_the_old_ones_die() -> None:
    sent, _ = proved()
    typed = sent.report.reference.lower().replace("-", " ")
    recovery.ask(reference=typed, address=" Name@Example.COM", now=LATER + timedelta(seconds=1))
    deliver_all(now=LATER + timedelta(seconds=1))
    new = recovery.recover(reference=typed, address=ADDRESS, code=code_sent(), now=LATER + timedelta(seconds=2))
    assert new.reference == sent.report.reference and new.words != sent.words and not Follow.objects.exists()
    assert open_follow(words=new.words, now=LATER)[0].full
    with pytest.raises(following.NoReportError):
        open_follow(words=sent.words, now=LATER)
    with pytest.raises(reaching.CodeError):
        recovery.recover(reference=typed, address=ADDRESS, code=code_sent(), now=LATER)
    assert not [word for word in new.words if word in str(list(Entry.objects.values_list("detail", flat=True)))]


@pytest.mark.parametrize(
    "spoil", ["nothing proved", "unsafe", "unsafe elsewhere", "quiet", "own word", "erased", "reference", "address"]
)
def test_where_anything_is_missing_no_code_is_sent_and_the_answer_is_the_same(spoil: str) -> None:
    sent, _ = proved()
    reference, address, before = sent.report.reference, ADDRESS, Message.objects.count()
    if spoil == "nothing proved":
        ReportContact.objects.update(verified_at=None)
    elif spoil == "unsafe":
        Contact.objects.update(safe=False)
    elif spoil == "unsafe elsewhere":
        other = sent_report(now=NOW)
        for row in ReportContact.objects.filter(report=other.report):
            set_unsafe(contact=row.contact, by="reporter", now=LATER)
    elif spoil == "quiet":
        Report.objects.update(quiet=True)
    elif spoil == "own word":
        Report.objects.update(own_word="x")
    elif spoil == "erased":
        Report.objects.update(erased_at=NOW)
    elif spoil == "reference":
        reference = "222-222-222"
    else:
        address = "other@example.com"
    assert recovery.ask(reference=reference, address=address, now=LATER) is None
    assert Delivery.objects.filter(handler="send-recovery-code").count() == 1
    deliver_all(now=LATER)
    assert Message.objects.count() == before
    with pytest.raises(reaching.CodeError):
        recovery.recover(reference=reference, address=address, code="123456", now=LATER)
    assert open_follow(words=sent.words, now=LATER)


def test_a_code_that_waits_is_not_sent_once_the_report_is_quiet() -> None:
    sent, follow = proved()
    before = Message.objects.count()
    recovery.ask(reference=sent.report.reference, address=ADDRESS, now=LATER)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", keep=follow.token, now=LATER)
    deliver_all(now=LATER)
    assert Message.objects.count() == before


def test_a_report_that_became_quiet_after_the_code_gives_no_words() -> None:
    sent, follow = proved()
    recovery.ask(reference=sent.report.reference, address=ADDRESS, now=LATER)
    deliver_all(now=LATER)
    following.set_own_word(report=sent.report.pk, word="Blodeuwedd", keep=follow.token, now=LATER)
    with pytest.raises(reaching.CodeError):
        recovery.recover(reference=sent.report.reference, address=ADDRESS, code=code_sent(), now=LATER)
