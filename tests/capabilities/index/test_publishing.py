"""From draft to published, corrected, withdrawn: what may happen in which order, and what happens to bad input."""

from typing import Any

import pytest
from cast import actor
from django.db import IntegrityError, transaction
from press import (
    DAY,
    FIRST,
    LATER,
    NOW,
    checked,
    crimes,
    dated,
    fresh,
    load,
    out,
    ready,
    refused,
    second_analyst,
    signed_off,
)

from bluelamp.index.domain import life
from bluelamp.index.domain.calendar import CalendarError
from bluelamp.index.models import Edition
from bluelamp.index.operations.checking import acknowledge, run_checks
from bluelamp.index.operations.drafting import EditionError, correct, draft, redraft
from bluelamp.index.operations.editions import build_edition, verify_edition
from bluelamp.index.operations.previews import open_previews
from bluelamp.index.operations.publishing import NotReadyError, publish
from bluelamp.index.operations.releasing import (
    announce_release,
    cancel_release,
    give_early_access,
    look_before_release,
    move_release,
)
from bluelamp.index.operations.signing import ask_sign_off, reject, sign
from bluelamp.index.operations.withholding import withhold
from bluelamp.index.publishing_queries import content_hash, open_checks, sign_off_request
from bluelamp.index.queries import named_rows, newest_edition, visible_edition
from bluelamp.kernel.approvals.models import ApprovalRequest
from bluelamp.kernel.approvals.operations import OwnRequestError, VersionChangedError
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.operations.permit import NotPermittedError

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]


def test_a_draft_becomes_the_published_edition() -> None:
    edition = ready()
    assert visible_edition(outside=True) is None and newest_edition() is None, "a draft is shown nowhere"
    published = out(edition)
    assert published.status == "published" and published.version_hash == content_hash(edition=fresh(published))
    assert visible_edition(outside=True) == published == newest_edition()
    assert {r.product_key for r in named_rows(edition=published)} == {"acme:alpha", "acme:beta", "acme:gamma"}
    entry = Entry.objects.get(action="index.publish", outcome="done")
    assert entry.detail["version"] == published.version_hash and entry.capacity == "head-of-profession"


