"""What makers see before they are first named, what they reply, and what a proven error stops."""

from datetime import timedelta

import pytest
from cast import actor
from press import (
    DAY,
    FIRST,
    LATER,
    NOW,
    checked,
    dated,
    fresh,
    linked_maker,
    load,
    out,
    ready,
    refused,
    signed_off,
)

from bluelamp.index.domain import life
from bluelamp.index.models import Preview, Reply
from bluelamp.index.operations.checking import run_checks
from bluelamp.index.operations.drafting import EditionError, draft, redraft
from bluelamp.index.operations.previews import (
    ReplyRefusedError,
    accept_reply,
    close_error,
    link_maker,
    look_at_preview,
    note_fix,
    open_previews,
    refuse_reply,
    reply,
)
from bluelamp.index.operations.withholding import show_again, withhold
from bluelamp.index.publishing_queries import previews_of, sign_off_request
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.operations.permit import NotPermittedError

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]
TEXT = "We fixed this weakness in version 2.1 and our devices update by themselves."


def test_first_naming_waits_ten_working_days() -> None:
    load(*FIRST)
    edition = draft(actor=actor("analyst"), now=NOW)
    dated(edition, on=(NOW + 28 * DAY).date())
    shown_late = LATER - 2 * DAY
    open_previews(
        actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=shown_late.date(), now=shown_late
    )
    checked(edition, now=LATER)
    signed_off(edition, now=LATER)
    refused(edition, life.PREVIEW_RUNS)
    ends = Preview.objects.first()
    assert ends is not None
    over = LATER + timedelta(days=(ends.ends_on - LATER.date()).days)
    refused(edition, life.PREVIEW_RUNS, now=over)
    checked(edition, now=over + DAY)
    if sign_off_request(edition=edition) is None:
        signed_off(edition, now=over + DAY)
    assert out(fresh(edition), now=over + DAY).status == "published"


def test_a_product_named_before_needs_no_preview_but_new_evidence_of_a_new_one_does() -> None:
    out(ready())
    load(*FIRST, f"CVE-2026-3000,Acme,Alpha,{NOW.date()}", f"CVE-2026-3001,Zeta,Cam,{NOW.date()}", now=LATER)
    edition = draft(actor=actor("analyst"), now=LATER)
    (preview,) = open_previews(
        actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=LATER.date(), now=LATER
    )
    assert preview.product_key == "zeta:cam"
    load(*FIRST, f"CVE-2026-3001,Zeta,Cam,{NOW.date()}", f"CVE-2026-3002,Zeta,Cam,{NOW.date() - DAY}", now=LATER + DAY)
    redraft(actor=actor("analyst"), edition_id=edition.pk, now=LATER + DAY)
    (again,) = open_previews(
        actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=LATER.date(), now=LATER + DAY
    )
    assert again.product_key == "zeta:cam" and again.evidence_hash != preview.evidence_hash


def test_a_preview_of_what_is_no_longer_in_the_draft_is_neither_listed_nor_opened() -> None:
    load(*FIRST)
    edition = draft(actor=actor("analyst"), now=NOW)
    made = open_previews(actor=actor("analyst"), edition_id=edition.pk, told="letter", today=NOW.date(), now=NOW)
    own = {p.product_key: p.pk for p in made}
    maker = linked_maker()
    organisation = maker.scope.partition(":")[2]
    assert {p.product_key for p in previews_of(organisation=organisation)} == set(own)
    load(*FIRST[:3], FIRST[4], now=NOW + DAY)
    redraft(actor=actor("analyst"), edition_id=edition.pk, now=NOW + DAY)
    assert {p.product_key for p in previews_of(organisation=organisation)} == set(own) - {"acme:gamma"}
    assert look_at_preview(actor=maker, preview_id=own["acme:gamma"], now=NOW + DAY) is None
    assert look_at_preview(actor=maker, preview_id=own["acme:beta"], now=NOW + DAY) is not None


