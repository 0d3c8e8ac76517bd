"""Campaigns, and giving parts of a report to an organisation."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.kernel.people.queries import organisations
from bluelamp.reporting import permissions
from bluelamp.reporting.facts import desk, offences
from bluelamp.reporting.models import Campaign
from bluelamp.reporting.operations.triage import campaigns, disclosing
from bluelamp.reporting.operations.triage.common import MissingError, NoReportError, WrongStateError, permitted
from bluelamp.reporting.queries.queue import within
from bluelamp.reporting.web import desk_words as words
from bluelamp.reporting.web.desk import line
from bluelamp.reporting.web.desk_common import actor_of, clock, do, show, text_of
from bluelamp.reporting.web.desk_decide import STEPS, check_step, reason_groups

_SEALED = ("content", "safety", "contact")


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns of the scope, and beginning one."""
    problem, title = "", ""
    if request.method == "POST":
        title = text_of(request, "title", longest=200)
        try:
            made = campaigns.open_campaign(actor=actor_of(request), title=title, now=clock())
            return redirect("triage:campaign", campaign_id=made.pk)
        except MissingError as wrong:
            problem = str(words.problem_words(wrong.code))
    found = Campaign.objects.filter(within(actor_of(request).scope))[:100]
    return show(request, "triage/campaigns.html", {"rows": found, "problem": problem, "title": title})


@require_safe
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign with its reports."""
    return _campaign(request, campaign_id, {"step": "choose"})


@require_POST
def campaign_add(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Add a report by its reference."""

    def run() -> None:
        given = text_of(request, "reference", longest=60)
        campaigns.add_report(actor=actor_of(request), campaign_id=campaign_id, reference=given, now=clock())

    return do(request, run, done=_("The report is added."), back="triage:campaign", campaign_id=campaign_id)


@require_POST
def campaign_remove(request: HttpRequest, campaign_id: UUID, report_id: UUID) -> HttpResponse:
    """Take a report out."""

    def run() -> None:
        campaigns.remove_report(actor=actor_of(request), campaign_id=campaign_id, report_id=report_id, now=clock())

    return do(request, run, done=_("The report is taken out."), back="triage:campaign", campaign_id=campaign_id)


@require_POST
def campaign_decide(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Decide for all: choose, write, see what the reporters read, confirm."""
    step = request.POST.get("step", "choose")
    context: dict[str, Any] = {
        "step": step if step in STEPS else "choose",
        "reason": request.POST.get("reason", ""),
        "reason_words": words.reason_words(request.POST.get("reason", "")),
        "text": text_of(request, "text"),
        "welsh": text_of(request, "welsh"),
        "offence": text_of(request, "offence", longest=30).strip(),
        "problem": "",
    }
    context.update(check_step(context, language="en"))
    if context["step"] == "write" and not context["welsh"]:
        context["welsh"] = desk().reasons[context["reason"]].text("cy")
    if context["step"] != "confirm":
        return _campaign(request, campaign_id, context)
    chosen = {name: context[name] for name in ("outcome", "reason", "text", "welsh", "offence")}
    try:
        result = campaigns.decide_campaign(actor=actor_of(request), campaign_id=campaign_id, now=clock(), **chosen)
    except NoReportError as gone:
        raise Http404("There is no such campaign.") from gone
    except (MissingError, WrongStateError) as wrong:
        return _campaign(request, campaign_id, {**context, "step": "write", "problem": words.problem_words(wrong.code)})
    number = len(result.decisions)
    told = ngettext("%(n)d report is decided and answered.", "%(n)d reports are decided and answered.", number)
    messages.success(request, told % {"n": number})
    for reference, why in result.left:
        messages.warning(
            request, _("%(reference)s was left: %(why)s.") % {"reference": reference, "why": words.LEFT[why]}
        )
    return redirect("triage:campaign", campaign_id=campaign_id)


@require_http_methods(["GET", "HEAD", "POST"])
def disclose(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Give an organisation chosen parts."""
    now, actor = clock(), actor_of(request)
    try:
        report = permitted(actor=actor, action=permissions.DISCLOSE, report_id=report_id, now=now)
    except NoReportError as gone:
        raise Http404("There is no such report.") from gone
    problem = ""
    given = {name: request.POST.get(name, "")[:60] for name in ("organisation", "purpose", "basis", "until")}
    parts = request.POST.getlist("parts")[:20]
    if request.method == "POST":
        try:
            disclosing.disclose(
                actor=actor,
                report_id=report_id,
                organisation_id=_organisation(given["organisation"]),
                parts=parts,
                purpose=given["purpose"],
                basis=given["basis"],
                until=parse_day(given["until"]),
                now=now,
            )
        except (MissingError, WrongStateError) as wrong:
            problem = str(words.problem_words(wrong.code))
        else:
            messages.success(request, _("It is written down. The file below holds exactly what they are given."))
            return redirect("triage:disclose", report_id=report_id)
    table = desk().lists
    context = {
        "report": report,
        "organisations": organisations(),
        "parts": words.named("part"),
        "purposes": words.named("purpose"),
        "bases": words.named("basis"),
        "given": given,
        "chosen": parts,
        "problem": problem,
        "today": now.date(),
        "rows": [
            (
                d,
                [words.name_of(table["part"], part) for part in d.parts],
                words.name_of(table["purpose"], d.purpose),
                words.name_of(table["basis"], d.basis),
            )
            for d in report.disclosures.select_related("organisation", "by").order_by("-at")
        ],
    }
    return show(request, "triage/disclose.html", context)


@require_safe
def disclosed(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Exactly what an organisation is given, as a file."""
    try:
        shown = disclosing.export(actor=actor_of(request), disclosure_id=disclosure_id, now=clock())
    except NoReportError as gone:
        raise Http404("There is nothing at this address.") from gone
    except WrongStateError:
        return show(request, "triage/over.html", {}, status=410)
    answer = HttpResponse(json.dumps(shown, ensure_ascii=False, indent=2), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{shown["reference"]}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def disclosure_end(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """End a giving before its day."""

    def run() -> None:
        disclosing.end(actor=actor_of(request), disclosure_id=disclosure_id, now=clock())

    return do(request, run, done=_("It has ended."), back="triage:queue")


def parse_day(text: str) -> Any:
    """A day as browsers send it. Raises MissingError."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise MissingError("until")
    return found


def _organisation(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise MissingError("organisation") from wrong


def _campaign(request: HttpRequest, campaign_id: UUID, context: dict[str, Any]) -> HttpResponse:
    now = clock()
    try:
        found = campaigns.found(actor=actor_of(request), campaign_id=campaign_id, now=now)
    except NoReportError as gone:
        raise Http404("There is no such campaign.") from gone
    members = found.reports.defer(*_SEALED).order_by("received_at", "id").prefetch_related("flags")
    rows = [line(report, now=now) for report in members]
    shown = {
        "campaign": found,
        "rows": rows,
        "reasons": reason_groups(handed=False),
        "codes": list(offences().offences.values()),
        "welsh_readers": any(row.report.language == "cy" for row in rows),
        "step": "choose",
        "problem": "",
        **context,
    }
    return show(request, "triage/campaign.html", shown)
