"""Erasing: what was written is gone for good, the page says so, the log stays whole, what comes later is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sent_reports import WATCHED, sent_report

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.audit.operations import seal_entries
from bluelamp.kernel.audit.verification import verify
from bluelamp.kernel.messaging.models import Contact
from bluelamp.kernel.vault.operations import RecordErasedError
from bluelamp.reporting.models import Fingerprint, FingerprintKey, Post, Report, ReportProduct
from bluelamp.reporting.operations import answering, following, looking, posts
from bluelamp.reporting.operations.erasing import erase_report
from bluelamp.reporting.operations.following import open_follow
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.operations.steps import open_post

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
AFTER = NOW + timedelta(minutes=9)
Committing = Callable[..., Any]


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Committing) -> Committing:
    """Do what waits for the commit."""
    return django_capture_on_commit_callbacks


def test_everything_that_was_written_is_gone_and_reference_state_and_dates_stay(committing: Committing) -> None:
    sent = sent_report(now=NOW)
    report = sent.report
    follow, _ = open_follow(words=sent.words, now=NOW)
    posts.write(follow=follow, kind="message", text="More.", now=NOW)
    ReportProduct.objects.create(report=report, product_key="ring:videodoorbell")
    Fingerprint.objects.create(report=report, facts={})
    FingerprintKey.objects.create(report=report, key="k")
    held = Report.objects.get()
    with committing(execute=True):
        erase_report(report=report.pk, by="system", reason="asked", now=LATER)
    row = Report.objects.get()
    assert (row.reference, row.state, row.received_at) == (held.reference, held.state, held.received_at)
    assert not (bytes(row.content) or bytes(row.safety) or bytes(row.contact) or row.kinds)
    assert not (ReportProduct.objects.exists() or Fingerprint.objects.exists() or FingerprintKey.objects.exists())
    assert not Contact.objects.filter(erased_at=None).exists() and not bytes(Post.objects.get().sealed)
    for record, sealed in zip(report_records(report.pk), (held.content, held.safety, held.contact), strict=True):
        with pytest.raises(RecordErasedError):
            open_json(record=record, sealed=sealed)
    page = looking.everything(follow=follow, language="en", now=AFTER)
    assert page.standing.code == "deleted" and page.protection.erased and not page.posts
    assert looking.told(follow=follow, language="en") == ()
    seal_entries(now=AFTER)
    assert verify(anchor=None).whole
    assert Entry.objects.get(action="reporting.erase").detail == {"parts": "content safety contact", "reason": "asked"}


def test_one_part_goes_and_the_others_stay(committing: Committing) -> None:
    sent = sent_report(now=NOW)
    with committing(execute=True):
        erase_report(report=sent.report.pk, parts=("contact",), by="system", reason="retention", now=LATER)
    row = Report.objects.get()
    assert row.erased_at is None and row.kinds and not bytes(row.contact)
    assert open_json(record=report_records(row.pk)[0], sealed=row.content)["answers"]
    follow, _ = open_follow(words=sent.words, now=AFTER)
    assert looking.told(follow=follow, language="en")


def test_an_unknown_part_is_refused() -> None:
    sent = sent_report(now=NOW)
    for parts in ((), ("words",)):
        with pytest.raises(ValueError, match="has the parts"):
            erase_report(report=sent.report.pk, parts=parts, by="system", reason="asked", now=LATER)


def test_what_is_written_after_an_erasure_is_kept_and_erased_in_its_turn(committing: Committing) -> None:
    sent = sent_report(WATCHED, now=NOW)
    follow, _ = open_follow(words=sent.words, now=NOW)
    with committing(execute=True):
        erase_report(report=sent.report.pk, by="system", reason="asked", now=LATER)
    # In quiet mode nobody may notice that the report was erased: writing goes on as before.
    post = posts.write(follow=follow, kind="message", text="Are you there?", now=AFTER)
    assert open_post(post=post, report=Report.objects.get()) == {"text": "Are you there?"}
    again = AFTER + timedelta(minutes=1)
    with committing(execute=True):
        erase_report(report=sent.report.pk, by="system", reason="asked", now=again)
    assert open_post(post=post, report=Report.objects.get()) is None
    last = posts.write(follow=follow, kind="message", text="Still?", now=again + timedelta(minutes=1))
    assert open_post(post=last, report=Report.objects.get()) == {"text": "Still?"}


def test_the_words_of_an_erased_quiet_report_open_what_they_opened_before(committing: Committing) -> None:
    sent = sent_report(WATCHED, now=NOW)
    before = looking.received(follow=open_follow(words=sent.words, now=NOW)[0])
    with committing(execute=True):
        erase_report(report=sent.report.pk, by="system", reason="asked", now=LATER)
    assert looking.received(follow=open_follow(words=sent.words, now=AFTER)[0]) == before


def test_a_report_that_was_erased_is_not_told_that_it_helped(committing: Committing) -> None:
    sent = sent_report(now=NOW)
    with committing(execute=True):
        erase_report(report=sent.report.pk, by="system", reason="asked", now=LATER)
    assert answering.tell_it_helped(report=sent.report.pk, how="alert", code="A1", now=AFTER) is None
    assert not following.is_guarded(Report.objects.get())
