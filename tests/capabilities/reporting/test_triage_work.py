"""The work of the desk: deciding, crime numbers, hand-overs, duties, campaigns, reviews, informants."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from desk_reports import AWAY, HOME, NOW, filed, officer
from django.conf import settings
from threads import run_together

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.events import ReportReceived
from bluelamp.kernel.messaging.models import Message
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, Organisation
from bluelamp.reporting.domain.flagging import Level, Raised, Source
from bluelamp.reporting.domain.priority import BURST, IMMEDIATE, USUAL
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.facts import clocks
from bluelamp.reporting.models import CrimeRecord, Decision, Duty, HandOver, Report, ReportFlag
from bluelamp.reporting.operations import enriching
from bluelamp.reporting.operations.flags import raise_on
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
from bluelamp.reporting.operations.triage.common import ConflictError, MissingError, WrongStateError
from bluelamp.reporting.queries import queue as queues
from bluelamp.reporting.queries.casework import is_somebody_reading, standing

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
TEXT = "We looked at it closely."


def decided(report: Report, outcome: str = "not-recorded", reason: str = "no-crime", **more: Any) -> Decision:
    values = {"text": TEXT, "now": NOW, "actor": more.pop("actor", None) or officer("triage-officer"), **more}
    return deciding.decide(report_id=report.pk, outcome=outcome, reason=reason, **values)


def at(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def fresh(report: Report) -> Report:
    return Report.objects.get(pk=report.pk)


def test_taking_a_report_registers_it_and_tells_its_reporter_so() -> None:
    report, dev = filed(), officer("triage-officer")
    assigning.take(actor=dev, report_id=report.pk, now=NOW)
    found = fresh(report)
    assert found.state == "registered" and found.registered_at == NOW and found.assigned_to_id == dev.user_id
    assert [s.act for s in report.steps.filter(shown=True)] == ["received", "registered"]
    with pytest.raises(MissingError):
        outsider = officer("triage-officer", AWAY).user_id
        assigning.give(actor=dev, report_id=report.pk, person_id=outsider, now=NOW)  # type: ignore[arg-type]


def test_a_decision_closes_sets_a_review_date_and_the_reporter_reads_its_words() -> None:
    report = filed()
    made = decided(report)
    found = fresh(report)
    assert found.state == "not-recorded" and found.closed_at == NOW
    assert found.review_on and found.review_on.isoformat() == "2027-11-26"
    post = found.posts.get()
    opened = reading.read(actor=officer("triage-officer"), report_id=report.pk, now=NOW)
    assert post.kind == "decision" and opened.posts[0].text == TEXT
    assert reading.decision_texts(report=found) == {made.pk: TEXT}


@pytest.mark.parametrize(
    ("outcome", "reason", "text", "offence", "missing"),
    [
        ("not-recorded", "crime", TEXT, "", "reason"),
        ("no-such", "no-crime", TEXT, "", "outcome"),
        ("not-recorded", "no-crime", "  ", "", "text"),
        ("not-recorded", "no-crime", "x" * 4_001, "", "text-long"),
        ("not-recorded", "no-crime", TEXT, "8L", "offence"),
        ("recorded", "crime", TEXT, "<script>", "offence"),
        ("handed-over", "their-area", TEXT, "", "outcome"),
    ],
)
def test_a_decision_without_its_parts_changes_nothing(
    outcome: str, reason: str, text: str, offence: str, missing: str
) -> None:
    report = filed()
    with pytest.raises(MissingError) as told:
        decided(report, outcome, reason, text=text, offence=offence)
    assert told.value.code == missing
    assert fresh(report).state == "received" and not Decision.objects.exists() and not report.posts.exists()


def test_who_builds_on_what_another_changed_meanwhile_is_told_and_changes_nothing() -> None:
    report = filed()
    seen = standing(report=report)
    decided(report, seen=seen)
    with pytest.raises(ConflictError):
        decided(report, "advised", "advice-given", seen=seen)
    assert Decision.objects.count() == 1 and fresh(report).posts.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "vault"])
@pytest.mark.usefixtures("shared_database")
def test_of_two_who_decide_in_the_same_moment_one_is_told() -> None:
    report = filed()
    seen, first, second = standing(report=report), officer("triage-officer"), officer("triage-officer")
    outcomes = run_together(
        lambda: decided(report, actor=first, seen=seen),
        lambda: decided(report, "advised", "advice-given", actor=second, seen=seen),
    )
    assert sorted(type(o).__name__ for o in outcomes) == ["ConflictError", "Decision"], outcomes
    assert Decision.objects.count() == 1 and report.posts.count() == 1


def test_a_later_decision_counts_and_the_earlier_one_stays() -> None:
    report = filed()
    decided(report)
    decided(report, "recorded", "crime", offence="8L", now=NOW + timedelta(hours=1))
    assert [d.outcome for d in report.decisions.all()] == ["not-recorded", "recorded"]
    assert fresh(report).state == "registered" and fresh(report).closed_at is None
    assert list(queues.waiting_for_number(scope=HOME)) == [report]


def test_a_crime_number_closes_and_a_cancelled_one_opens_again() -> None:
    report, registrar = filed(), officer("crime-registrar")
    with pytest.raises(WrongStateError):
        recording.record_crime(actor=registrar, report_id=report.pk, number="1/26", offence="8L", now=NOW)
    decided(report, "recorded", "crime", offence="8L")
    recording.record_crime(actor=registrar, report_id=report.pk, number="  52/  1 /26 ", offence="8L", now=at(1))
    found = fresh(report)
    assert found.state == "recorded" and found.crime.number == "52/ 1 /26" and found.crime.force == HOME[6:]
    assert found.review_on and found.review_on.year == NOW.year + settings.BLUELAMP_CRIME_REVIEW_YEARS
    with pytest.raises(WrongStateError):
        decided(report)
    recording.cancel_crime(actor=registrar, report_id=report.pk, reason="error", now=at(2))
    assert fresh(report).state == "registered" and queues.whereabouts(fresh(report)) == {"queue"}
    decided(report, "recorded", "crime", now=at(3))
    again = recording.record_crime(actor=registrar, report_id=report.pk, number="53", offence="8L", now=at(4))
    assert again.cancelled_at is None and CrimeRecord.objects.count() == 1
    opened = reading.read(actor=registrar, report_id=report.pk, now=at(5))
    assert "52/ 1 /26" in opened.posts[1].text and "cancelled" in opened.posts[2].text


def test_one_force_gives_a_number_once_and_another_may_give_the_same() -> None:
    first, second, away = filed(), filed(), filed(scope=AWAY)
    for report in (first, second):
        decided(report, "recorded", "crime")
    decided(away, "recorded", "crime", actor=officer("triage-officer", AWAY))
    registrar, other = officer("crime-registrar"), officer("crime-registrar", AWAY)
    recording.record_crime(actor=registrar, report_id=first.pk, number="7", offence="8L", now=NOW)
    with pytest.raises(recording.NumberTakenError):
        recording.record_crime(actor=registrar, report_id=second.pk, number=" 7 ", offence="8L", now=NOW)
    assert fresh(second).state == "registered" and fresh(second).posts.count() == 1
    recording.record_crime(actor=other, report_id=away.pk, number="7", offence="8L", now=NOW)


def test_a_hand_over_is_ours_until_it_is_acknowledged_and_then_theirs_with_its_duties() -> None:
    report = filed({"danger": "yes"})
    made = handing.hand_over(
        actor=officer("triage-officer"), report_id=report.pk, to=AWAY, reason="their-area", text=TEXT, now=NOW
    )
    assert made.due_at == NOW + clocks()[Level.IMMEDIATE]
    assert fresh(report).scope == HOME and Duty.objects.get(kind="danger").scope == HOME
    assert list(queues.coming_in(scope=AWAY)) == [made] and not list(queues.coming_in(scope=HOME))
    handing.acknowledge(actor=officer("triage-officer", AWAY), handover_id=made.pk, now=NOW)
    found = fresh(report)
    assert (found.scope, found.state, found.closed_at) == (AWAY, "registered", None)
    assert Duty.objects.get(kind="danger").scope == AWAY
    with pytest.raises(WrongStateError):
        handing.acknowledge(actor=officer("triage-officer", AWAY), handover_id=made.pk, now=NOW)


def test_a_hand_over_that_nobody_acknowledges_comes_back_with_a_duty() -> None:
    report = filed()
    made = handing.hand_over(
        actor=officer("triage-officer"), report_id=report.pk, to="report-fraud", reason="their-kind", text=TEXT, now=NOW
    )
    # A Thursday and two working days.
    # Thursday; Saturday, Sunday and Saint Andrew's Day do not count.
    assert made.due_at == NOW + timedelta(days=5)
    assert handing.return_overdue(now=made.due_at - timedelta(seconds=1)) == 0
    assert handing.return_overdue(now=made.due_at) == 1 and handing.return_overdue(now=made.due_at) == 0
    assert fresh(report).state == "registered" and fresh(report).closed_at is None
    assert HandOver.objects.get().returned_why == "overdue"
    assert Duty.objects.get(kind="hand-over").scope == HOME
    assert [s.act for s in report.steps.filter(shown=True)][-1] == "returned"


def test_what_a_body_outside_the_program_says_is_noted_with_its_reference() -> None:
    report, dev = filed(), officer("triage-officer")
    made = handing.hand_over(actor=dev, report_id=report.pk, to="report-fraud", reason="their-kind", text=TEXT, now=NOW)
    with pytest.raises(MissingError):
        handing.note_acknowledged(actor=dev, handover_id=made.pk, reference=" ", now=NOW)
    handing.note_acknowledged(actor=dev, handover_id=made.pk, reference="RF 123", now=NOW)
    assert queues.whereabouts(fresh(report)) == {"closed"} and fresh(report).state == "handed-over"
    assert handing.return_overdue(now=NOW + timedelta(days=30)) == 0


def test_a_duty_is_acknowledged_by_one_and_done_by_saying_how() -> None:
    report = filed({"danger": "yes"})
    item, farah = Duty.objects.get(report=report, kind="danger"), officer("safeguarding-officer")
    with pytest.raises(WrongStateError):
        duty.done(actor=farah, duty_id=item.pk, how="spoke", now=NOW)
    duty.acknowledge(actor=farah, duty_id=item.pk, now=NOW)
    with pytest.raises(WrongStateError):
        duty.acknowledge(actor=officer("triage-officer"), duty_id=item.pk, now=NOW)
    with pytest.raises(MissingError):
        duty.done(actor=farah, duty_id=item.pk, how="nonsense", now=NOW)
    assert duty.done(actor=farah, duty_id=item.pk, how="spoke", now=NOW).done_how == "spoke"
    assert not queues.open_duties(scope=HOME).exists()


def test_deciding_ends_no_duty_and_lowers_no_flag() -> None:
    report = filed({"danger": "yes"})
    before = list(ReportFlag.objects.filter(report=report).values_list("code", "level"))
    decided(report)
    assert Duty.objects.get(report=report, kind="danger").done_at is None
    assert list(ReportFlag.objects.filter(report=report).values_list("code", "level")) == before
    assert fresh(report).priority == IMMEDIATE


def test_a_duty_nobody_sees_is_told_further_up_and_then_to_the_whole_country() -> None:
    report = filed({"danger": "yes"})
    near, far = officer("safeguarding-officer"), officer("triage-officer", "national")
    span = clocks()[Level.IMMEDIATE]
    assert duty.escalate(now=NOW + span - timedelta(seconds=1)) == 0
    assert duty.escalate(now=NOW + span) == 1 and duty.escalate(now=NOW + span) == 0
    item = Duty.objects.get(report=report, kind="danger")
    assert (item.escalated, item.scope) == (1, HOME)
    assert told() == {near.user_id}
    duty.escalate(now=NOW + 2 * span)
    item.refresh_from_db()
    assert (item.escalated, item.scope) == (2, "national") and told() == {near.user_id, far.user_id}
    assert list(queues.open_duties(scope=HOME)) == list(queues.open_duties(scope="national")) == [item]
    duty.acknowledge(actor=near, duty_id=item.pk, now=NOW + 2 * span)
    assert duty.escalate(now=NOW + 9 * span) == 0


def told() -> set[Any]:
    """Who was sent a notice. It says nothing of what it is about."""
    assert not Message.objects.exclude(template="something-new").exists()
    return set(Message.objects.values_list("contact__account", flat=True))


def test_somebody_is_on_duty_for_eight_hours_or_until_they_leave() -> None:
    farah = officer("safeguarding-officer")
    assert not is_somebody_reading(scope=HOME, now=NOW)
    watching.go_on_duty(actor=farah, now=NOW)
    watching.go_on_duty(actor=farah, now=NOW + timedelta(hours=1))
    assert is_somebody_reading(scope=HOME, now=NOW + timedelta(hours=8))
    assert not is_somebody_reading(scope=AWAY, now=NOW + timedelta(hours=2))
    assert not is_somebody_reading(scope=HOME, now=NOW + timedelta(hours=9))
    watching.go_on_duty(actor=officer("triage-officer", "national"), now=NOW)
    assert is_somebody_reading(scope=AWAY, now=NOW)
    assert farah.user_id
    watching.signed_out(person=farah.user_id, now=NOW + timedelta(hours=2))
    assert not is_somebody_reading(scope=HOME, now=NOW + timedelta(hours=8, minutes=1))


def test_whose_grant_ended_is_not_on_duty() -> None:
    farah = officer("safeguarding-officer")
    watching.go_on_duty(actor=farah, now=NOW)
    Grant.objects.filter(pk=farah.grant_id).update(revoked_at=NOW)
    assert not is_somebody_reading(scope=HOME, now=NOW + timedelta(minutes=1))


def test_a_campaign_is_decided_once_and_each_reporter_is_answered() -> None:
    dev = officer("triage-officer")
    wave = campaigns.open_campaign(actor=dev, title="Parcel texts in November", now=NOW)
    usual = [filed() for _ in range(3)]
    danger, gone = filed({"danger": "yes"}), filed()
    decided(gone)
    for report in (*usual, danger, gone):
        campaigns.add_report(actor=dev, campaign_id=wave.pk, reference=report.reference.lower(), now=NOW)
    result = campaigns.decide_campaign(
        actor=dev, campaign_id=wave.pk, outcome="advised", reason="advice-given", text=TEXT, now=NOW
    )
    assert {d.report_id for d in result.decisions} == {r.pk for r in usual}
    assert dict(result.left) == {danger.reference: "danger", gone.reference: "closed"}
    for report in usual:
        assert fresh(report).state == "not-recorded" and report.posts.get().kind == "decision"
        assert report.decisions.get().campaign_id == wave.pk
    assert fresh(danger).state == "received"
    with pytest.raises(MissingError):
        campaigns.add_report(actor=dev, campaign_id=wave.pk, reference="ZZZ", now=NOW)


def test_a_question_begins_with_one_of_the_table() -> None:
    report, dev = filed(language="cy"), officer("triage-officer")
    with pytest.raises(MissingError):
        noting.ask(actor=dev, report_id=report.pk, request="photograph-him", now=NOW)
    noting.ask(actor=dev, report_id=report.pk, request="box", more="The white one.", now=NOW)
    opened = reading.read(actor=dev, report_id=report.pk, now=NOW)
    assert opened.posts[0].text.startswith("A yw blwch") and opened.posts[0].text.endswith("The white one.")
    assert opened.notes == ()


def test_an_organisation_is_given_the_chosen_parts_and_no_more() -> None:
    report, dev = filed(), officer("triage-officer")
    charity = Organisation.objects.create(name="Safe Harbour", added_at=NOW)
    values: dict[str, Any] = {"purpose": "victim-support", "basis": "consent", "organisation_id": charity.pk}
    until = (NOW + timedelta(days=30)).date()
    for wrong in ({"parts": []}, {"parts": ["everything"]}, {"purpose": ""}, {"basis": "x"}, {"until": NOW.date()}):
        with pytest.raises(MissingError):
            more = {**values, "parts": ["facts"], "until": until, **wrong}
            disclosing.disclose(actor=dev, report_id=report.pk, now=NOW, **more)
    given = disclosing.disclose(actor=dev, report_id=report.pk, parts=["what", "facts"], until=until, now=NOW, **values)
    shown = disclosing.export(actor=dev, disclosure_id=given.pk, now=NOW)
    assert list(shown["parts"]) == ["facts", "what"] and "bicycle" in str(shown["parts"]["what"])
    assert "kim@" not in str(shown) and "Bristol" not in str(shown) and "0 " not in shown["reference"]
    assert Entry.objects.filter(action="reporting.disclose-export").count() == 1
    disclosing.end(actor=dev, disclosure_id=given.pk, now=NOW)
    with pytest.raises(WrongStateError):
        disclosing.export(actor=dev, disclosure_id=given.pk, now=NOW)
    assert not report.steps.filter(shown=True, act__startswith="disclos").exists()


def test_two_reports_are_linked_by_hand_once_and_a_person_says_what_they_are() -> None:
    one, other, dev = filed(), filed(), officer("triage-officer")
    link = linking.link_by_hand(actor=dev, report_id=other.pk, reference=one.reference, now=NOW)
    again = linking.link_by_hand(actor=dev, report_id=one.pk, reference=other.reference, now=NOW)
    assert link.pk == again.pk and link.one_id != link.other_id
    apart = linking.decide_link(actor=dev, report_id=one.pk, link_id=link.pk, state="apart", now=NOW)
    assert apart.state == "apart" and fresh(one).state == "received"
    with pytest.raises(MissingError):
        linking.link_by_hand(actor=dev, report_id=one.pk, reference=filed(scope=AWAY).reference[:3], now=NOW)


def test_who_reports_often_is_looked_at_and_loses_nothing() -> None:
    days = (0, 10, 20)
    reports = [filed(email="often@reporter.example", now=NOW + timedelta(days=d)) for d in days]
    filed(now=NOW)
    for report, day in zip(reports, days, strict=True):
        enriching.enrich(event=ReportReceived(report=report.pk), now=NOW + timedelta(days=day))
        enriching.enrich(event=ReportReceived(report=report.pk), now=NOW + timedelta(days=day))
    assert [d.report_id for d in Duty.objects.filter(kind=enriching.INFORMANT)] == [reports[2].pk]
    assert {fresh(r).priority for r in reports} == {USUAL}


def test_rules_raise_flags_duties_and_the_priority_and_never_lower_any() -> None:
    report = filed(burst=True)
    assert fresh(report).priority == BURST
    urgent = Raised(Flag.DANGER, "threat", Level.IMMEDIATE, Source.WORDS, "story", "a.", "b.")
    mild = Raised(Flag.DANGER, "guess", Level.SOON, Source.MODEL, "story", "a.", "b.")
    assert raise_on(report=fresh(report), raised=[urgent], now=NOW) == 1
    assert raise_on(report=fresh(report), raised=[mild, urgent], now=NOW + timedelta(hours=1)) == 1
    assert fresh(report).priority == IMMEDIATE
    item = Duty.objects.get(report=report, kind="danger")
    assert (item.level, item.due_at) == ("immediate", NOW + clocks()[Level.IMMEDIATE])


def test_nothing_is_erased_before_its_day_or_while_somebody_waits_for_help() -> None:
    report, dev = filed({"danger": "yes"}), officer("triage-officer")
    with pytest.raises(WrongStateError):
        reviewing.keep(actor=dev, report_id=report.pk, reason="pattern", now=NOW)
    decided(report)
    with pytest.raises(WrongStateError, match="not-due"):
        reviewing.erase(actor=dev, report_id=report.pk, now=NOW)
    year = NOW + timedelta(days=366)
    assert list(queues.due_reviews(scope=HOME, today=year.date())) == [report]
    with pytest.raises(WrongStateError, match="open-duty"):
        reviewing.erase(actor=dev, report_id=report.pk, now=year)
    reviewing.keep(actor=dev, report_id=report.pk, reason="pattern", now=year)
    assert not queues.due_reviews(scope=HOME, today=year.date()).exists()


def test_a_complaint_is_not_judged_by_who_decided() -> None:
    report, dev = filed(), officer("triage-officer")
    decided(report, actor=dev)
    item = duty.add_duty(report=fresh(report), kind="complaint", level="soon", due_at=NOW, now=NOW)
    other: Actor = officer("triage-officer")
    duty.acknowledge(actor=dev, duty_id=item.pk, now=NOW)
    with pytest.raises(WrongStateError, match="own-decision"):
        duty.done(actor=dev, duty_id=item.pk, how="looked", now=NOW)
    assert duty.done(actor=other, duty_id=item.pk, how="looked", now=NOW).done_at
