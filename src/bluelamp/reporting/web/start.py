"""Where a report begins: what it is for, how to leave quickly, and the draft."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.reporting.domain.journey import walk
from bluelamp.reporting.operations import drafts
from bluelamp.reporting.operations.journey_counts import count_page
from bluelamp.reporting.queries.usual import kept_usual_times
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.journey_codes import to_question
from bluelamp.reporting.web.journey_counting import MOST_BEGUN, counted, too_many
from bluelamp.reporting.web.journey_sitting import hold, kept_out, language, token_of


@gzip_page
@require_safe
@kept_out
def start(request: HttpRequest) -> HttpResponse:
    """What reporting is for, and the way into it."""
    context = {"is_open": bool(token_of(request)), "usual": kept_usual_times(today=timezone.localdate())}
    return render(request, "report/start.html", context)


@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@kept_out
def before(request: HttpRequest) -> HttpResponse:
    """How to leave quickly, before the first question. Going on begins a draft, or goes on with the open one."""
    if request.method != "POST":
        return render(request, "report/before.html")
    now = datetime.now(tz=UTC)
    shelf = questions()
    try:
        open_one = drafts.open_draft(token=token_of(request), now=now)
        return to_question(walk(shelf=shelf, answers=open_one.answers).next or shelf.questions[-1].id)
    except drafts.DraftGoneError:
        pass
    if counted(request, what="begun", seconds=60, now=now) > MOST_BEGUN:
        return too_many(request)
    # What the invented people of a demonstration report must never count as real (RED-LINES 17).
    origin = "exercise" if settings.BLUELAMP_DEMO else "live"
    draft, token = drafts.begin(language=language(), origin=origin, now=now)
    count_page(page="start", what="begun", day=timezone.localdate(now))
    response = to_question(walk(shelf=shelf, answers=draft.answers).next)
    hold(response, token)
    return response
