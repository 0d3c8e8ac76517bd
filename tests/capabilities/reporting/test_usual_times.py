"""How long things usually take is counted of live reports only, and told from fifty on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from desk_reports import filed, officer
from django.db import OperationalError
from django.test import Client
from report_answers import chosen, finish
from sent_reports import OPEN_LIFE

from bluelamp.reporting.models import JourneyCount, Report
from bluelamp.reporting.operations import drafts, sending
from bluelamp.reporting.operations.triage import deciding
from bluelamp.reporting.queries import usual
from bluelamp.reporting.queries.usual import UsualTimes, usual_times

pytestmark = pytest.mark.django_db(databases=["default", "stream", "vault"])
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What this process read before is forgotten, and what it reads here too."""
    usual._kept.cache_clear()
    yield
    usual._kept.cache_clear()


def sent_after(minutes: int, *, origin: str = "live") -> None:
    """A report whose writing took so long."""
    answers, _ = finish(pick=chosen(OPEN_LIFE))
    _, token = drafts.begin(language="en", origin=origin, now=NOW - timedelta(minutes=minutes))
    for name, given in answers.items():
        drafts.answer(token=token, question=name, given=given, now=NOW)
    sending.send(token=token, now=NOW)
    sending.send(token=token, now=NOW + timedelta(minutes=1))


def counted(what: str) -> dict[str, int]:
    return dict(JourneyCount.objects.filter(what=what).values_list("page", "number"))


def decide(report: Report, reason: str, *, days: int) -> None:
    deciding.decide(
        actor=officer("triage-officer"),
        report_id=report.pk,
        outcome="not-recorded",
        reason=reason,
        text="We looked at it.",
        now=NOW + timedelta(days=days),
    )


def test_a_sent_report_counts_once_and_an_exercise_never() -> None:
    sent_after(7)
    sent_after(12, origin="exercise")
    assert counted("took") == {"007": 1}


def test_the_first_decision_counts_and_no_later_one() -> None:
    report = filed(now=NOW)
    decide(report, "no-crime", days=2)
    decide(report, "mistake", days=9)
    assert counted("decided") == {"002": 1}


def test_the_start_page_tells_them_from_fifty_on_and_only_of_the_last_three_months() -> None:
    today = datetime.now(tz=UTC).date()
    JourneyCount.objects.create(day=today, page="012", what="took", number=49)
    JourneyCount.objects.create(day=today - timedelta(days=90), page="012", what="took", number=100)
    JourneyCount.objects.create(day=today, page="001", what="decided", number=50)
    assert usual_times(today=today) == UsualTimes(None, 1)
    page = Client().get("/report/").content.decode()
    assert "took 12" not in page and "within 1 day." in page
    JourneyCount.objects.filter(what="took", number=49).update(number=50)
    assert "took 12" not in Client().get("/report/").content.decode(), "it is read once in ten minutes"
    usual._kept.cache_clear()
    assert "took 12 minutes or less" in Client().get("/report/").content.decode()
    assert "12 munud neu lai" in Client().get("/cy/report/").content.decode()


def test_nothing_is_told_where_nothing_was_counted() -> None:
    assert usual_times(today=TODAY) == UsualTimes(None, None)
    assert "three months" not in Client().get("/report/").content.decode()


def test_the_first_page_opens_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_: object) -> UsualTimes:
        raise OperationalError("the database is gone")

    monkeypatch.setattr(usual, "usual_times", gone)
    page = Client().get("/report/")
    assert page.status_code == 200 and "999" in page.content.decode()