def test_a_specimen_is_never_published_and_the_database_holds_it() -> None:
    load(*FIRST)
    specimen, _ = build_edition(now=NOW)
    with pytest.raises(NotReadyError) as stopped:
        out(specimen)
    assert life.IS_SPECIMEN in stopped.value.obstacles
    for change in ({"status": "published"}, {"status": "published", "published_at": NOW, "version_hash": "a" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=specimen.pk).update(**change)
    for operation in (redraft, correct, run_checks):
        with pytest.raises(EditionError):
            operation(  # type: ignore[operator]
                actor=actor("analyst"),
                edition_id=specimen.pk,
                now=NOW,
                **({"reason": "x"} if operation is correct else {}),
            )


@pytest.mark.parametrize("origin", ["test", "exercise", "simulation"])
def test_nothing_but_live_is_published(origin: str) -> None:
    load(*FIRST)
    edition = draft(actor=actor("analyst"), origin=origin, now=NOW)
    dated(edition, on=(NOW + 28 * DAY).date())
    open_previews(actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=NOW.date(), now=NOW)
    checked(edition, now=LATER)
    signed_off(edition, now=LATER)
    refused(edition, life.NOT_LIVE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(status="published", published_at=NOW, version_hash="a" * 64)


def test_evidence_that_is_not_live_stops_it_too() -> None:
    edition = ready()
    edition.evidence[0]["origin"] = "exercise"
    edition.save()
    refused(edition, life.NOT_LIVE)


def test_the_day_of_the_calendar_is_kept() -> None:
    edition = ready()
    refused(edition, life.TOO_EARLY, now=LATER - DAY)
    move_release(
        actor=actor("head-of-profession"),
        release_id=edition.release.pk,
        on=(LATER + 5 * DAY).date(),
        reason="More time for replies",
        today=LATER.date(),
        now=LATER,
    )
    refused(fresh(edition), life.TOO_EARLY)
    assert out(fresh(edition), now=LATER + 5 * DAY).status == "published"
    (move,) = edition.release.moves.all()
    assert (move.old, move.new, move.reason) == (LATER.date(), (LATER + 5 * DAY).date(), "More time for replies")


def test_a_cancelled_date_is_none() -> None:
    edition = ready()
    cancel_release(actor=actor("head-of-profession"), release_id=edition.release.pk, reason="Withdrawn list", now=NOW)
    refused(fresh(edition), life.DATE_CANCELLED)
    with pytest.raises(EditionError):
        dated_again = edition.release.pk
        move_release(
            actor=actor("head-of-profession"),
            release_id=dated_again,
            on=(LATER + DAY).date(),
            reason="x",
            today=NOW.date(),
            now=NOW,
        )


def test_a_regular_date_is_announced_four_weeks_ahead() -> None:
    with pytest.raises(CalendarError):
        announce_release(
            actor=actor("head-of-profession"), kind="regular", on=(NOW + 3 * DAY).date(), today=NOW.date(), now=NOW
        )


def test_an_approval_after_an_edit_approves_nothing() -> None:
    """Bad input: somebody edits between what the approver was shown and the approval."""
    edition = ready()
    load(*FIRST, f"CVE-2026-2000,Acme,Beta,{NOW.date()}", now=NOW + DAY)
    redraft(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    assert ApprovalRequest.objects.get().state == "void", "an edit voids what was approved, in the same transaction"
    with pytest.raises(EditionError, match="Run the checks"):
        ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    open_previews(actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=NOW.date(), now=NOW)
    checked(fresh(edition), now=LATER)
    shown = content_hash(edition=fresh(edition))
    request = ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    # An edit by the back door, which no operation saw.
    edition.rows.filter(product_key="acme:beta").update(low=0.9)
    with pytest.raises(VersionChangedError):
        sign(actor=second_analyst(), edition_id=edition.pk, version_hash=shown, now=LATER)
    request.refresh_from_db()
    assert request.state == "void" and not fresh(edition).signatures.filter(request_id=request.pk).exists()
    with pytest.raises(EditionError, match="Nobody has asked"):
        sign(
            actor=second_analyst(),
            edition_id=edition.pk,
            version_hash=content_hash(edition=fresh(edition)),
            now=LATER,
        )


def test_an_edit_after_both_approvals_stops_publishing() -> None:
    edition = ready()
    edition.rows.filter(product_key="acme:beta").update(band="high")
    with pytest.raises(NotReadyError) as stopped:
        out(edition)
    assert life.NOT_APPROVED in stopped.value.obstacles


@pytest.mark.parametrize("what", ["product", "crimes"])
def test_withholding_voids_and_is_not_shown(what: str) -> None:
    crimes(*[f"K/{i},{NOW.date() - 15 * DAY},Acme,Beta,Kent" for i in range(12)])
    edition = ready()
    withhold(
        actor=actor("analyst"),
        edition_id=edition.pk,
        product_key="acme:beta",
        what=what,
        reason="It names another",
        now=LATER,
    )
    assert sign_off_request(edition=edition) is None
    shown = set(named_rows(edition=edition).values_list("product_key", flat=True))
    assert ("acme:beta" in shown) is (what == "crimes")
    assert verify_edition(edition=fresh(edition)).same
    checked(edition, now=LATER)
    signed_off(edition, now=LATER)
    assert out(fresh(edition)).status == "published"


def test_two_people_in_two_capacities_sign_and_neither_is_the_one_who_asks() -> None:
    edition = ready()
    withhold(
        actor=actor("analyst"),
        edition_id=edition.pk,
        product_key="acme:beta",
        what="product",
        reason="It names another",
        now=LATER,
    )
    checked(edition, now=LATER)
    request = ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    shown = content_hash(edition=fresh(edition))

    def signs(person: Any) -> None:
        sign(actor=person, edition_id=edition.pk, version_hash=shown, now=LATER)

    with pytest.raises(OwnRequestError):
        signs(actor("analyst"))
    with pytest.raises(NotPermittedError):
        signs(actor("maker"))
    signs(second_analyst())
    refused(fresh(edition), life.NOT_APPROVED)
    # Another analyst, or the same person in another capacity, is not the head of profession.
    with pytest.raises(EditionError, match="Somebody has signed in this capacity"):
        signs(second_analyst())
    signs(actor("head-of-profession"))
    request.refresh_from_db()
    assert request.state == "approved" and out(fresh(edition)).status == "published"


def test_a_rejection_ends_the_sign_off() -> None:
    edition = ready()
    withhold(
        actor=actor("analyst"),
        edition_id=edition.pk,
        product_key="acme:beta",
        what="product",
        reason="It names another",
        now=LATER,
    )
    checked(edition, now=LATER)
    ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    reject(actor=actor("head-of-profession"), edition_id=edition.pk, reason="Band of Alpha is odd", now=LATER)
    refused(fresh(edition), life.NOT_APPROVED)


def test_checks_must_be_answered_and_what_blocks_cannot_be() -> None:
    load(*FIRST)
    edition = draft(actor=actor("analyst"), now=NOW)
    found = run_checks(actor=actor("analyst"), edition_id=edition.pk, now=NOW)
    codes = {(c.check_code, c.code) for c in found}
    assert {("coverage", "kind-missing"), ("jumps", "no-base"), ("previews", "preview-missing")} <= codes
    blocking = [c.pk for c in found if c.severity == "block"]
    with pytest.raises(EditionError, match="forbids"):
        acknowledge(actor=actor("analyst"), check_ids=blocking, reason="never mind", now=NOW)
    with pytest.raises(EditionError, match="forbids it"):
        ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=NOW)
    open_previews(actor=actor("analyst"), edition_id=edition.pk, told="by letter", today=NOW.date(), now=NOW)
    run_checks(actor=actor("analyst"), edition_id=edition.pk, now=NOW)
    with pytest.raises(EditionError, match="Acknowledge"):
        ask_sign_off(actor=actor("analyst"), edition_id=edition.pk, now=NOW)
    with pytest.raises(EditionError, match="Say why"):
        acknowledge(actor=actor("analyst"), check_ids=[found[0].pk], reason="  ", now=NOW)
    checked(edition, now=NOW)
    before = {c.pk for c in edition.checks.all()}
    run_checks(actor=actor("analyst"), edition_id=edition.pk, now=NOW)
    assert {c.pk for c in edition.checks.all()} == before, "what is found again exactly so stays acknowledged"
    assert not open_checks(edition=edition).exists()


def test_other_findings_void_an_approval() -> None:
    edition = ready()
    load(*FIRST[:3], FIRST[4], now=NOW + DAY)  # Gamma's entry is gone
    run_checks(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    assert sign_off_request(edition=edition) is None
    assert open_checks(edition=edition).filter(check_code="removed", subject="acme:gamma@cisa-kev").exists()


def test_what_happened_since_the_checks_stops_publishing() -> None:
    edition = ready()
    load(*FIRST[:3], FIRST[4], now=NOW + DAY)
    refused(edition, life.CHECKS_OPEN)


def test_only_who_is_on_the_list_looks_before_release_and_every_look_is_written_down() -> None:
    edition = ready()
    author, head = actor("outreach-author"), actor("head-of-profession")
    with pytest.raises(NotPermittedError):
        look_before_release(actor=author, edition_id=edition.pk, now=NOW)
    assert Entry.objects.filter(action="index.look-before-release", outcome="refused").count() == 1
    assert author.user_id and head.user_id
    give_early_access(
        actor=head, edition_id=edition.pk, user_id=author.user_id, why="Prepares alerts", starts_at=NOW + DAY, now=NOW
    )
    with pytest.raises(NotPermittedError):
        look_before_release(actor=author, edition_id=edition.pk, now=NOW)
    for _ in range(2):
        assert look_before_release(actor=author, edition_id=edition.pk, now=NOW + DAY) == edition
    assert Entry.objects.filter(action="index.look-before-release", outcome="done").count() == 2
    with pytest.raises(EditionError, match="Another person"):
        give_early_access(
            actor=head, edition_id=edition.pk, user_id=head.user_id, why="Prepares it all", starts_at=NOW, now=NOW
        )


@pytest.mark.parametrize("capacity", ["analyst", "maker", "administrator"])
def test_only_the_head_of_profession_publishes(capacity: str) -> None:
    edition = ready()
    with pytest.raises(NotPermittedError):
        publish(actor=actor(capacity), edition_id=edition.pk, today=LATER.date(), now=LATER)


def test_building_anew_without_change_keeps_the_approval() -> None:
    edition = ready()
    _, new = redraft(actor=actor("analyst"), edition_id=edition.pk, now=LATER)
    assert not new and out(edition).status == "published"
