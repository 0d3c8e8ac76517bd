"""The model that reads for danger: off until a force switches it on, only ever adds, explains itself to its reader."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from cast import client
from desk_reports import filed
from django.conf import LazySettings
from django.db.models import QuerySet
from django.test import Client
from sent_reports import sent_report

from bluelamp.kernel.events import ReportReceived
from bluelamp.reporting.domain.flagging import Level
from bluelamp.reporting.facts import clocks
from bluelamp.reporting.models import Duty, Report, ReportFlag
from bluelamp.reporting.operations import posts
from bluelamp.reporting.operations.enriching import enrich
from bluelamp.reporting.operations.following import open_follow

pytestmark = pytest.mark.django_db(databases=["default", "stream", "vault"])
NOW = datetime.now(tz=UTC).replace(microsecond=0) - timedelta(hours=1)
# No rule knows these words; the model does.
AFRAID = "I am scard he wil hurt the kids"


@pytest.fixture
def switched_on(settings: LazySettings) -> None:
    settings.BLUELAMP_DANGER_MODEL = True


def enriched(story: str = AFRAID, codes: dict[str, str] | None = None) -> Report:
    """A report that came in, after the program has added what follows from it."""
    report = filed(codes, story=story, now=NOW)
    enrich(event=ReportReceived(report=report.pk), now=NOW)
    return Report.objects.get(pk=report.pk)


def by_model(report: Report) -> QuerySet[ReportFlag]:
    return report.flags.filter(source__startswith="model")


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_reads_nothing_until_it_is_switched_on() -> None:
    report = enriched()
    assert not by_model(report).exists() and not Duty.objects.filter(report=report, kind="danger").exists()
    _, follow = (sent := sent_report(now=NOW)), open_follow(words=sent.words, now=NOW)[0]
    posts.write(follow=follow, kind="message", text=AFRAID, now=NOW)
    assert not ReportFlag.objects.filter(source__startswith="model").exists()


@pytest.mark.usefixtures("switched_on")
def test_what_it_finds_is_a_flag_for_today_with_its_source_and_a_duty_by_that_clock() -> None:
    report = enriched()
    flag = by_model(report).get()
    assert (flag.code, flag.level, flag.source) == ("danger", "today", "model:model:danger-words:story")
    duty = Duty.objects.get(report=report, kind="danger")
    assert duty.level == "today" and duty.due_at == NOW + clocks()[Level.TODAY]
    enrich(event=ReportReceived(report=report.pk), now=NOW)
    assert by_model(report).count() == 1 == Duty.objects.filter(report=report, kind="danger").count()


@pytest.mark.usefixtures("switched_on")
def test_it_lowers_nothing_and_changes_neither_the_way_nor_the_text_of_a_report(settings: LazySettings) -> None:
    urgent = enriched(codes={"danger": "yes"})
    assert Duty.objects.get(report=urgent, kind="danger").level == "immediate"
    assert {f.level for f in urgent.flags.filter(code="danger")} == {"immediate", "today"}
    with_model = enriched()
    settings.BLUELAMP_DANGER_MODEL = False
    without = enriched()
    same = ("route", "scope", "state", "kinds", "watched", "boundary")
    assert [getattr(with_model, n, None) for n in same] == [getattr(without, n, None) for n in same]
    assert with_model.priority >= without.priority


@pytest.mark.usefixtures("switched_on")
def test_a_calm_text_raises_nothing() -> None:
    assert not by_model(enriched("They read my private mail about the blue bicycle.")).exists()


@pytest.mark.usefixtures("switched_on")
def test_what_a_reporter_writes_later_is_read_too() -> None:
    sent = sent_report(now=NOW)
    posts.write(follow=open_follow(words=sent.words, now=NOW)[0], kind="message", text=AFRAID, now=NOW)
    assert ReportFlag.objects.get(report=sent.report).source == "model:model:danger-words:post"


@pytest.mark.usefixtures("switched_on")
@pytest.mark.parametrize(
    ("language", "why", "led_to"),
    [
        ("", "made-up reports", "Words that made the model suggest danger"),
        ("/cy", "adroddiadau ffug", "Geiriau a barodd"),
    ],
)
def test_who_may_read_the_report_sees_the_words_and_how_often_it_is_wrong(language: str, why: str, led_to: str) -> None:
    report = enriched()
    page = client(capacity="triage-officer").get(f"{language}/desk/reports/{report.pk}/").content.decode()
    assert why in text(page) and f"{led_to}" in text(page) and "scard, hurt" in text(page)
    assert f"{language}/report/models/" in page
    assert "scard" not in client(capacity="triage-officer").get("/desk/reports/duties/").content.decode()


@pytest.mark.usefixtures("switched_on")
def test_words_of_the_safety_part_are_shown_to_nobody_who_reads_the_rest() -> None:
    report = enriched("They read my mail.", {"threats": "yes"})
    ReportFlag.objects.create(
        report=report,
        code="danger",
        level="today",
        source="model:model:danger-words:threats",
        reason="m",
        raised_at=NOW,
    )
    shown = text(client(capacity="triage-officer").get(f"/desk/reports/{report.pk}/").content.decode())
    assert "from the model that reads for danger" in shown and "Words that made the model" not in shown


@pytest.mark.parametrize(("is_on", "said"), [(False, "It is switched off here."), (True, "It is switched on here.")])
def test_the_register_is_public_and_says_whether_it_is_on(settings: LazySettings, is_on: bool, said: str) -> None:
    settings.BLUELAMP_DANGER_MODEL = is_on
    page = text(Client().get("/report/models/").content.decode())
    assert said in page and "made-up reports" in page and "95% 38% 2,000" in page
    assert "Lle mae cyfrifiadur yn awgrymu" in Client().get("/cy/report/models/").content.decode()
