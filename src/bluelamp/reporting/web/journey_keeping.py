"""Time and coming back: saving with words, resuming, being away, and the page that says that nothing is open."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.reporting.domain.journey import barred, walk
from bluelamp.reporting.domain.references import WordsError
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.operations import drafts
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.journey import time_limit
from bluelamp.reporting.web.journey_codes import address_of, to_question
from bluelamp.reporting.web.journey_counting import MOST_TRIED, counted, too_many
from bluelamp.reporting.web.journey_sitting import (
    Sitting,
    gone,
    hold,
    kept_out,
    let_go,
    sitting,
    token_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
@sitting
def save(request: HttpRequest, at: Sitting) -> HttpResponse:
    """Keep what was written, and come back with words, which the answer to the form tells once."""
    shelf = questions()
    following = walk(shelf=shelf, answers=at.draft.answers).next or shelf.questions[-1].id
    if "save" in barred(shelf=shelf, answers=at.draft.answers):
        return to_question(following)
    context = {"back": address_of(following), **time_limit(at)}
    if request.method != "POST":
        return render(request, "report/save.html", context)
    saved, words = drafts.save_for_later(token=at.token, now=at.now)
    return render(request, "report/saved.html", {**context, "recovery": words, "until": saved.expires_at})


@require_http_methods(["GET", "HEAD", "POST"])
@kept_out
def resume(request: HttpRequest) -> HttpResponse:
    """Open a saved draft by its words. The answer to words of no draft never says whether they were ever any."""
    if request.method != "POST":
        return render(request, "report/resume.html", {"typed": ""})
    now, typed = datetime.now(tz=UTC), request.POST.get("words", "")
    if counted(request, what="words", seconds=60, now=now) > MOST_TRIED:
        return too_many(request)
    try:
        words = word_list().read(typed)
    except WordsError as problem:
        return render(request, "report/resume.html", {"typed": typed, "problem": problem, "places": _places(problem)})
    try:
        draft, token = drafts.resume(words=words, now=now)
    except drafts.DraftGoneError:
        return render(request, "report/resume.html", {"typed": typed, "none": True})
    shelf = questions()
    response = to_question(walk(shelf=shelf, answers=draft.answers).next or shelf.questions[-1].id)
    hold(response, token)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@kept_out
def away(request: HttpRequest) -> HttpResponse:
    """You were away: nothing that was written is shown before the person goes on."""
    token, now, shelf = token_of(request), datetime.now(tz=UTC), questions()
    try:
        draft = drafts.open_draft(token=token, now=now)
        if draft.sent:
            return HttpResponseRedirect(reverse("report:sent"))
        if request.method == "POST":
            draft = drafts.go_on(token=token, now=now)
            return to_question(walk(shelf=shelf, answers=draft.answers).next or shelf.questions[-1].id)
    except drafts.DraftGoneError:
        return gone()
    return render(request, "report/away.html")


@require_POST
@kept_out
def on(request: HttpRequest) -> HttpResponse:
    """The page's script says that the person is still there; tells how many seconds are left now."""
    now = datetime.now(tz=UTC)
    try:
        draft = drafts.open_draft(token=token_of(request), now=now)
        # One that has rested is asked about on its own page.
        if draft.rested or draft.sent:
            return JsonResponse({"seconds": 0})
        draft = drafts.go_on(token=token_of(request), now=now)
    except drafts.DraftGoneError:
        return JsonResponse({"seconds": 0})
    return JsonResponse({"seconds": int((draft.rests_at - now).total_seconds())})


@require_safe
@kept_out
def nothing_open(request: HttpRequest) -> HttpResponse:
    """Nothing is open in this browser: it was left, sent, or too long ago. Says nothing about what it was."""
    response = render(request, "report/gone.html")
    if token_of(request):
        let_go(response)
    return response


def _places(problem: WordsError) -> str:
    return ", ".join(str(place) for place, _like in problem.unknown)
