"""The tracking page: opening it with words, reading it, leaving it."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.reporting.domain.references import WordsError
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.operations import following, looking
from bluelamp.reporting.web import follow_pace as pace
from bluelamp.reporting.web import follow_words
from bluelamp.reporting.web.follow_sitting import At, end, followed, hold, to, token_of
from bluelamp.reporting.web.journey_sitting import kept_out, language


@require_http_methods(["GET", "HEAD", "POST"])
@kept_out
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the words; the answer to wrong ones is the same whether there ever was a report."""
    if request.method != "POST":
        return render(request, "report/follow_open.html")
    now = datetime.now(tz=UTC)
    typed = {"typed": request.POST.get("words", ""), "own_word": request.POST.get("own-word", "")}
    try:
        words = word_list().read(typed["typed"])
    except WordsError as problem:
        places = ", ".join(str(place) for place, _like in problem.unknown)
        return _again(request, typed, problem=problem, places=places)
    wait, ticket = pace.seconds_to_wait(request, now=now)
    if wait:
        response = _again(request, typed, wait=wait, ticket=ticket)
        response.status_code, response["Retry-After"] = 429, str(wait)
        return response
    try:
        follow, token = following.open_follow(
            words=words,
            own_word=typed["own_word"],
            may_try=lambda report: pace.may_try_own_word(request, report=report),
            now=now,
        )
    except following.NoReportError:
        pace.count_wrong(request)
        return _again(request, typed, none=True)
    if typed["own_word"].strip() and not follow.full:
        pace.count_own_word(request, report=follow.report)
    if token_of(request):
        following.leave(token=token_of(request))
    response = to("following")
    hold(response, token)
    return response


@require_safe
@followed
def page(request: HttpRequest, at: At) -> HttpResponse:
    """What may be read: "received" and no more, or everything."""
    if not at.follow.full:
        return render(request, "report/follow_received.html", {"received": looking.received(follow=at.follow)})
    told = looking.everything(follow=at.follow, language=language(), now=at.now)
    words = {"roles": follow_words.roles(), "kinds": follow_words.posts()}
    new = [post for post in told.posts if post.is_new]
    return render(request, "report/follow_page.html", {"told": told, "new": new, **words})


@require_safe
@followed
def answers(request: HttpRequest, at: At) -> HttpResponse:
    """What was told, to be read again and corrected."""
    rows = looking.told(follow=at.follow, language=language())
    return render(request, "report/follow_told.html", {"rows": rows})


@require_POST
@kept_out
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page in this browser."""
    response = render(request, "report/follow_left.html") if token_of(request) else to("follow")
    end(request, response)
    return response


def _again(request: HttpRequest, typed: dict[str, str], **more: Any) -> HttpResponse:
    return render(request, "report/follow_open.html", {**typed, **more})
