"""What the program adds to a report by itself: likeness to others, informants, the model's flags, suggested codes.

Machines suggest, people decide (RED-LINES 11): flags are only added, a priority only rises, nothing is closed. Flags of
answers and words are raised when a report is sent (`operations/flags.py`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.kernel.events import ReportReceived
from bluelamp.reporting.domain.flagging import Level, texts_of
from bluelamp.reporting.domain.journey import through_telling
from bluelamp.reporting.domain.offences import Suggested, suggest
from bluelamp.reporting.domain.values import Answer
from bluelamp.reporting.facts import offences, routes
from bluelamp.reporting.models import Report, ReportContact
from bluelamp.reporting.operations.danger_reading import raise_by_model
from bluelamp.reporting.operations.fingerprints import link_to_others
from bluelamp.reporting.operations.flags import open_duty
from bluelamp.reporting.operations.triage.reading import answers_of, part_of
from bluelamp.reporting.questions import questions

INFORMANT = "review-informant"
_MANY, _WITHIN = 3, timedelta(days=30)
Answers = Mapping[str, Answer]


def enrich(*, event: ReportReceived, now: datetime) -> None:
    """The handler: add what follows from a report that has just come in. Twice adds nothing more."""
    report = Report.objects.filter(pk=event.report, erased_at=None).first()
    if report is None:
        return
    answers = all_answers(report=report)
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report.pk)
        link_to_others(report=report, answers=answers, now=now)
        _informant(report, now=now)
        raise_by_model(report=report, texts=texts_of(answers=answers), now=now)


def all_answers(*, report: Report) -> Answers:
    """Every answer of a report, for rules that look at all of them; what is shown to a person is read elsewhere."""
    parts = [answers_of(report=report), *(part_of(report=report, part=part) for part in ("safety", "contact"))]
    told = {name: answer for part in parts for name, answer in part.items()}
    return through_telling(shelf=questions(), answers=told)


def offence_suggestions(*, report: Report, answers: Answers) -> Suggested:
    """The offence codes that the answers point to, with reasons. Police in Scotland and elsewhere use others."""
    forces, slug = routes().forces, report.scope.removeprefix("force:")
    nation = forces[slug].nation if slug in forces else ""
    return suggest(table=offences(), answers=answers, nation=nation)


def _informant(report: Report, *, now: datetime) -> None:
    """The same contact sent several reports: a person looks whether somebody is used as an informant (RED-LINES 12)."""
    own = ReportContact.objects.filter(report=report).values_list("contact__address_digest", flat=True)
    for digest in {found for found in own if found}:
        between = (report.received_at - _WITHIN, report.received_at)
        sent = ReportContact.objects.filter(contact__address_digest=digest, report__received_at__range=between)
        if sent.values("report").distinct().count() >= _MANY:
            open_duty(report=report, kind=INFORMANT, level=Level.SOON, now=now)
