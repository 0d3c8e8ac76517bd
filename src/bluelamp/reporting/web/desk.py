"""The queue: what waits, filtered; a person's own views of it; what the next shift must know."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bluelamp.kernel.people.domain.scopes import NATIONAL
from bluelamp.kernel.people.operations.permit import offers
from bluelamp.kernel.places.queries import forces
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.due import RECORDING
from bluelamp.reporting.domain.life import CHANNELS
from bluelamp.reporting.domain.priority import IMMEDIATE, SOON, TODAY
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.domain.routing import KINDS
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.triage import viewing
from bluelamp.reporting.queries import queue as queues
from bluelamp.reporting.queries.shift import HOURS, shift
from bluelamp.reporting.web import desk_words as words
from bluelamp.reporting.web.desk_common import actor_of, clock, do, show
from bluelamp.ui.labels import Label

Choice = tuple[str, Label]
_LEVEL_OF = {IMMEDIATE: "immediate", TODAY: "today", SOON: "soon"}


@dataclass(frozen=True)
class Line:
    """One report as the queue shows it. `sealed`: only a safeguarding officer may open it."""

    report: Report
    kinds: str
    level: str
    level_words: Label
    flags: tuple[Label, ...]
    state: Label
    age: str
    body: str
    clock: str
    late: bool
    sealed: bool


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of the actor's scope."""
    now, actor = clock(), actor_of(request)
    filters = queues.read_filters({name: request.GET.get(name, "") for name in request.GET})
    page = queues.page(scope=actor.scope, filters=filters, me=actor.user_id, cursor=request.GET.get("after", ""))
    chosen = {name: value for name, value in vars(filters).items() if value}
    context = {
        "lines": [line(report, now=now) for report in page.rows],
        "count": page.count,
        "many": (page.count or 0) > queues.COUNTED,
        "newest": filters.state == "any",
        "most": queues.COUNTED,
        "following": urlencode({**chosen, "after": page.following}) if page.following else "",
        "first": urlencode(chosen) if request.GET.get("after") else "",
        "filters": filters,
        "query": urlencode(chosen),
        "selects": _selects(filters, national=actor.scope == NATIONAL),
        "views": queues.saved_views(person=actor.user_id),
        "national": actor.scope == NATIONAL,
        "safeguards": offers(actor=actor, action=permissions.READ_SAFETY),
        "narrowed": chosen != {"state": "to-decide"},
    }
    return show(request, "triage/queue.html", context)


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters in use under a name."""
    actor = actor_of(request)
    filters = queues.read_filters({name: request.POST.get(name, "") for name in vars(queues.Filters())})
    query = urlencode({name: value for name, value in vars(filters).items() if value and name != "reference"})
    try:
        viewing.save_view(actor=actor, name=request.POST.get("name", ""), query=query, now=clock())
    except viewing.ViewError:
        messages.error(request, _("Give the view a name of its own, 60 characters at most. You can keep 20."))
    else:
        messages.success(request, _("The view is kept."))
    return redirect(f"{reverse('triage:queue')}?{query}")


@require_POST
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Remove one of one's own views."""
    actor = actor_of(request)
    act = lambda: viewing.remove_view(actor=actor, view_id=view_id, now=clock())  # noqa: E731
    return do(request, act, done=_("The view is removed."), back="triage:queue")


@require_safe
def hand_on(request: HttpRequest) -> HttpResponse:
    """What the next shift must know, on one page that can be printed."""
    now, actor = clock(), actor_of(request)
    asked = request.GET.get("hours", "")
    hours = int(asked) if asked in {str(h) for h in HOURS} else 12
    found = shift(scope=actor.scope, me=actor.user_id, hours=hours, now=now)
    context = {
        "shift": found,
        "now": now,
        "hours": hours,
        "choices": HOURS,
        "duties": [
            (d, words.DUTIES.get(d.kind, d.kind), words.clock_words(due=d.due_at, now=now)) for d in found.duties
        ],
        "own": [line(report, now=now, flags=False) for report in found.own],
        "handed": [
            (h, words.body_words(h.to), words.clock_words(due=h.due_at, now=now), incoming)
            for rows, incoming in ((found.coming, True), (found.gone, False))
            for h in rows
        ],
        "changes": [(s, words.ACTS.get(s.act, s.act), words.ROLES.get(s.role, "")) for s in found.changes],
    }
    return show(request, "triage/shift.html", context)


def line(report: Report, *, now: datetime, flags: bool = True) -> Line:
    """A report in words, for a list."""
    level = _LEVEL_OF.get(report.priority, "")
    due = report.received_at + RECORDING
    waits = report.closed_at is None
    codes = dict.fromkeys(flag.code for flag in report.flags.all()) if flags else {}
    return Line(
        report=report,
        kinds=", ".join(words.kind_words(code) for code in report.kinds),
        level=level,
        level_words=words.LEVELS.get(level, ""),
        flags=tuple(words.FLAGS.get(code, code) for code in codes),
        state=words.STATES["waits-for-number" if waits and report.decided_at else report.state],
        age=words.age_words(since=report.received_at, now=now),
        body=words.body_words(report.scope),
        clock=words.clock_words(due=due, now=now) if waits else "",
        late=waits and due < now,
        sealed=Flag.CHILD_IMAGES in codes,
    )


def _selects(filters: queues.Filters, *, national: bool) -> list[tuple[str, Label, str, list[Choice]]]:
    """The filters as name, label, what is chosen, and choices."""
    anything: Choice = ("", _("Any"))
    found: list[tuple[str, Label, str, list[Choice]]] = [
        ("state", _("State"), filters.state, [(s, words.STATES[s]) for s in queues.ALL_STATES]),
        ("level", _("Urgent"), filters.level, [anything, *((s, words.LEVELS[s]) for s in queues.LEVELS)]),
        ("kind", _("What happened"), filters.kind, [anything, *((k, words.kind_words(k)) for k in KINDS)]),
        (
            "assigned",
            _("Officer"),
            filters.assigned,
            [anything, ("me", _("Mine")), ("nobody", _("Nobody's"))],
        ),
        ("channel", _("Came by"), filters.channel, [anything, *((c, words.CHANNELS[c]) for c in CHANNELS)]),
        ("burst", _("One of many from one address"), filters.burst, [anything, ("yes", _("Yes")), ("no", _("No"))]),
    ]
    if national:
        places = [(f"force:{f.slug}", words.body_words(f"force:{f.slug}")) for f in forces()]
        rows: list[Choice] = [anything, (NATIONAL, words.body_words(NATIONAL)), *places]
        found.insert(3, ("force", _("Force"), filters.force, rows))
    return found
