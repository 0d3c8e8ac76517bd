"""Published editions that turn out to be wrong: found, corrected or withdrawn in the open."""

import pytest
from cast import actor
from press import DAY, FIRST, LATER, NOW, corrected, crimes, dated, fresh, load, out, ready

from bluelamp.index.domain import life
from bluelamp.index.models import Check
from bluelamp.index.operations.checking import acknowledge, run_checks, watch_editions
from bluelamp.index.operations.drafting import EditionError, correct, draft, drop, redraft
from bluelamp.index.operations.publishing import NotReadyError, withdraw
from bluelamp.index.operations.withholding import withhold
from bluelamp.index.publishing_queries import watched_findings
from bluelamp.index.queries import visible_edition
from bluelamp.kernel.people.operations.permit import NotPermittedError

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]


def test_removed_entries_of_a_published_edition_are_found_and_corrected_in_the_open() -> None:
    """Bad input: the authority takes an entry back after publishing."""
    published = out(ready())
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    watch_editions(now=LATER + DAY)
    (finding,) = watched_findings()
    assert (finding.check_code, finding.subject) == ("removed", "acme:gamma@cisa-kev")
    watch_editions(now=LATER + 2 * DAY)
    assert watched_findings().count() == 1, "the daily look repeats nothing"
    fixed = corrected(published, now=LATER + 2 * DAY)
    assert (fixed.number, fixed.revision, fixed.status) == (published.number, 1, "published")
    old = fresh(published)
    assert old.status == "replaced" and old.rows.filter(product_key="acme:gamma").exists(), "the old one stays readable"
    assert [c["product_key"] for c in fixed.changes if c["kind"] == "gone"] == ["acme:gamma"]
    assert fixed.period_end == old.period_end and visible_edition(outside=True) == fixed
    assert not watched_findings().exists()


def test_late_evidence_for_a_published_period_is_found_and_corrected_in_the_open() -> None:
    """Bad input: evidence of the published period comes in later; newer evidence is no matter of that edition."""
    published = out(ready())
    inside = f"CVE-2026-4000,Acme,Beta,{published.period_end - DAY}"
    load(*FIRST, f"CVE-2026-4001,Acme,Beta,{published.period_end + DAY}", now=LATER + DAY)
    watch_editions(now=LATER + DAY)
    assert not watched_findings().exists()
    load(*FIRST, inside, f"CVE-2026-4001,Acme,Beta,{published.period_end + DAY}", now=LATER + 2 * DAY)
    watch_editions(now=LATER + 2 * DAY)
    (finding,) = watched_findings()
    assert (finding.check_code, finding.subject) == ("late", "acme:beta@cisa-kev")
    fixed = corrected(published, reason="An entry came in late.", now=LATER + 2 * DAY)
    assert fixed.period_end == published.period_end
    told = {(c["product_key"], c["field"]): (c["before"], c["after"]) for c in fixed.changes}
    assert told["acme:beta", "dates"] == ("1", "2")


def test_a_finding_about_a_published_edition_may_be_answered_instead() -> None:
    out(ready())
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    watch_editions(now=LATER + DAY)
    ids = [c.pk for c in watched_findings()]
    acknowledge(actor=actor("analyst"), check_ids=ids, reason="It was listed until the period ended", now=LATER + DAY)
    assert not watched_findings().exists()
    watch_editions(now=LATER + 2 * DAY)
    assert not watched_findings().exists()


def test_a_correction_needs_a_published_edition_a_reason_and_is_begun_once() -> None:
    edition = ready()
    with pytest.raises(EditionError, match="Only a published"):
        correct(actor=actor("analyst"), edition_id=edition.pk, reason="An entry was wrong", now=LATER)
    published = out(edition)
    with pytest.raises(EditionError, match="what was wrong"):
        correct(actor=actor("analyst"), edition_id=published.pk, reason=" ", now=LATER)
    made = correct(actor=actor("analyst"), edition_id=published.pk, reason="An entry was wrong", now=LATER)
    with pytest.raises(EditionError, match="begun already"):
        correct(actor=actor("analyst"), edition_id=published.pk, reason="An entry was wrong", now=LATER)
    assert visible_edition(outside=True) == published
    drop(actor=actor("analyst"), edition_id=made.pk, reason="not needed", now=LATER)
    assert fresh(published).status == "published"


def test_a_draft_whose_base_was_replaced_meanwhile_is_compared_anew() -> None:
    published = out(ready())
    nxt = draft(actor=actor("analyst"), now=LATER)
    assert nxt.base == published
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    corrected(published, now=LATER + 2 * DAY)
    dated(nxt, on=(LATER + 40 * DAY).date(), now=LATER)
    with pytest.raises(NotReadyError) as stopped:
        out(nxt, now=LATER + 40 * DAY)
    assert life.SUPERSEDED in stopped.value.obstacles
    redraft(actor=actor("analyst"), edition_id=nxt.pk, now=LATER + 3 * DAY)
    assert fresh(nxt).base == visible_edition(outside=True)


def test_withdrawing_shows_the_earlier_edition_again_and_keeps_the_record() -> None:
    published = out(ready())
    with pytest.raises(NotPermittedError):
        withdraw(actor=actor("analyst"), edition_id=published.pk, reason="An entry was wrong", now=LATER)
    withdraw(actor=actor("head-of-profession"), edition_id=published.pk, reason="The list was forged.", now=LATER)
    assert visible_edition(outside=True) is None and fresh(published).withdrawn_reason == "The list was forged."
    with pytest.raises(EditionError):
        withdraw(actor=actor("head-of-profession"), edition_id=published.pk, reason="again", now=LATER)


def test_counts_of_crimes_that_differ_by_a_few_block_a_correction_until_withheld() -> None:
    first = [f"K/{i},{NOW.date() - 15 * DAY},Acme,Alpha,Kent" for i in range(15)]
    crimes(*first)
    published = out(ready())
    crimes(*first, *[f"L/{i},{NOW.date() - 15 * DAY},Acme,Alpha,Kent" for i in range(5)], now=LATER)
    made = correct(actor=actor("analyst"), edition_id=published.pk, reason="Crimes came late.", now=LATER)
    run_checks(actor=actor("analyst"), edition_id=made.pk, now=LATER)
    (small,) = made.checks.filter(check_code="differencing")
    assert small.severity == "block" and small.subject.startswith("acme:alpha@")
    withhold(
        actor=actor("analyst"),
        edition_id=made.pk,
        product_key="acme:alpha",
        what="crimes",
        reason="Too few to show",
        now=LATER,
    )
    run_checks(actor=actor("analyst"), edition_id=made.pk, now=LATER)
    assert not Check.objects.filter(edition=made, check_code="differencing").exists()
