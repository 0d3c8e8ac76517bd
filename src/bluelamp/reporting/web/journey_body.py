"""Another body than the proposed one, where there is a choice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from bluelamp.reporting.domain.journey import walk
from bluelamp.reporting.operations import drafts
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.journey import time_limit
from bluelamp.reporting.web.journey_answers import way_of
from bluelamp.reporting.web.journey_codes import address_of, to_question
from bluelamp.reporting.web.journey_sitting import Sitting, language, sitting


@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@sitting
def body(request: HttpRequest, at: Sitting) -> HttpResponse:
    """Choose who gets the report."""
    shelf = questions()
    last, way = shelf.questions[-1].id, walk(shelf=shelf, answers=at.draft.answers)
    if way.next not in ("", last):
        return to_question(way.next)
    proposed = way_of(at.draft, language())
    if len(proposed.bodies) < 2:
        return to_question(last)
    context = {"way": proposed, "back": address_of(last), "words": shelf.phrases[language()], **time_limit(at)}
    if request.method != "POST":
        return render(request, "report/body.html", context)
    wanted = request.POST.get("value", "")
    if wanted not in dict(proposed.bodies):
        return render(request, "report/body.html", {**context, "wrong": True})
    first = proposed.bodies[0][0]
    drafts.choose_body(token=at.token, body="" if wanted == first else wanted, now=at.now)
    return to_question(last)
