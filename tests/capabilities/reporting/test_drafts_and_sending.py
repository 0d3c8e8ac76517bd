"""Drafts, and sending them: what is kept, for how long, and that nothing is lost or sent twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from report_answers import SHELF, chosen, finish

from bluelamp.kernel.messaging.models import Contact
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.reporting.domain.answer_proofs import verify_answers
from bluelamp.reporting.domain.journey import through_telling, walk
from bluelamp.reporting.domain.receipts import verify
from bluelamp.reporting.domain.values import Answer, Codes, Whereabouts, Words, given
from bluelamp.reporting.models import Draft, Duty, Report, ReportFlag, Step
from bluelamp.reporting.operations import drafts, receipts, sending
from bluelamp.reporting.operations.receipt_key import ReceiptKeyError, known_keys
from bluelamp.reporting.operations.sealed import open_json, report_records

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
OPEN_LIFE = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": "account-hacked",
    "affected": "account",
    "contact-choice": "named",
}


def written(codes: dict[str, str] | None = None, *, more: dict[str, Answer] | None = None) -> str:
    """A draft with every question answered; its token."""
    answers, _ = finish(pick=chosen({**OPEN_LIFE, **(codes or {})}))
    _, token = drafts.begin(language="en", now=NOW)
    for name, answer in {**answers, **(more or {})}.items():
        drafts.answer(token=token, question=name, given=answer, now=NOW)
    return token


def test_a_draft_that_others_may_see_lives_for_a_sitting_and_cannot_be_saved() -> None:
    _, token = drafts.begin(language="en", now=NOW)
    drafts.answer(token=token, question="danger", given=given(Codes(("no",))), now=NOW)
    watched = drafts.answer(token=token, question="seen-by", given=given(Codes(("yes",))), now=NOW)
    assert watched.expires_at == NOW + drafts.SITTING
    with pytest.raises(drafts.NotSafeToSaveError):
        drafts.save_for_later(token=token, now=NOW)
    with pytest.raises(drafts.DraftGoneError):
        drafts.open_draft(token=token, now=NOW + drafts.SITTING)


def test_a_draft_that_only_its_writer_sees_rests_without_being_destroyed() -> None:
    token = written()
    later = NOW + timedelta(hours=5)
    assert drafts.open_draft(token=token, now=later).rested
    assert not drafts.go_on(token=token, now=later).rested
    assert drafts.open_draft(token=token, now=later).answers


def test_words_open_a_saved_draft_in_another_browser_and_close_it_in_the_first() -> None:
    token = written(more={"story": given(Words("They read my mail."))})
    _, words = drafts.save_for_later(token=token, now=NOW)
    month = NOW + timedelta(days=29)
    again, other = drafts.resume(words=words, now=month)
    assert again.answers["story"] == given(Words("They read my mail."))
    with pytest.raises(drafts.DraftGoneError):
        drafts.open_draft(token=token, now=month)
    assert drafts.open_draft(token=other, now=month).answers
    with pytest.raises(drafts.DraftGoneError):
        drafts.resume(words=words, now=month + timedelta(days=31))


def test_new_words_take_the_place_of_the_old_ones() -> None:
    token = written()
    _, first = drafts.save_for_later(token=token, now=NOW)
    _, second = drafts.save_for_later(token=token, now=NOW)
    with pytest.raises(drafts.DraftGoneError):
        drafts.resume(words=first, now=NOW)
    assert drafts.resume(words=second, now=NOW)


def test_who_says_after_saving_that_somebody_may_look_has_nothing_saved() -> None:
    token = written()
    _, words = drafts.save_for_later(token=token, now=NOW)
    drafts.answer(token=token, question="seen-by", given=given(Codes(("yes",))), now=NOW)
    with pytest.raises(drafts.DraftGoneError):
        drafts.resume(words=words, now=NOW)


def test_leaving_destroys_what_was_not_saved_and_only_closes_what_was() -> None:
    token = written()
    drafts.leave(token=token)
    assert not Draft.objects.exists()
    saved = written()
    _, words = drafts.save_for_later(token=saved, now=NOW)
    drafts.leave(token=saved)
    with pytest.raises(drafts.DraftGoneError):
        drafts.open_draft(token=saved, now=NOW)
    assert drafts.resume(words=words, now=NOW)


def test_the_database_holds_nothing_that_opens_a_draft() -> None:
    token = written(more={"story": given(Words("They read my mail."))})
    row = Draft.objects.get()
    assert b"mail" not in bytes(row.sealed) and token not in (row.token_digest, row.words_digest)
    with pytest.raises(drafts.DraftGoneError):
        drafts.open_draft(token=row.token_digest or "", now=NOW)
    Draft.objects.update(key_by_token=None)
    with pytest.raises(drafts.DraftGoneError):
        drafts.open_draft(token=token, now=NOW)


def test_a_draft_has_an_end_of_length() -> None:
    token = written()
    for name in ("story", "account"):
        drafts.answer(token=token, question=name, given=given(Words("x" * 60_000)), now=NOW)
    with pytest.raises(drafts.TooMuchError):
        drafts.answer(token=token, question="organisation", given=given(Words("x" * 100_000)), now=NOW)
    assert len(drafts.open_draft(token=token, now=NOW).answers["story"].value.text) == 60_000  # type: ignore[union-attr]


def test_what_is_past_its_time_is_destroyed() -> None:
    written()
    assert drafts.destroy_old(now=NOW + drafts.BROWSER - timedelta(seconds=1)) == 0
    assert drafts.destroy_old(now=NOW + drafts.BROWSER) == 1


def test_sending_stores_three_sealed_parts_a_reference_and_a_step() -> None:
    token = written(more={"story": given(Words("They read my mail."))})
    sent = sending.send(token=token, now=NOW)
    report = Report.objects.get()
    assert sent.report.pk == report.pk and len(sent.words) == 6 and report.reference
    content, safety, contact = report_records(report.pk)
    assert open_json(record=content, sealed=report.content)["answers"]["story"]["text"] == "They read my mail."
    assert "danger" in open_json(record=safety, sealed=report.safety)
    assert "contact" in open_json(record=contact, sealed=report.contact)
    assert report.kinds == ["account-hacked"] and not report.quiet
    assert [s.act for s in Step.objects.all()] == ["received"]


def test_sending_twice_is_one_report_with_the_same_words() -> None:
    token = written()
    first, second = sending.send(token=token, now=NOW), sending.send(token=token, now=NOW + timedelta(minutes=5))
    assert first.report.pk == second.report.pk and first.words == second.words
    assert Report.objects.count() == 1
    shown = drafts.open_draft(token=token, now=NOW + timedelta(minutes=59))
    assert shown.words == first.words and not shown.answers
    with pytest.raises(drafts.DraftGoneError):
        drafts.open_draft(token=token, now=NOW + timedelta(minutes=60))
    with pytest.raises(drafts.DraftGoneError):
        drafts.answer(token=token, question="story", given=given(Words("More")), now=NOW)


def test_a_draft_that_is_not_finished_is_not_sent_and_says_what_is_open() -> None:
    _, token = drafts.begin(language="en", now=NOW)
    with pytest.raises(sending.NotFinishedError) as told:
        sending.send(token=token, now=NOW)
    assert told.value.next == "danger"


def test_a_failure_in_the_middle_of_sending_leaves_the_draft_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    token = written()

    def broken(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(sending, "announce", broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        sending.send(token=token, now=NOW)
    assert not Report.objects.exists() and drafts.open_draft(token=token, now=NOW).answers
    monkeypatch.undo()
    assert sending.send(token=token, now=NOW).words


def test_danger_and_abuse_raise_flags_and_make_duties_with_a_clock() -> None:
    report = sending.send(token=written({"danger": "yes", "seen-by": "yes", "go-on": "here"}), now=NOW).report
    assert {f.code for f in ReportFlag.objects.all()} >= {"danger", "watched"}
    assert {d.kind: d.due_at - NOW for d in Duty.objects.all()} == {
        "danger": timedelta(minutes=15),
        "abuse": timedelta(hours=4),
    }
    assert report.quiet and report.watched


def test_a_flag_and_a_step_cannot_be_changed() -> None:
    sending.send(token=written({"danger": "yes"}), now=NOW)
    for rows, change in ((ReportFlag.objects, {"level": "soon"}), (Step.objects, {"act": "other"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_an_unsafe_contact_is_recorded_as_unsafe_for_every_part_of_the_program() -> None:
    sending.send(token=written({"contact-choice": "named", "contact-safe": "no"}), now=NOW)
    assert Contact.objects.count() == 2 and not Contact.objects.filter(safe=True).exists()


def test_where_the_place_is_known_its_force_works_on_the_report() -> None:
    codes = {"what-happened": "online-harassment", "affected": "phone", "where": "place"}
    token = written(codes, more={"where-place": given(Whereabouts("14 Church Street, Cardiff", ""))})
    report = sending.send(token=token, now=NOW).report
    assert report.scope == report.body == "force:south-wales"


def test_a_program_that_sends_twice_under_one_key_gets_one_report() -> None:
    answers, _ = finish(pick=chosen(OPEN_LIFE))
    origin = sending.Origin("api", client="client-1", client_key="row-7")
    first = sending.take_in(answers=answers, language="en", origin=origin, now=NOW)
    again = sending.take_in(answers=answers, language="en", origin=origin, now=NOW)
    assert first.report.pk == again.report.pk and first.words and not again.words
    assert Delivery.objects.count() == 0 or Delivery.objects.values("event").distinct().count() == 1


def test_programs_need_not_read_pages_that_only_tell() -> None:
    answers, _ = finish(pick=chosen(OPEN_LIFE))
    asked = {name: a for name, a in answers.items() if not SHELF.by_id[name].tells}
    assert walk(shelf=SHELF, answers=through_telling(shelf=SHELF, answers=asked)).is_complete


def test_every_report_has_a_receipt_that_proves_its_answers_and_tells_none() -> None:
    sent = sending.send(token=written(more={"story": given(Words("They read my mail."))}), now=NOW)
    report = Report.objects.get()
    verified = verify(receipt=receipts.receipt_file(report=report), keys=known_keys())
    assert verified.facts.reference == sent.report.reference and verified.facts.received_at == NOW
    proven = verify_answers(facts=verified.facts, answers_file=receipts.answers_file(report=report))
    assert proven["story"] == given(Words("They read my mail."))
    assert b"mail" not in bytes(report.receipt) and b"account-hacked" not in bytes(report.receipt)


def test_who_may_be_watched_has_no_receipt_to_take_away() -> None:
    report = sending.send(token=written({"seen-by": "not-sure", "go-on": "here"}), now=NOW).report
    with pytest.raises(receipts.NoReceiptError):
        receipts.receipt_file(report=report)


def test_a_lost_signing_key_costs_the_receipt_and_not_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> bytes:
        raise ReceiptKeyError("gone")

    monkeypatch.setattr(receipts, "signing_seed", lost)
    report = sending.send(token=written(), now=NOW).report
    with pytest.raises(receipts.NoReceiptError):
        receipts.receipt_file(report=report)
