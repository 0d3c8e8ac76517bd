"""The loop: a triaged report is a sighting, a crime with its number another; neither counts twice."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cast import who

from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.loading import load_bytes
from bluelamp.kernel.events import ReportChanged
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.evidence.queries import evidence_folder
from bluelamp.reporting.domain.life import UNFOUNDED
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import (
    CrimeRecord,
    Decision,
    JourneyCount,
    Post,
    Report,
    ReportFlag,
    ReportProduct,
    ReportSighting,
)
from bluelamp.reporting.operations.counting import count_report, write_evidence
from bluelamp.reporting.operations.helping import tell_of_edition
from bluelamp.reporting.operations.journey_counts import count_page
from bluelamp.reporting.operations.sealed import report_records, seal_json

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
BELL = "ring:videodoorbell"


def report(number: int = 1, **other: object) -> Report:
    """A report that names a doorbell."""
    facts: dict[str, object] = {"reference": f"REF-{number:07}", "channel": "web", "origin": "live", "language": "en"}
    facts |= {"scope": "force:gwent", "body": "force:gwent", "route_reason": "local", "kinds": ["camera-accessed"]}
    facts |= {"anonymous": False, "watched": False, "quiet": False, "shelf_version": "x", "received_at": NOW}
    made = Report.objects.create(**{**facts, "content": b"", "safety": b"", "contact": b"", **other})
    ReportProduct.objects.create(report=made, product_key=BELL)
    return made


def decided(made: Report, outcome: str = "not-recorded", reason: str = "no-lines") -> None:
    Decision.objects.create(report=made, outcome=outcome, reason=reason, sealed=b"", at=NOW, by=who("triage-officer"))
    count_report(event=ReportChanged(report=made.pk, act="decide"), now=NOW)


def recorded(made: Report, number: str) -> CrimeRecord:
    crime = CrimeRecord.objects.create(
        report=made, force="gwent", number=number, offence="", recorded_at=NOW, by=who("crime-registrar")
    )
    count_report(event=ReportChanged(report=made.pk, act="record"), now=NOW)
    return crime


def rows(load: Load) -> list[dict[str, object]]:
    return list(pq.read_table(evidence_folder() / f"{load.file_hash}.parquet").to_pylist())


def test_a_report_is_no_sighting_before_somebody_looked_at_it() -> None:
    made = report()
    count_report(event=ReportChanged(report=made.pk, act="assign"), now=NOW)
    assert not ReportSighting.objects.exists()
    decided(made)
    assert [(s.kind, s.product_key, s.place) for s in ReportSighting.objects.all()] == [
        ("citizen_report", BELL, "gwent")
    ]


def test_a_recorded_crime_needs_its_number_and_goes_when_the_record_is_cancelled() -> None:
    made = report()
    decided(made, outcome="recorded", reason="crime")
    assert [s.kind for s in ReportSighting.objects.all()] == ["citizen_report"]
    crime = recorded(made, "42/1")
    assert {s.kind for s in ReportSighting.objects.all()} == {"citizen_report", "recorded_crime"}
    crime.cancelled_at = NOW
    crime.save()
    count_report(event=ReportChanged(report=made.pk, act="cancel"), now=NOW)
    assert [s.kind for s in ReportSighting.objects.all()] == ["citizen_report"]


def test_the_reasons_that_make_no_sighting_are_reasons_of_the_desk() -> None:
    assert set(desk().reasons) >= UNFOUNDED


@pytest.mark.parametrize(("outcome", "reason"), [("duplicate", "same"), ("not-recorded", "mistake")])
def test_what_was_a_duplicate_or_unfounded_is_no_sighting(outcome: str, reason: str) -> None:
    made = report()
    decided(made)
    Decision.objects.all().delete()
    decided(made, outcome=outcome, reason=reason)
    assert not ReportSighting.objects.exists()


def test_exercises_and_tests_never_become_evidence() -> None:
    for number, origin in enumerate(("exercise", "simulation", "test")):
        decided(report(number, origin=origin))
    assert not ReportSighting.objects.exists()


def test_stalking_abuse_and_children_are_counted_without_a_place() -> None:
    decided(report(1, kinds=["tracker-stalking"]))
    flagged = report(2)
    ReportFlag.objects.create(
        report=flagged, code="child", level="today", source="answers", reason="answer", raised_at=NOW
    )
    decided(flagged)
    assert {s.place for s in ReportSighting.objects.all()} == {""}


def test_handled_twice_it_counts_once_and_an_erasure_leaves_it() -> None:
    made = report()
    decided(made)
    count_report(event=ReportChanged(report=made.pk, act="decide"), now=NOW)
    assert ReportSighting.objects.count() == 1
    made.products.all().delete()
    Report.objects.update(erased_at=NOW)
    count_report(event=ReportChanged(report=made.pk, act="erase"), now=NOW)
    assert ReportSighting.objects.count() == 1


def test_evidence_is_restricted_adds_up_and_replaces_the_evidence_before() -> None:
    decided(report(1))
    decided(report(2))
    (load,) = write_evidence(now=NOW)
    assert (load.marking, load.publish, load.origin) == ("TLP:AMBER", "aggregate", "live")
    assert [(r["product_key"], r["kind"], r["on"], r["count"], r["place"]) for r in rows(load)] == [
        (BELL, "citizen_report", date(2026, 11, 28), 2, "gwent")
    ]
    assert write_evidence(now=NOW + timedelta(hours=1)) == []
    ReportSighting.objects.first().delete()  # type: ignore[union-attr]
    (newer,) = write_evidence(now=NOW + timedelta(days=1))
    assert rows(newer)[0]["count"] == 1
    assert list(Load.objects.filter(status="visible")) == [newer]


def test_the_last_sighting_that_goes_leaves_an_empty_list_in_use() -> None:
    decided(report())
    write_evidence(now=NOW)
    ReportSighting.objects.all().delete()
    (empty,) = write_evidence(now=NOW + timedelta(days=1))
    assert rows(empty) == [] and Load.objects.get(status="visible") == empty


def test_crimes_of_a_force_that_sends_extracts_are_not_counted_again(settings: object, tmp_path: Path) -> None:
    ensure_catalogue()
    made = report()
    recorded(made, "42/1")
    extract = b"crime_number,recorded_on,maker,product,force\n42/1,2026-11-28,Ring,Video Doorbell,gwent\n"
    loaded = load_bytes(content=extract, feed=feed_by_id("recorded-crimes"), now=NOW).load
    assert (loaded.marking, loaded.publish) == ("TLP:AMBER", "aggregate")
    assert write_evidence(now=NOW + timedelta(hours=1)) == []


def test_whoever_reported_what_an_edition_rests_on_learns_it_once() -> None:
    made, other = report(1), report(2)
    for one in (made, other):
        seal_json(record=report_records(one.pk)[0], content={}, now=NOW)
    decided(made)
    period = {"code": "7", "first": date(2026, 1, 1), "last": date(2026, 12, 31), "now": NOW}
    assert tell_of_edition(products={"another:thing"}, **period) == 0
    assert tell_of_edition(products={BELL}, **period) == 1
    assert tell_of_edition(products={BELL}, **period) == 0
    assert [p.report_id for p in Post.objects.filter(kind="helped")] == [made.pk]


def test_a_page_is_counted_without_anybody() -> None:
    for _ in range(3):
        count_page(page="danger", what="seen", day=NOW.date())
    assert [(c.page, c.what, c.number) for c in JourneyCount.objects.all()] == [("danger", "seen", 3)]
