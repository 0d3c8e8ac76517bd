"""Deciding, handing over and asking: choose, write, see exactly what the reporter will read, confirm.

Each page is one form that is posted again with what was chosen, so that nothing is lost and no session is needed.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.places.queries import forces
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.casework import LONGEST_TEXT
from bluelamp.reporting.domain.life import OUTCOMES
from bluelamp.reporting.domain.routing import REPORT_FRAUD
from bluelamp.reporting.facts import desk, offences
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.triage import deciding, handing, noting
from bluelamp.reporting.operations.triage.common import (
    ConflictError,
    MissingError,
    NoReportError,
    WrongStateError,
    permitted,
    written,
)
from bluelamp.reporting.queries.casework import standing
from bluelamp.reporting.web import desk_words as words
from bluelamp.reporting.web.desk_common import actor_of, clock, conflict, show, text_of

STEPS = ("choose", "write", "preview", "confirm")


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Decide on a report."""
    report = _report(request, report_id, permissions.DECIDE)
    chosen = _chosen(request, report)
    context = {**chosen, "reasons": reason_groups(handed=False), "codes": list(offences().offences.values())}
    return _steps(request, report, context, act=_decide, page="triage/decide.html")


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Hand a report over."""
    report = _report(request, report_id, permissions.HAND_OVER)
    bodies = [(f"force:{f.slug}", words.body_words(f"force:{f.slug}")) for f in forces()]
    bodies = [(REPORT_FRAUD, words.body_words(REPORT_FRAUD)), *(b for b in bodies if b[0] != report.scope)]
    chosen = _chosen(request, report)
    context = {**chosen, "reasons": reason_groups(handed=True), "bodies": bodies, "handing": True}
    return _steps(request, report, context, act=_hand_over, page="triage/decide.html")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Ask a reporter for something that they already have."""
    report = _report(request, report_id, permissions.WRITE)
    asked, more = request.POST.get("request", ""), text_of(request, "more", longest=2_000)
    step, problem, text = request.POST.get("step", "choose"), "", ""
    if request.method == "POST":
        try:
            if asked not in desk().requests:
                raise MissingError("request")
            text = noting.question_text(request=asked, more=more, language=report.language)
            if step == "confirm":
                noting.ask(actor=actor_of(request), report_id=report.pk, request=asked, more=more, now=clock())
                messages.success(request, _("The reporter can read it now."))
                return redirect("triage:report", report_id=report.pk)
        except (MissingError, WrongStateError) as wrong:
            problem, step = str(words.problem_words(wrong.code)), "choose"
    language = get_language() or "en"
    context = {
        "report": report,
        "requests": [(code, row.name(language)) for code, row in desk().requests.items()],
        "asked": asked,
        "more": more,
        "step": step if step in ("choose", "preview") else "choose",
        "text": text,
        "problem": problem,
    }
    return show(request, "triage/ask.html", context)


def reason_groups(*, handed: bool) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Reasons by outcome, in words."""
    language, table = get_language() or "en", desk()
    outcomes = [o for o in OUTCOMES if (o == "handed-over") is handed]
    return [(words.OUTCOMES[o], [(r.code, r.name(language)) for r in table.reasons_for(o)]) for o in outcomes]


def check_step(context: dict[str, Any], *, language: str) -> dict[str, Any]:
    """What a step needs before the next is shown: the chosen reason, then the words. Falls back to the step that fails.

    Gives what changes: `step`, `problem`, `text`, `outcome`.
    """
    step, reason = context["step"], desk().reasons.get(context["reason"])
    if step == "choose":
        return {}
    if reason is None:
        return {"step": "choose", "problem": words.problem_words("reason")}
    if context.get("handing") and not handing.is_body(to=context["to"]):
        return {"step": "choose", "problem": words.problem_words("to")}
    found = {"outcome": reason.outcome, "outcome_words": words.OUTCOMES[reason.outcome]}
    if step == "write" and not context["text"]:
        return {**found, "text": reason.text(language).replace("{body}", _body(context, language))}
    try:
        if step != "write":
            written(context["text"], longest=LONGEST_TEXT)
            deciding.check(outcome=reason.outcome, reason=reason.code, offence=context.get("offence", ""))
    except MissingError as wrong:
        return {**found, "step": "write", "problem": words.problem_words(wrong.code)}
    return found


def _steps(request: HttpRequest, report: Report, context: dict[str, Any], *, act: Any, page: str) -> HttpResponse:
    context.update(check_step(context, language=report.language))
    if context["step"] == "confirm":
        try:
            act(request, report, context)
        except ConflictError:
            return conflict(request, back="triage:report", report_id=report.pk)
        except (MissingError, WrongStateError) as wrong:
            context.update(step="write", problem=words.problem_words(wrong.code))
        else:
            messages.success(request, _("It is decided, and the reporter can read why."))
            return redirect("triage:report", report_id=report.pk)
    return show(request, page, context)


def _chosen(request: HttpRequest, report: Report) -> dict[str, Any]:
    step = request.POST.get("step", "choose")
    return {
        "report": report,
        "kinds": ", ".join(words.kind_words(code) for code in report.kinds),
        "step": step if step in STEPS else "choose",
        "seen": request.POST.get("seen", "")[:120] or standing(report=report),
        "reason": request.POST.get("reason", ""),
        "reason_words": words.reason_words(request.POST.get("reason", "")),
        "offence": text_of(request, "offence", longest=30).strip(),
        "text": text_of(request, "text"),
        "to": request.POST.get("to", ""),
        "to_words": words.body_words(request.POST.get("to", "")),
        "problem": "",
    }


def _decide(request: HttpRequest, report: Report, context: dict[str, Any]) -> None:
    names = ("outcome", "reason", "text", "offence", "seen")
    chosen = {name: context[name] for name in names}
    deciding.decide(actor=actor_of(request), report_id=report.pk, now=clock(), **chosen)


def _hand_over(request: HttpRequest, report: Report, context: dict[str, Any]) -> None:
    chosen = {name: context[name] for name in ("to", "reason", "text", "seen")}
    handing.hand_over(actor=actor_of(request), report_id=report.pk, now=clock(), **chosen)


def _body(context: dict[str, Any], language: str) -> str:
    with override(language):
        return words.body_words(context.get("to", ""))


def _report(request: HttpRequest, report_id: UUID, action: Action) -> Report:
    try:
        return permitted(actor=actor_of(request), action=action, report_id=report_id, now=clock())
    except NoReportError as gone:
        raise Http404("There is no such report.") from gone
