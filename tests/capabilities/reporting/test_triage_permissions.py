"""Who may do what with which report: by capacity, by scope, and with children's pictures; refusals are written down."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from desk_reports import AWAY, HOME, NOW, STORY, filed, officer

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.people.models import Organisation
from bluelamp.kernel.people.operations.permit import NotPermittedError
from bluelamp.reporting.models import Duty, Report
from bluelamp.reporting.operations.triage import (
    assigning,
    campaigns,
    deciding,
    disclosing,
    duty,
    handing,
    linking,
    noting,
    reading,
    recording,
    reviewing,
    watching,
)
from bluelamp.reporting.operations.triage.common import MissingError, NoReportError
from bluelamp.reporting.queries import queue as queues

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
TEXT = "We looked at it."

# What an officer of triage may do with a report of their force.
ACTS: dict[str, Callable[..., Any]] = {
    "read": reading.read,
    "contact": lambda **k: reading.read_contact(reason="call-back", **k),
    "note": lambda **k: noting.add_note(text="Seen before.", **k),
    "ask": lambda **k: noting.ask(request="message", **k),
    "answer": lambda **k: noting.answer(text="Thank you.", **k),
    "take": assigning.take,
    "put back": assigning.put_back,
    "decide": lambda **k: deciding.decide(outcome="not-recorded", reason="no-crime", text=TEXT, **k),
    "hand over": lambda **k: handing.hand_over(to="report-fraud", reason="their-kind", text=TEXT, **k),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_triage_officer_works_on_the_reports_of_their_force(act: str) -> None:
    report = filed()
    ACTS[act](actor=officer("triage-officer"), report_id=report.pk, now=NOW)
    assert Entry.objects.filter(subject=f"report:{report.pk}", outcome="done", capacity="triage-officer").exists()


@pytest.mark.parametrize(("capacity", "scope"), [("triage-officer", "national"), ("safeguarding-officer", HOME)])
def test_so_do_the_national_desk_and_safeguarding(capacity: str, scope: str) -> None:
    report, actor = filed(), officer(capacity, scope)
    for act in ACTS.values():
        act(actor=actor, report_id=report.pk, now=NOW)
    assert Report.objects.get(pk=report.pk).state == "handed-over"


@pytest.mark.parametrize(
    ("capacity", "scope"),
    [
        ("triage-officer", AWAY),
        ("safeguarding-officer", AWAY),
        ("analyst", HOME),
        ("administrator", "national"),
    ],
)
def test_nobody_else_does_anything_with_them_and_each_try_is_written_down(capacity: str, scope: str) -> None:
    report, actor = filed(), officer(capacity, scope)
    for number, act in enumerate(ACTS.values(), 1):
        with pytest.raises(NotPermittedError):
            act(actor=actor, report_id=report.pk, now=NOW)
        refused = Entry.objects.filter(outcome="refused", subject=f"report:{report.pk}", actor=actor.audit_id)
        assert refused.count() == number
    assert Report.objects.get(pk=report.pk).state == "received"
    assert not report.posts.exists() and not report.notes.exists() and not report.decisions.exists()


def test_the_safety_part_is_for_safeguarding_officers_who_say_why() -> None:
    report = filed({"danger": "yes"})
    with pytest.raises(NotPermittedError):
        reading.read_safety(actor=officer("triage-officer"), report_id=report.pk, reason="danger", now=NOW)
    opened = reading.read(actor=officer("triage-officer"), report_id=report.pk, now=NOW)
    assert opened.has_safety and "danger" not in opened.answers
    guard = officer("safeguarding-officer")
    with pytest.raises(MissingError):
        reading.read_safety(actor=guard, report_id=report.pk, reason="", now=NOW)
    assert "danger" in reading.read_safety(actor=guard, report_id=report.pk, reason="danger", now=NOW)
    kept = Entry.objects.get(action="reporting.read-safety", outcome="done")
    assert kept.detail == {"reason": "danger"} and kept.actor == guard.audit_id


def test_a_report_with_childrens_pictures_is_for_safeguarding_officers_only() -> None:
    report = filed({"urgent": "child-pictures"})
    assert report.flags.filter(code="child-images").exists()
    triage, guard = officer("triage-officer"), officer("safeguarding-officer")
    for act in ("read", "contact", "note", "ask", "decide", "hand over"):
        with pytest.raises(NotPermittedError):
            ACTS[act](actor=triage, report_id=report.pk, now=NOW)
        ACTS[act](actor=guard, report_id=report.pk, now=NOW)


def test_a_triage_officer_acknowledges_a_childs_duty_and_only_safeguarding_ends_it() -> None:
    report = filed({"urgent": "child-pictures"})
    item = Duty.objects.get(report=report, kind="child")
    duty.acknowledge(actor=officer("triage-officer"), duty_id=item.pk, now=NOW)
    with pytest.raises(NotPermittedError):
        duty.done(actor=officer("triage-officer"), duty_id=item.pk, how="specialist", now=NOW)
    assert duty.done(actor=officer("safeguarding-officer"), duty_id=item.pk, how="specialist", now=NOW).done_at


def test_only_the_registrar_of_the_force_gives_crime_numbers() -> None:
    report = filed()
    deciding.decide(
        actor=officer("triage-officer"), report_id=report.pk, outcome="recorded", reason="crime", text=TEXT, now=NOW
    )
    for wrong in (officer("triage-officer"), officer("crime-registrar", AWAY)):
        with pytest.raises(NotPermittedError):
            recording.record_crime(actor=wrong, report_id=report.pk, number="1", offence="8L", now=NOW)
    registrar = officer("crime-registrar")
    assert recording.record_crime(actor=registrar, report_id=report.pk, number="1", offence="8L", now=NOW)


def test_contact_and_safety_are_not_given_away_by_whoever_may_not_read_them() -> None:
    report = filed({"danger": "yes"})
    charity = Organisation.objects.create(name="Safe Harbour", added_at=NOW)
    ways = {"purpose": "victim-support", "basis": "consent", "until": (NOW + timedelta(days=30)).date(), "now": NOW}
    give = {"report_id": report.pk, "organisation_id": charity.pk, **ways}
    with pytest.raises(NotPermittedError):
        disclosing.disclose(actor=officer("triage-officer"), parts=["facts", "safety"], **give)  # type: ignore[arg-type]
    assert disclosing.disclose(actor=officer("safeguarding-officer"), parts=["safety"], **give)  # type: ignore[arg-type]


def test_a_report_that_is_not_there_is_told_apart_from_one_that_is_refused() -> None:
    from uuid import uuid4

    with pytest.raises(NoReportError):
        reading.read(actor=officer("triage-officer"), report_id=uuid4(), now=NOW)


def test_the_queue_holds_the_reports_of_a_scope_and_no_other() -> None:
    here, there = filed(), filed(scope=AWAY)

    def seen(scope: str) -> set[str]:
        found = queues.page(scope=scope, filters=queues.Filters(), me=None)
        return {row.reference for row in found.rows}

    assert seen(HOME) == {here.reference} and seen(AWAY) == {there.reference}
    assert seen("national") == {here.reference, there.reference}


def test_no_word_of_a_reporter_or_an_officer_reaches_the_audit_log_or_an_event() -> None:
    """Every act once, each with words that must not appear."""
    word = "zanzibar"
    report, second = filed(), filed(email="lee@reporter.example")
    actor, registrar = officer("safeguarding-officer"), officer("crime-registrar")
    common: dict[str, Any] = {"actor": actor, "report_id": report.pk, "now": NOW}
    watching.go_on_duty(actor=actor, now=NOW)
    reading.read(**common)
    reading.read_contact(reason="call-back", **common)
    noting.add_note(text=f"A note on {word}", **common)
    noting.ask(request="box", more=f"The {word} box", **common)
    noting.answer(text=word, **common)
    assigning.take(**common)
    linking.link_by_hand(reference=second.reference, **common)
    wave = campaigns.open_campaign(actor=actor, title="A wave", now=NOW)
    campaigns.add_report(actor=actor, campaign_id=wave.pk, reference=second.reference, now=NOW)
    campaigns.decide_campaign(
        actor=actor, campaign_id=wave.pk, outcome="advised", reason="not-police", text=word, now=NOW
    )
    deciding.decide(outcome="recorded", reason="crime", text=word, offence="8L", **common)
    recording.record_crime(actor=registrar, report_id=report.pk, number=f"{word}/1", offence="8L", now=NOW)
    recording.cancel_crime(actor=registrar, report_id=report.pk, reason="error", now=NOW)
    handed = handing.hand_over(to=AWAY, reason="their-area", text=word, **common)
    handing.take_back(actor=actor, handover_id=handed.pk, now=NOW)
    deciding.decide(outcome="not-recorded", reason="not-enough", text=word, **common)
    reviewing.keep(reason="pattern", **common)
    told = json.dumps([list(Entry.objects.values("actor", "action", "subject", "detail"))], default=str)
    told += json.dumps(list(Delivery.objects.values()), default=str)
    told += json.dumps(list(report.steps.values("act", "role", "detail")))
    for secret in (word, "bicycle", "kim@", "lee@", "+4477009", STORY):
        assert secret not in told, secret
    sealed = b"".join(bytes(row.sealed) for row in [*report.posts.all(), *report.notes.all(), *report.decisions.all()])
    assert word.encode() not in sealed
