"""New words for somebody who lost theirs, through a proved address. Every answer is the same, whatever is held."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from bluelamp.reporting.operations import reaching, recovery
from bluelamp.reporting.web import follow_pace as pace
from bluelamp.reporting.web.journey_sitting import kept_out

_LONGEST = 254


@require_http_methods(["GET", "HEAD", "POST"])
@kept_out
def recover(request: HttpRequest) -> HttpResponse:
    """Ask for reference and address; then, always, for the code."""
    if request.method != "POST":
        return render(request, "report/follow_recover.html")
    typed = _typed(request)
    if not (typed["reference"] and typed["address"]):
        return render(request, "report/follow_recover.html", {**typed, "missing": True})
    now = datetime.now(tz=UTC)
    wait, ticket = pace.seconds_to_wait(request, now=now)
    if wait:
        return _waiting(request, "report/follow_recover.html", wait, ticket)
    pace.count_wrong(request)
    recovery.ask(reference=typed["reference"], address=typed["address"], now=now)
    return render(request, "report/follow_code.html", typed)


@require_POST
@kept_out
def code(request: HttpRequest) -> HttpResponse:
    """Take the code; where it is right, show new words, once."""
    typed, now = _typed(request), datetime.now(tz=UTC)
    wait, ticket = pace.seconds_to_wait(request, now=now)
    if wait:
        return _waiting(request, "report/follow_code.html", wait, ticket)
    try:
        new = recovery.recover(code=request.POST.get("code", "")[:40], now=now, **typed)
    except reaching.CodeError:
        pace.count_wrong(request)
        return render(request, "report/follow_code.html", {**typed, "wrong": True})
    return render(request, "report/follow_new_words.html", {"new": new})


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip()[:_LONGEST] for name in ("reference", "address")}


def _waiting(request: HttpRequest, template: str, wait: int, ticket: str) -> HttpResponse:
    code_typed = request.POST.get("code", "")[:40]
    context = {**_typed(request), "code": code_typed, "wait": wait, "ticket": ticket}
    response = render(request, template, context, status=429)
    response["Retry-After"] = str(wait)
    return response
