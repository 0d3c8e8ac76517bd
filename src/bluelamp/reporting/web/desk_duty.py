"""Duties, the registrar's numbers, hand-overs, reviews: lists of what a person must do, each with its buttons."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.kernel.people.operations.permit import offers
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.due import RECORDING
from bluelamp.reporting.facts import offences
from bluelamp.reporting.models import CrimeRecord
from bluelamp.reporting.operations.triage import duty, handing, recording, reviewing, watching
from bluelamp.reporting.operations.triage.common import MissingError
from bluelamp.reporting.queries import casework
from bluelamp.reporting.queries import queue as queues
from bluelamp.reporting.web import desk_words as words
from bluelamp.reporting.web.desk import line
from bluelamp.reporting.web.desk_common import actor_of, clock, do, show, text_of
from bluelamp.reporting.web.desk_report import duty_row

MOST = 200


@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """Open duties with their clocks, and whether one is on duty."""
    now, actor = clock(), actor_of(request)
    context = {
        "rows": [duty_row(d, now=now) for d in queues.open_duties(scope=actor.scope)[:MOST]],
        "how": words.named("done"),
        "watch": casework.own_watch(person=actor.user_id, now=now),
        "reading": casework.is_somebody_reading(scope=actor.scope, now=now),
        "now": now,
        "guard": offers(actor=actor, action=permissions.READ_SAFETY),
    }
    return show(request, "triage/duties.html", context)


@require_POST
def seen(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """See to a duty."""
    return _do(request, duty.acknowledge, _("You see to it: the clock stopped."), "triage:duties", duty_id=duty_id)


@require_POST
def done(request: HttpRequest, duty_id: UUID) -> HttpResponse:
    """Say what was done."""
    how = request.POST.get("how", "")
    return _do(request, duty.done, _("It is done."), "triage:duties", duty_id=duty_id, how=how)


@require_POST
def on_duty(request: HttpRequest) -> HttpResponse:
    """Be on duty."""
    told = _("You are on duty for eight hours, or until you sign out.")
    return _do(request, watching.go_on_duty, told, "triage:duties")


@require_POST
def off_duty(request: HttpRequest) -> HttpResponse:
    """Not on duty any more."""
    return _do(request, watching.go_off_duty, _("You are not on duty."), "triage:duties")


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Reports that wait for a crime number, and the newest crimes."""
    now, actor = clock(), actor_of(request)
    waiting = list(queues.waiting_for_number(scope=actor.scope)[:MOST])
    crimes = CrimeRecord.objects.filter(queues.within(actor.scope, field="report__scope")).select_related("report")
    context = {
        "rows": [_waiting(report, now) for report in waiting],
        "codes": list(offences().offences.values()),
        "crimes": crimes.defer("report__content", "report__safety", "report__contact").order_by("-recorded_at")[:50],
        "reasons": words.named("cancel"),
        "hours": int(RECORDING.total_seconds() // 3600),
    }
    return show(request, "triage/numbers.html", context)


@require_POST
def number(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Record a crime with its number."""
    written, offence = text_of(request, "number", longest=100), text_of(request, "offence", longest=30)

    def record(**common: Any) -> None:
        try:
            recording.record_crime(number=written, offence=offence, **common)
        except recording.NumberTakenError as taken:
            raise MissingError("number-taken") from taken

    told = _("The crime is recorded, and the reporter can read its number.")
    return _do(request, record, told, "triage:numbers", report_id=report_id)


@require_POST
def cancel(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Cancel a crime record."""
    told = _("The record is cancelled. The report is back in the queue.")
    reason = request.POST.get("reason", "")
    return _do(request, recording.cancel_crime, told, "triage:numbers", report_id=report_id, reason=reason)


@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """Hand-overs that wait, both ways."""
    now, actor = clock(), actor_of(request)

    def rows(found: Any) -> list[tuple[Any, str, str, str]]:
        return [
            (
                h,
                words.body_words(h.report.scope if h.to == actor.scope else h.to),
                words.clock_words(due=h.due_at, now=now),
                ", ".join(words.kind_words(code) for code in h.report.kinds),
            )
            for h in found[:MOST]
        ]

    coming = queues.coming_in(scope=actor.scope).filter(to__startswith="force:")
    context = {"coming": rows(coming), "gone": rows(queues.gone_out(scope=actor.scope))}
    return show(request, "triage/handovers.html", context)


@require_POST
def acknowledge(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Take over a report that another force handed over."""
    told = _("The report is yours now, with its open duties.")
    return _do(request, handing.acknowledge, told, "triage:handovers", handover_id=handover_id)


@require_POST
def note_reference(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Note what the other body said."""
    given = text_of(request, "reference", longest=100)
    told = _("It is noted: they have the report.")
    return _do(request, handing.note_acknowledged, told, "triage:handovers", handover_id=handover_id, reference=given)


@require_POST
def take_back(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Take a report back."""
    told = _("The report is back in the queue.")
    return _do(request, handing.take_back, told, "triage:handovers", handover_id=handover_id)


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Closed reports whose day of review has come."""
    now, actor = clock(), actor_of(request)
    due = queues.due_reviews(scope=actor.scope, today=now.date())[:MOST]
    context = {"rows": [line(report, now=now, flags=False) for report in due], "reasons": words.named("keep")}
    return show(request, "triage/reviews.html", context)


@require_POST
def keep(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Keep a report for another year."""
    reason = request.POST.get("reason", "")
    told = _("It is kept for another twelve months.")
    return _do(request, reviewing.keep, told, "triage:reviews", report_id=report_id, reason=reason)


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Erase a report: asked once more, because it cannot be undone."""
    if request.method != "POST":
        return show(request, "triage/erase.html", {"report_id": report_id})
    return _do(request, reviewing.erase, _("It is erased for good."), "triage:reviews", report_id=report_id)


def _waiting(report: Any, now: Any) -> tuple[Any, Any, str]:
    """A report that waits for a number, its decision, and the clock from the day that it came."""
    decision = report.decisions.all()[len(report.decisions.all()) - 1]
    return line(report, now=now, flags=False), decision, words.clock_words(due=report.received_at + RECORDING, now=now)


def _do(request: HttpRequest, act: Any, told: str, back: str, **more: Any) -> HttpResponse:
    def run() -> None:
        act(actor=actor_of(request), now=clock(), **more)

    return do(request, run, done=told, back=back)