def test_a_maker_sees_its_own_previews_only() -> None:
    load(*FIRST, f"CVE-2026-3001,Zeta,Cam,{NOW.date()}")
    edition = draft(actor=actor("analyst"), now=NOW)
    made = open_previews(actor=actor("analyst"), edition_id=edition.pk, told="letter", today=NOW.date(), now=NOW)
    own = {p.product_key: p for p in made}
    maker = linked_maker("zeta")
    assert look_at_preview(actor=maker, preview_id=own["acme:alpha"].pk, now=NOW) is None
    found = look_at_preview(actor=maker, preview_id=own["zeta:cam"].pk, now=NOW)
    assert found is not None and found[1].product_key == "zeta:cam"
    assert Entry.objects.filter(action="index.look-at-preview").count() == 1
    with pytest.raises(EditionError, match="speaks for"):
        reply(actor=maker, product_key="acme:alpha", text=TEXT, now=NOW)
    with pytest.raises(NotPermittedError):
        reply(actor=actor("analyst"), product_key="zeta:cam", text=TEXT, now=NOW)
    with pytest.raises(NotPermittedError):
        link_maker(actor=maker, organisation_id=maker.scope[13:], maker_key="acme", how_known="x", now=NOW)


def test_a_reply_is_kept_word_for_word_decided_by_rule_and_changes_what_is_signed() -> None:
    edition = ready()
    maker = linked_maker()
    with pytest.raises(ReplyRefusedError) as broken:
        reply(actor=maker, product_key="acme:alpha", text=TEXT + " See www.acme.example", now=NOW)
    assert broken.value.rules == ("link",)
    text = f"{TEXT}\r\n\r\nSecond paragraph."
    sent = reply(actor=maker, product_key="acme:alpha", text=text, fix_on=(NOW + 3 * DAY).date(), now=LATER)
    refused(edition, life.REPLY_WAITS)
    with pytest.raises(EditionError, match="published rule"):
        refuse_reply(actor=actor("analyst"), reply_id=sent.pk, rule="too-long", reason="It is praise only", now=LATER)
    with pytest.raises(EditionError, match="Say why"):
        refuse_reply(actor=actor("analyst"), reply_id=sent.pk, rule="advertising", reason=" ", now=LATER)
    accept_reply(actor=actor("head-of-profession"), reply_id=sent.pk, now=LATER)
    assert sign_off_request(edition=edition) is None, "what is published is another content now"
    assert Reply.objects.get().text == f"{TEXT}\n\nSecond paragraph."
    refused(fresh(edition), life.NOT_CHECKED, life.NOT_APPROVED)
    checked(edition, now=LATER)
    signed_off(edition, now=LATER)
    out(fresh(edition))
    note_fix(actor=actor("analyst"), reply_id=sent.pk, there=True, now=LATER)
    with pytest.raises(EditionError):
        note_fix(actor=actor("analyst"), reply_id=sent.pk, there=False, now=LATER)


def test_a_proven_error_blocks_until_it_is_mended_or_withheld() -> None:
    edition = ready()
    maker = linked_maker()
    sent = reply(actor=maker, product_key="acme:gamma", text=TEXT, claims_error=True, now=LATER)
    with pytest.raises(EditionError, match="say whether"):
        accept_reply(actor=actor("analyst"), reply_id=sent.pk, now=LATER)
    accept_reply(
        actor=actor("analyst"), reply_id=sent.pk, error_found=True, error_reason="The entry names another", now=LATER
    )
    run_checks(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    (error,) = edition.checks.filter(check_code="errors")
    assert error.severity == "block"
    withhold(
        actor=actor("analyst"),
        edition_id=edition.pk,
        product_key="acme:gamma",
        what="product",
        reason="An error is proven",
        now=LATER,
    )
    checked(edition, now=LATER)
    assert not edition.checks.filter(check_code="errors").exists()
    close_error(actor=actor("analyst"), reply_id=sent.pk, reason="The alias table was mended", now=LATER)
    show_again(actor=actor("analyst"), edition_id=edition.pk, product_key="acme:gamma", what="product", now=LATER)
    checked(edition, now=LATER)
    signed_off(edition, now=LATER)
    assert out(fresh(edition)).rows.filter(product_key="acme:gamma", withheld="").exists()
