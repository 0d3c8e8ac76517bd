"""Pages of supporting organisations: a report for somebody on one page, and what the organisation sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.queries import organisation_names
from bluelamp.reporting.domain.checking import Fields
from bluelamp.reporting.domain.programs import Read, asked_so_far, must_be_said, read_fields, told
from bluelamp.reporting.domain.question import CHOOSING, NOT_SURE_CODE, Kind, Question
from bluelamp.reporting.operations import programs
from bluelamp.reporting.operations.programs import LONDON, AnswersError
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import for_supporting
from bluelamp.reporting.web.many import current_language, private

PAGE = 50
STATES = {
    "received": _("Received"),
    "registered": _("Being looked at"),
    "recorded": _("Recorded as a crime"),
    "not-recorded": _("Decided, not recorded as a crime"),
    "handed-over": _("Handed over to another body"),
    "withdrawn": _("Taken back"),
}
_PARTS = {
    Kind.DATE: ("day", "month", "year"),
    Kind.DATES: tuple(f"{which}-{part}" for which in ("first", "last") for part in ("day", "month", "year")),
}
_PART_WORDS = {
    "day": _("Day"),
    "month": _("Month"),
    "year": _("Year"),
    "first-day": _("First day"),
    "first-month": _("First month"),
    "first-year": _("First year"),
    "last-day": _("Last day"),
    "last-month": _("Last month"),
    "last-year": _("Last year"),
    "email": _("E-mail address"),
    "phone": _("Telephone number"),
}


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Part:
    """One text field: its name, its label where a question has several, and what was typed."""

    name: str
    label: object
    value: str


@dataclass(frozen=True)
class Shown:
    """One question of the form."""

    id: str
    label: str
    hint: str
    many: bool
    long: bool
    options: tuple[Option, ...]
    parts: tuple[Part, ...]
    not_sure: str
    unsure: bool
    problems: tuple[str, ...]


@require_safe
@private
def own(request: HttpRequest) -> HttpResponse:
    """What the organisation sent: reference, state and day, and nothing else."""
    organisation = programs.organisation_of(_actor(request))
    found = programs.sent_for(organisation=organisation) if organisation else programs.sent_by(client="-")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    listed = [programs.told_of(report) for report in page]
    rows = [(row.reference, STATES[row.state], row.received_at) for row in listed]
    return render(request, "report/behalf/own.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@private
def one(request: HttpRequest) -> HttpResponse:
    """A report for somebody. Nothing is kept until it is sent: what was written stands in the form."""
    actor, now, language = _actor(request), datetime.now(tz=UTC), current_language()
    once = _once(request)
    if request.method != "POST":
        known = for_supporting(organisation=organisation_names().get(actor.scope, ""))
        filled: dict[str, Fields] = {name: {"value": (str(value),)} for name, value in known.items()}
        return _form(request, filled, None, once, language)
    fields = _fields(request)
    read = read_fields(shelf=questions(), fields=fields, today=now.astimezone(LONDON).date(), fill=True)
    if request.POST.get("act") != "send":
        return _form(request, fields, read if any(w.question in fields for w in read.wrong) else None, once, language)
    try:
        origin = str(getattr(request.user, "origin", "live"))
        sent = programs.send_on_behalf(actor=actor, read=read, language=language, once=once, origin=origin, now=now)
    except AnswersError:
        return _form(request, fields, read, once, language, status=422)
    return render(request, "report/behalf/sent.html", {"report": sent.report, "words": " ".join(sent.words)})


def _form(
    request: HttpRequest,
    fields: Mapping[str, Fields],
    read: Read | None,
    once: UUID,
    language: str,
    status: int = 200,
) -> HttpResponse:
    shelf = questions()
    today = datetime.now(tz=UTC).astimezone(LONDON).date()
    given = read_fields(shelf=shelf, fields=fields, today=today, fill=True)
    bad = {wrong.question for wrong in given.wrong}
    answers = {name: given.answers[name] for name in fields if name in given.answers and name not in bad}
    asked = {question.id for question in asked_so_far(shelf=shelf, answers=answers)}
    wrong = read.wrong if read else ()
    asked |= {one.question for one in wrong}
    sentences = [(w.question, told(shelf=shelf, wrong=w, language=language)) for w in wrong]
    problems = {name: tuple(words for about, words in sentences if about == name) for name in asked}
    rows = [
        _shown(question, fields.get(question.id, {}), problems[question.id], language)
        for question in shelf.questions
        if question.id in asked
    ]
    context = {"rows": rows, "once": once, "problems": [row for row in rows if row.problems]}
    return render(request, "report/behalf/one.html", context, status=status)


def _shown(question: Question, fields: Fields, problems: tuple[str, ...], language: str) -> Shown:
    words = question.wording[language]
    chosen = set(fields.get("value", ()))
    unsure = words.not_sure or questions().phrase(key=NOT_SURE_CODE, language=language)
    options: tuple[Option, ...] = ()
    names: tuple[str, ...] = ()
    if question.kind in CHOOSING:
        options = tuple(Option(code, words.options[code], code in chosen) for code in question.options)
        options = (*options, Option(NOT_SURE_CODE, unsure, NOT_SURE_CODE in chosen))
    else:
        names = _PARTS.get(question.kind) or question.ways or ("value",)
    return Shown(
        id=question.id,
        label=words.label,
        hint=words.hint,
        many=question.kind is Kind.CHOICES,
        long=question.kind in (Kind.TEXT, Kind.NUMBERS) and question.limit > 200,
        options=options,
        parts=tuple(Part(name, _PART_WORDS.get(name, ""), next(iter(fields.get(name, ())), "")) for name in names),
        not_sure="" if options or must_be_said(question) else unsure,
        unsure=bool(fields.get("unsure")),
        problems=problems,
    )


def _fields(request: HttpRequest) -> dict[str, Fields]:
    """The fields by question; those that are empty are left out, so that they count as not answered."""
    known, found = questions().by_id, dict[str, dict[str, tuple[str, ...]]]()
    for name, values in request.POST.lists():
        question, _dot, field = name.partition("__")
        filled = tuple(str(value) for value in values if str(value).strip())
        if question in known and not known[question].tells and field and filled:
            found.setdefault(question, {})[field] = filled
    return {name: fields for name, fields in found.items()}


def _once(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return uuid4()


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.__dict__["actor"]
    return actor
