"""One report: what is certain, what its reporter says, what the program suggests, what officers note; each apart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.permit import offers
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.flagging import texts_of
from bluelamp.reporting.domain.life import is_closed
from bluelamp.reporting.models import Duty, Report, ReportFlag, ReportLink
from bluelamp.reporting.operations.danger_reading import danger_words
from bluelamp.reporting.operations.triage import assigning, linking, noting, reading
from bluelamp.reporting.operations.triage.common import MissingError, NoReportError
from bluelamp.reporting.queries.casework import Case, case_of
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web import desk_words as words
from bluelamp.reporting.web.desk import line
from bluelamp.reporting.web.desk_common import actor_of, clock, do, show, text_of
from bluelamp.reporting.web.desk_suggesting import flag_reason, is_of_model, link_reason, suggestions
from bluelamp.ui.labels import CAPACITIES, Label

_BUTTONS: dict[str, Action] = {
    "assign": permissions.ASSIGN,
    "decide": permissions.DECIDE,
    "hand_over": permissions.HAND_OVER,
    "write": permissions.WRITE,
    "contact": permissions.READ_CONTACT,
    "safety": permissions.READ_SAFETY,
    "disclose": permissions.DISCLOSE,
    "link": permissions.LINK,
    "note": permissions.NOTE,
    "record": permissions.RECORD,
    "duty": permissions.DUTY,
}


Flagged = tuple[ReportFlag, Label, Label, str, Label]


@dataclass(frozen=True)
class Said:
    """Answers of one section in words."""

    name: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@require_safe
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The whole report, less its safety part and contact."""
    now = clock()
    try:
        opened = reading.read(actor=actor_of(request), report_id=report_id, now=now)
    except NoReportError as gone:
        raise Http404("There is no such report.") from gone
    return show(request, "triage/report.html", _context(request, opened, now=now))


@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The safety part: first why it is read, then the part."""
    return _part(request, report_id, reading.read_safety, title=_("Safety part"))


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """How to reach the reporter: first why it is read."""
    found = Report.objects.filter(pk=report_id).only("id", "watched").first()
    told = _("Do not write, and leave no message: nobody said that it is safe. Ring only as was agreed.")
    warning = "" if found and reading.is_contact_safe(report=found) else told
    return _part(request, report_id, reading.read_contact, title=_("How to reach the reporter"), warning=warning)


@require_POST
def take(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Take the report."""
    return _on(request, report_id, assigning.take, _("You work on this report now."))


