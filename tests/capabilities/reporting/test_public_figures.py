"""Public figures: frozen by quarter, protected, checked and published by two people; benefits."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from cast import actor, client, who
from django.db import IntegrityError, transaction

from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.kernel.people.operations.permit import NotPermittedError
from bluelamp.reporting.domain.figures import Counted, quarter_days, quarter_of, tables
from bluelamp.reporting.models import Decision, PublicFigures, Report, ReportProduct
from bluelamp.reporting.operations.journey_counts import count_page
from bluelamp.reporting.operations.publishing_figures import (
    FiguresError,
    check_figures,
    freeze_figures,
    publish_figures,
)
from bluelamp.reporting.queries.benefits import benefits, funnel

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 10, 2, 9, tzinfo=UTC)
TODAY = datetime.now(tz=UTC)
AUGUST = datetime(2026, 8, 5, 9, tzinfo=UTC)
BELL = "amazon:ringdoorbell"


def reports(number: int, **other: object) -> list[Report]:
    """So many reports of August that name a doorbell."""
    facts: dict[str, object] = {"channel": "web", "origin": "live", "language": "en", "scope": "force:gwent"}
    facts |= {"body": "force:gwent", "route_reason": "local", "kinds": ["camera-accessed"], "anonymous": False}
    facts |= {"watched": False, "quiet": False, "shelf_version": "x", "received_at": AUGUST, "answers_given": 7}
    facts |= {"content": b"", "safety": b"", "contact": b"", **other}
    made = [Report.objects.create(reference=uuid4().hex[:11], **facts) for _ in range(number)]
    ReportProduct.objects.bulk_create(ReportProduct(report=r, product_key=BELL) for r in made)
    return made


def frozen(named: frozenset[str] = frozenset()) -> PublicFigures:
    made = freeze_figures(named=lambda: named, now=NOW)
    assert made is not None
    return made


def test_quarters() -> None:
    assert quarter_of(date(2026, 12, 31)) == "2026-Q4"
    assert quarter_days("2026-Q4") == (date(2026, 10, 1), date(2027, 1, 1))
    with pytest.raises(ValueError, match="no quarter"):
        quarter_days("2026-Q5")


def test_a_quarter_that_is_over_is_frozen_once_and_late_reports_change_nothing() -> None:
    reports(23)
    made = frozen()
    assert made.quarter == "2026-Q3" and made.tables["reports"]["months"] == {"counts": {"2026-08": 25}, "total": 25}
    reports(40)
    assert freeze_figures(named=frozenset, now=NOW) is None
    assert PublicFigures.objects.get().tables == made.tables


def test_nothing_is_frozen_where_there_is_nothing_or_only_tests() -> None:
    reports(30, origin="test")
    assert freeze_figures(named=frozenset, now=NOW) is None


def test_fewer_than_ten_are_hidden_everywhere() -> None:
    reports(9)
    told = frozen().tables["reports"]
    assert told["months"] == {"counts": {"2026-08": None}, "total": None}
    assert told["forces"]["counts"] == {"gwent": None}


def test_duplicates_are_not_counted() -> None:
    made = reports(12)
    for one in made[:3]:
        Decision.objects.create(
            report=one, outcome="duplicate", reason="same", sealed=b"", at=NOW, by=who("triage-officer")
        )
    assert frozen().tables["reports"]["months"]["total"] is None


def test_stalking_stands_in_no_table_by_place() -> None:
    reports(30, kinds=["tracker-stalking"])
    told = frozen().tables["reports"]
    assert told["months"]["total"] == 30 and told["forces"] == {"counts": {}, "total": 0}


def test_only_products_that_the_index_names_are_named() -> None:
    ensure_catalogue()
    reports(30)
    text = str(frozen().tables)
    assert BELL not in text and "doorbell" in text and "others" in text
    PublicFigures.objects.all().delete()
    assert BELL in str(frozen(named=frozenset({BELL})).tables)


def test_one_person_checks_and_another_publishes() -> None:
    reports(30)
    made = frozen()
    analyst, head = actor("analyst"), actor("head-of-profession")
    with pytest.raises(FiguresError, match="Nobody has checked"):
        publish_figures(actor=head, figures_id=made.pk, now=TODAY)
    with pytest.raises(NotPermittedError):
        publish_figures(actor=analyst, figures_id=made.pk, now=TODAY)
    check_figures(actor=analyst, figures_id=made.pk, now=TODAY)
    assert client().get("/report/figures/").content.count(b"2026-Q3") == 0
    publish_figures(actor=head, figures_id=made.pk, now=TODAY)
    page = client().get("/report/figures/").content.decode()
    assert "2026-Q3" in page and "Gwent" in page and "August 2026" in page
    assert client().get("/report/figures/2026-Q3.csv").content.decode().count("\r\n") > 3
    assert client().get("/report/figures/2026-Q2.csv").status_code == 404
    with pytest.raises(FiguresError, match="no such"):
        check_figures(actor=analyst, figures_id=made.pk, now=TODAY)


def test_the_database_refuses_one_person_for_both() -> None:
    reports(30)
    made = frozen()
    person = who("analyst")
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicFigures.objects.filter(pk=made.pk).update(checked_by=person, published_by=person)


def test_the_desk_shows_what_waits_and_lets_each_do_their_part() -> None:
    reports(30)
    made = frozen()
    analyst, head = client(capacity="analyst"), client(capacity="head-of-profession")
    assert b"I checked the figures" in analyst.get("/desk/reports/figures/").content
    analyst.post(f"/desk/reports/figures/{made.pk}/check/")
    assert b"Publish the figures of 2026-Q3" in head.get("/desk/reports/figures/").content
    head.post(f"/desk/reports/figures/{made.pk}/publish/")
    assert b"Nothing waits" in head.get("/desk/reports/figures/").content
    assert PublicFigures.objects.get().published_at


def test_benefits_are_told_from_ten_decided_reports_on() -> None:
    made = reports(12)
    since = date(2026, 8, 1)
    for hours, one in enumerate(made, 1):
        one.decided_at = AUGUST + timedelta(hours=hours)
        one.save()
        outcome = "handed-over" if hours <= 3 else "not-recorded"
        Decision.objects.create(
            report=one, outcome=outcome, reason="x", sealed=b"", at=one.decided_at, by=who("triage-officer")
        )
    found = benefits(since=since, now=NOW)
    assert (found.received, found.decided, found.redirected, found.answers_kept) == (12, 12, 0.25, 21)
    assert found.to_decision == timedelta(hours=6.5) and found.to_decision_slow == timedelta(hours=11)
    Report.objects.filter(pk__in=[r.pk for r in made[:3]]).update(decided_at=None)
    assert benefits(since=since, now=NOW).to_decision is None


def test_benefits_page_by_capacity() -> None:
    assert client(capacity="triage-officer").get("/desk/reports/benefits/?days=365").status_code == 200
    assert client(capacity="administrator").get("/desk/reports/benefits/").status_code == 403


def test_where_people_stop_is_told_from_ten_on() -> None:
    for _ in range(10):
        count_page(page="danger", what="seen", day=NOW.date())
    count_page(page="story", what="seen", day=NOW.date())
    assert [(p.page, p.seen) for p in funnel(since=NOW.date(), until=NOW.date())] == [("danger", 10)]


def test_a_report_of_two_products_counts_for_each() -> None:
    rows = [Counted(date(2026, 8, 1), "", ("a:b", "a:c"))] * 20
    told = tables(counted=rows, categories={"a:b": "router", "a:c": "router"}, named={"a:b", "a:c"})
    assert told["categories"]["router"]["counts"] == {"a:b": 20, "a:c": 20}
