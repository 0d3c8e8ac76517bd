"""The pages of questions, one at a time: shown, checked, answered, and at the end sent."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from bluelamp.reporting.domain.checking import check
from bluelamp.reporting.domain.journey import advising, barred, flags, walk
from bluelamp.reporting.domain.problems import Problem
from bluelamp.reporting.domain.question import Flag, Kind, Question
from bluelamp.reporting.domain.showing import page as page_of
from bluelamp.reporting.domain.values import State, given
from bluelamp.reporting.operations import drafts, sending
from bluelamp.reporting.operations.journey_counts import count_page
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.journey_advice import told
from bluelamp.reporting.web.journey_answers import sections_of, way_of
from bluelamp.reporting.web.journey_codes import address_of, question_of, to_question
from bluelamp.reporting.web.journey_counting import AGED, MOST_SENT, USUAL_SENT, counted, too_many
from bluelamp.reporting.web.journey_devices import Picking, chosen_in, picking
from bluelamp.reporting.web.journey_forms import Fields, fields_of, form_of
from bluelamp.reporting.web.journey_sitting import Sitting, language, sitting

# How a page's answers are counted, tied to nobody (docs/reference/report-pages.md).
_USE = {State.GIVEN: "answered", State.NOT_SURE: "unsure", State.SKIPPED: "skipped"}
_FIRST_TO_SAVE = 2  # after so many answered pages saving is offered
_log = logging.getLogger("bluelamp.reporting")


@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
@sitting
def question(request: HttpRequest, at: Sitting, number: int) -> HttpResponse:
    """The page of one question."""
    try:
        asked = questions().by_id[question_of(number)]
    except KeyError:
        raise Http404("There is no such page.") from None
    way = walk(shelf=questions(), answers=at.draft.answers)
    if not (way.reaches(asked.id) or (way.is_complete and asked.kind is Kind.CHECK)):
        return _onward(at.draft)
    if request.method != "POST":
        count_page(page=asked.id, what="seen", day=timezone.localdate(at.now))
        return _shown(request, at, asked, fields_of(question=asked, answer=at.draft.answers.get(asked.id)))
    if asked.kind is Kind.CHECK:
        return _send(request, at, asked)
    return _answered(request, at, asked)


def _answered(request: HttpRequest, at: Sitting, asked: Question) -> HttpResponse:
    fields: dict[str, list[str]] = {name: request.POST.getlist(name) for name in request.POST}
    if asked.kind is Kind.DEVICE and not {"unsure", "skip"} & set(fields):
        picked = picking(fields)
        if not picked.is_done:
            return _shown(request, at, asked, fields, picked=picked)
        fields = {**picked.fields}
    if "skip" in fields and asked.optional:
        fields = {}
    seen = advising(shelf=questions(), question=asked, answers=at.draft.answers).seen
    checked = check(question=asked, fields=fields, today=timezone.localdate(), seen=seen)
    what = _USE[checked.answer.state] if checked.answer else "wrong"
    count_page(page=asked.id, what=what, day=timezone.localdate(at.now))
    if checked.answer is None:
        return _shown(request, at, asked, fields, problems=checked.problems)
    try:
        return _onward(drafts.answer(token=at.token, question=asked.id, given=checked.answer, now=at.now))
    except drafts.TooMuchError:
        return _shown(
            request, at, asked, fields, problems=(Problem("too-long", "value", {"limit": f"{asked.limit:,}"}),)
        )


def _onward(draft: drafts.OpenDraft) -> HttpResponseRedirect:
    """To the page that is open; where all are answered, to the last, which sends."""
    shelf = questions()
    return to_question(walk(shelf=shelf, answers=draft.answers).next or shelf.questions[-1].id)


def _send(request: HttpRequest, at: Sitting, asked: Question) -> HttpResponse:
    old = at.draft.started_at is not None and at.now - at.draft.started_at > AGED
    try:
        burst = counted(request, what="sent", seconds=3600, now=at.now) > USUAL_SENT
        if burst and not old and counted(request, what="sent", seconds=60, now=at.now) > MOST_SENT:
            return too_many(request)
        seen = advising(shelf=questions(), question=asked, answers=at.draft.answers).seen
        sending.send(token=at.token, last={asked.id: given(seen)}, burst=burst, now=at.now)
    except sending.NotFinishedError as open_one:
        return to_question(open_one.next)
    except DatabaseError as failure:
        # The draft is whole: what sends a report is one transaction, and it did not happen.
        _log.error("A report could not be sent", exc_info=failure)
        again = {"again": address_of(asked.id)}
        response = render(request, "report/not_sent.html", again, status=503)
        response["Retry-After"] = "30"
        return response
    return HttpResponseRedirect(reverse("report:sent"))


def _shown(
    request: HttpRequest,
    at: Sitting,
    asked: Question,
    fields: Fields,
    *,
    problems: tuple[Problem, ...] = (),
    picked: Picking | None = None,
) -> HttpResponse:
    shelf, answers = questions(), at.draft.answers
    page = page_of(shelf=shelf, question=asked.id, answers=answers, language=language())
    way = walk(shelf=shelf, answers=answers)
    raised, may_not = flags(shelf=shelf, answers=answers), barred(shelf=shelf, answers=answers)
    context: dict[str, Any] = {
        "page": page,
        "words": shelf.phrases[page.language],
        "number": (*way.asked, way.next, asked.id).index(asked.id) + 1,
        "back": address_of(page.back) if page.back else reverse("report:before"),
        "form": form_of(shelf=shelf, page=page, fields=fields, problems=problems, private=Flag.PRIVATE in raised),
        "template": f"report/fields/{_TEMPLATES.get(asked.kind, 'text')}.html",
        "may_save": "save" not in may_not and len(way.asked) >= _FIRST_TO_SAVE,
        **time_limit(at),
        **_more(at, asked, fields, picked, page.language),
        "told": told(
            question=asked.id,
            topics=page.topics,
            abuse_safe=page.abuse_safe,
            lines=page.helplines,
            language=page.language,
        ),
    }
    return render(request, "report/check.html" if asked.kind is Kind.CHECK else "report/question.html", context)


def _more(at: Sitting, asked: Question, fields: Fields, picked: Picking | None, spoken: str) -> Mapping[str, Any]:
    if asked.kind is Kind.DEVICE:
        return {"picking": picked or chosen_in(fields)}
    if asked.kind is Kind.CHECK:
        return {"sections": sections_of(answers=at.draft.answers, language=spoken), "way": way_of(at.draft, spoken)}
    return {}


def time_limit(at: Sitting) -> dict[str, Any]:
    """What a page says about time: seconds until it rests, and whether what was written then ends."""
    left = int((at.draft.rests_at - at.now).total_seconds())
    return {"seconds_left": max(left, 0), "ends": at.draft.keep == "sitting"}


_TEMPLATES = {
    Kind.INFO: "none",
    Kind.CHECK: "none",
    Kind.CHOICE: "options",
    Kind.CHOICES: "options",
    Kind.DATE: "dates",
    Kind.DATES: "dates",
    Kind.CONTACT: "ways",
    Kind.DEVICE: "device",
}
