"""Nothing is dropped: whatever officers and time do, a report is in exactly one place."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from desk_reports import AWAY, HOME, NOW, filed, officer

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import NotPermittedError
from bluelamp.reporting.models import HandOver, Report
from bluelamp.reporting.operations.triage import assigning, deciding, handing, recording, reviewing
from bluelamp.reporting.operations.triage.common import MissingError, WrongStateError
from bluelamp.reporting.queries.queue import whereabouts

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
Act = Callable[[Report, dict[str, Actor], datetime], object]
REASONS = {"recorded": "crime", "not-recorded": "no-crime", "advised": "not-police", "duplicate": "same-report"}


def handover(report: Report) -> HandOver:
    found = HandOver.objects.filter(report=report).order_by("-at").first()
    if found is None:
        raise WrongStateError("none")
    return found


def decision(outcome: str) -> Act:
    def act(report: Report, who: dict[str, Actor], now: datetime) -> object:
        reason = REASONS[outcome]
        return deciding.decide(
            actor=who["national"], report_id=report.pk, outcome=outcome, reason=reason, text="Why.", now=now
        )

    return act


def give(to: str) -> Act:
    def act(report: Report, who: dict[str, Actor], now: datetime) -> object:
        return handing.hand_over(
            actor=who["national"], report_id=report.pk, to=to, reason="their-kind", text="Why.", now=now
        )

    return act


ACTS: dict[str, Act] = {
    **{outcome: decision(outcome) for outcome in REASONS},
    "give to a force": give(AWAY),
    "give back": give(HOME),
    "give to Report Fraud": give("report-fraud"),
    "take": lambda r, who, now: assigning.take(actor=who["national"], report_id=r.pk, now=now),
    "acknowledge": lambda r, who, now: handing.acknowledge(actor=who["national"], handover_id=handover(r).pk, now=now),
    "note": lambda r, who, now: handing.note_acknowledged(
        actor=who["national"], handover_id=handover(r).pk, reference="X1", now=now
    ),
    "take back": lambda r, who, now: handing.take_back(actor=who["national"], handover_id=handover(r).pk, now=now),
    "time passes": lambda _r, _who, now: handing.return_overdue(now=now + timedelta(days=5)),
    "number": lambda r, who, now: recording.record_crime(
        actor=who[Report.objects.get(pk=r.pk).scope], report_id=r.pk, number=f"N{now:%H%M}", offence="8L", now=now
    ),
    "cancel": lambda r, who, now: recording.cancel_crime(
        actor=who[Report.objects.get(pk=r.pk).scope], report_id=r.pk, reason="error", now=now
    ),
    "keep": lambda r, who, now: reviewing.keep(actor=who["national"], report_id=r.pk, reason="pattern", now=now),
}


@pytest.mark.parametrize("seed", range(12))
def test_a_report_is_always_in_the_queue_or_handed_over_or_closed_with_a_decision(seed: int) -> None:
    chance, report = random.Random(seed), filed()
    who = {scope: officer("crime-registrar", scope) for scope in (HOME, AWAY)}
    who["national"] = officer("triage-officer", "national")
    now, done = NOW, []
    for _ in range(25):
        now += timedelta(hours=1)
        name = chance.choice(list(ACTS))
        with suppress(WrongStateError, MissingError, NotPermittedError):
            ACTS[name](report, who, now)
            done.append(name)
        assert len(whereabouts(Report.objects.get(pk=report.pk))) == 1, done
    assert len(set(done)) > 2, "the sequence did nothing, so it proved nothing"