@require_POST
def put_back(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Put the report back."""
    return _on(request, report_id, assigning.put_back, _("Nobody works on this report now."))


@require_POST
def give(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Give the report to a colleague."""
    person = _uuid(request.POST.get("person", "")) or UUID(int=0)
    return _on(request, report_id, assigning.give, _("It is given to your colleague."), person_id=person)


@require_POST
def add_note(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Keep a note."""
    return _on(request, report_id, noting.add_note, _("The note is kept."), text=text_of(request, "text"))


@require_POST
def answer(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Answer a reporter who wrote."""
    return _on(request, report_id, noting.answer, _("The reporter can read it now."), text=text_of(request, "text"))


@require_POST
def link(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Link another report by its reference."""
    reference = text_of(request, "reference", longest=60)
    return _on(request, report_id, linking.link_by_hand, _("The reports are linked."), reference=reference)


@require_POST
def decide_link(request: HttpRequest, report_id: UUID, link_id: int) -> HttpResponse:
    """Say what two reports are."""
    state = request.POST.get("state", "")
    return _on(request, report_id, linking.decide_link, _("The link is decided."), link_id=link_id, state=state)


def _context(request: HttpRequest, opened: reading.Opened, *, now: datetime) -> dict[str, Any]:
    found, language = opened.report, get_language() or "en"
    case = case_of(report=found)
    texts = reading.decision_texts(report=found)
    handed, buttons = (
        case.open_handover,
        {name: offers(actor=actor_of(request), action=a, scope=found.scope) for name, a in _BUTTONS.items()},
    )
    crime = case.crime if case.crime and not case.crime.cancelled_at else None
    return {
        "report": found,
        "line": line(found, now=now),
        "case": case,
        "opened": opened,
        "said": _sections(opened.answers, language),
        "flags": _flags(found, language),
        "danger_words": _danger_words(opened) if any(is_of_model(flag) for flag in found.flags.all()) else (),
        "posts": [(w, words.POSTS[w.row.kind], _role(w.row.role)) for w in opened.posts],
        "notes": [(w, _role(w.row.role)) for w in opened.notes],
        "decisions": [
            (d, words.OUTCOMES[d.outcome], words.reason_words(d.reason), texts.get(d.pk, "")) for d in case.decisions
        ],
        "steps": [(s, words.ACTS.get(s.act, s.act), _role(s.role)) for s in case.steps],
        "duties": [duty_row(d, now=now) for d in case.duties],
        "handovers": [(h, words.body_words(h.to)) for h in case.handovers],
        "handed": handed,
        "links": [_link(row, case, request, language) for row in case.links],
        "link_states": [(s.value, words.LINKS[s.value]) for s in ReportLink.State if s != "suggested"],
        "suggested": suggestions(report=found, answers=opened.answers, language=language),
        "channel": words.CHANNELS[found.channel],
        "may": buttons,
        "colleagues": _colleagues(found.scope, now) if buttons["assign"] else [],
        "mine": found.assigned_to_id == actor_of(request).user_id,
        "crime": crime,
        "closed": is_closed(found.state),
        "waits_for_number": found.closed_at is None and found.decided_at is not None,
    }


def duty_row(item: Duty, *, now: datetime) -> tuple[Duty, Label, Label, str]:
    """A duty in words: kind, level, and how its clock stands ("" once acknowledged)."""
    left = "" if item.acknowledged_at else words.clock_words(due=item.due_at, now=now)
    return item, words.DUTIES.get(item.kind, item.kind), words.LEVELS.get(item.level, item.level), left


def _sections(answers: reading.Answers, language: str) -> list[Said]:
    """Answers by section, in the order of the questions."""
    shelf = questions()
    names = {section.id: section.names["cy" if language == "cy" else "en"] for section in shelf.sections}
    rows: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for question in shelf.questions:
        if question.id in answers:
            told = reading.lines(question.id, answers[question.id], language=language)
            label = question.wording["cy" if language == "cy" else "en"].label
            rows.setdefault(question.section, []).append((label, told or (_("(of an older form)"),)))
    return [Said(names[section], tuple(found)) for section, found in rows.items()]


def _part(request: HttpRequest, report_id: UUID, read: Any, *, title: str, warning: str = "") -> HttpResponse:
    now = clock()
    context: dict[str, Any] = {"report_id": report_id, "title": title, "reasons": words.named("read"), "problem": ""}
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            answers = read(actor=actor_of(request), report_id=report_id, reason=reason, now=now)
            context["said"] = _sections(answers, get_language() or "en")
            context["warning"] = warning
        except NoReportError as gone:
            raise Http404("There is no such report.") from gone
        except MissingError as wrong:
            context["problem"] = words.problem_words(wrong.code)
    return show(request, "triage/part.html", context)


def _flags(report: Report, language: str) -> list[Flagged]:
    """The flags in words; the same one for the same reason stands once, however many answers raised it."""
    shown = [_flag(flag, language) for flag in report.flags.all()]
    return list({tuple(map(str, one[1:])): one for one in reversed(shown)}.values())[::-1]


def _flag(flag: ReportFlag, language: str) -> Flagged:
    """A flag with its name, level, reason, and what raised it."""
    name, level = words.FLAGS.get(flag.code, flag.code), words.LEVELS.get(flag.level, flag.level)
    raised_by = words.FLAG_SOURCES.get(flag.source.partition(":")[0], flag.source)
    return flag, name, level, flag_reason(flag, language=language), raised_by


def _danger_words(opened: reading.Opened) -> tuple[str, ...]:
    """The words that made the model suggest danger, from what this officer may read here; none of the safety part."""
    posts = [w.text for w in opened.posts if w.row.from_reporter]
    return danger_words(texts=[*texts_of(answers=opened.answers).values(), *posts])


def _link(row: ReportLink, case: Case, request: HttpRequest, language: str) -> dict[str, Any]:
    """A link as one side sees it. Of a report of another force only the reference is shown."""
    other = row.other if row.one_id == case.report.pk else row.one
    reach = actor_of(request).scope in ("national", other.scope)
    reasons = [link_reason(code, language=language) or words.LINK_REASONS.get(code, code) for code in row.reasons]
    return {"row": row, "other": other, "reach": reach, "reasons": reasons, "state": words.LINKS[row.state]}


def _colleagues(scope: str, now: datetime) -> list[User]:
    return assigning.colleagues(scope=scope, now=now)


def _role(code: str) -> Label:
    return CAPACITIES.get(code) or words.ROLES.get(code, code)


def _on(request: HttpRequest, report_id: UUID, act: Any, done: str, **more: Any) -> HttpResponse:
    def run() -> None:
        act(actor=actor_of(request), report_id=report_id, now=clock(), **more)

    return do(request, run, done=done, back="triage:report", report_id=report_id)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
