"""The queue of the desk: which reports an officer sees, filtered and in the desk's order, by codes and times only."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from bluelamp.kernel.people.domain.scopes import NATIONAL
from bluelamp.reporting.domain.life import CHANNELS
from bluelamp.reporting.domain.priority import IMMEDIATE, SOON, TODAY
from bluelamp.reporting.domain.references import NoReferenceError, read_reference
from bluelamp.reporting.domain.routing import KINDS
from bluelamp.reporting.models import Duty, HandOver, Report, SavedView
from bluelamp.reporting.models.reports import NEWEST, URGENT

PAGE = 25
COUNTED = 1_000
ALL_STATES = ("to-decide", "waits-for-number", "handed-over", "recorded", "not-recorded", "withdrawn", "any")
LEVELS = {"immediate": IMMEDIATE, "today": TODAY, "soon": SOON}
# What a row of the queue shows: nothing that is sealed, so that a page of it reads no large value.
SHOWN = (
    "id", "reference", "state", "scope", "body", "kinds", "priority", "channel", "burst", "watched", "anonymous",
    "received_at", "decided_at", "closed_at", "origin", "assigned_to__first_name", "assigned_to__last_name",
    "assigned_to__email", "assigned_to__username",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What an officer looks for; "" for anything. `level`: that or more urgent. `assigned`: `me` or `nobody`."""

    state: str = "to-decide"
    kind: str = ""
    force: str = ""
    level: str = ""
    assigned: str = ""
    channel: str = ""
    burst: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Page:
    """One page of the queue. `following`: the cursor of the next, "" on the last.

    `count`: how many there are, at most `COUNTED` + 1, which stands for "more"; None on later pages.
    """

    rows: list[Report]
    following: str
    count: int | None


def read_filters(params: Mapping[str, str]) -> Filters:
    """The filters in a query; values that nobody knows count as none."""
    known = {
        "state": ALL_STATES,
        "kind": KINDS,
        "level": tuple(LEVELS),
        "assigned": ("me", "nobody"),
        "channel": CHANNELS,
        "burst": ("yes", "no"),
    }
    values = {field.name: params.get(field.name, "")[:60] for field in fields(Filters)}
    checked = {name: value if name not in known or value in known[name] else "" for name, value in values.items()}
    return Filters(**{**checked, "state": checked["state"] or "to-decide"})


def within(scope: str, *, field: str = "scope") -> Q:
    """The reports that a grant for a scope reaches."""
    return Q() if scope == NATIONAL else Q(**{field: scope})


def queue(*, scope: str, filters: Filters, me: UUID | None) -> QuerySet[Report]:
    """The reports of a grant's scope that fit, the most urgent and then the oldest first; of all states the newest."""
    found = Report.objects.filter(within(scope), _state(filters.state))
    if filters.reference:
        return found.filter(reference=_reference(filters.reference))
    if filters.kind:
        # Codes hold no quotation mark, so this finds whole codes; both databases read a list as text the same way.
        found = found.filter(kinds__icontains=f'"{filters.kind}"')
    if filters.force and scope == NATIONAL:
        found = found.filter(scope=filters.force)
    if filters.level:
        found = found.filter(priority__gte=LEVELS[filters.level])
    if filters.assigned:
        found = found.filter(assigned_to=me if filters.assigned == "me" else None)
    if filters.channel:
        found = found.filter(channel=filters.channel)
    if filters.burst:
        found = found.filter(burst=filters.burst == "yes")
    return found.order_by(*(NEWEST if filters.state == "any" else URGENT))


def page(*, scope: str, filters: Filters, me: UUID | None, cursor: str = "") -> Page:
    """One page, after the row that a cursor names. A cursor that cannot be read begins at the start."""
    found, after = queue(scope=scope, filters=filters, me=me), _after(cursor, newest=filters.state == "any")
    # Ids come from the index alone, and counting them looks at it once; only the rows that are shown are read.
    wanted = found.filter(after)[: PAGE + 1] if after else found[: COUNTED + 1]
    ids = list(wanted.values_list("pk", flat=True))
    chosen = Report.objects.filter(pk__in=ids[:PAGE]).select_related("assigned_to").only(*SHOWN)
    by_id = {row.pk: row for row in chosen.prefetch_related("flags")}
    rows = [by_id[pk] for pk in ids[:PAGE] if pk in by_id]
    following = _cursor(rows[-1]) if len(ids) > PAGE and rows else ""
    return Page(rows, following, None if after else len(ids))


def open_duties(*, scope: str) -> QuerySet[Duty]:
    """Duties that are not done, the one that is due first on top.

    A duty that went up to the whole country stays with the force whose report it is.
    """
    found = Duty.objects.filter(done_at=None).select_related("acknowledged_by", "report").defer(*_SEALED)
    if scope != NATIONAL:
        found = found.filter(Q(scope=scope) | Q(report__scope=scope))
    return found.order_by("due_at", "id")


def waiting_for_number(*, scope: str) -> QuerySet[Report]:
    """Reports that were decided to be crimes and have no number yet, the one that came first on top."""
    found = Report.objects.filter(within(scope), _state("waits-for-number"))
    return found.only(*_PLAIN).prefetch_related("decisions__by").order_by("received_at", "id")


def coming_in(*, scope: str) -> QuerySet[HandOver]:
    """Hand-overs to this scope that nobody has acknowledged yet, the one that goes back first on top."""
    found = HandOver.objects.filter(acknowledged_at=None, returned_at=None).select_related("report").defer(*_SEALED)
    return found.filter(within(scope, field="to")).order_by("due_at", "id")


def gone_out(*, scope: str) -> QuerySet[HandOver]:
    """Hand-overs of this scope's reports that wait for an acknowledgement."""
    found = HandOver.objects.filter(acknowledged_at=None, returned_at=None).select_related("report").defer(*_SEALED)
    return found.filter(within(scope, field="report__scope")).order_by("due_at", "id")


def due_reviews(*, scope: str, today: date) -> QuerySet[Report]:
    """Closed reports whose day of review has come, the oldest day first."""
    found = Report.objects.filter(within(scope), review_on__lte=today, erased_at=None)
    return found.only(*_PLAIN, "review_on").order_by("review_on", "id")


@dataclass(frozen=True)
class Numbers:
    """What an officer's first page tells. `late`: duties whose time has passed and that nobody acknowledged."""

    duties: int
    late: int
    to_decide: int
    mine: int
    waiting: int
    coming: int


def desk_numbers(*, scope: str, me: UUID | None, now: datetime) -> Numbers:
    """The numbers of a scope; each counts at most a little over `COUNTED`."""
    open_ones = open_duties(scope=scope)
    return Numbers(
        duties=_count(open_ones),
        late=_count(open_ones.filter(acknowledged_at=None, due_at__lt=now)),
        to_decide=_count(queue(scope=scope, filters=Filters(), me=me)),
        mine=_count(queue(scope=scope, filters=Filters(assigned="me"), me=me)),
        waiting=_count(waiting_for_number(scope=scope)),
        coming=_count(coming_in(scope=scope).filter(to__startswith="force:")),
    )


def saved_views(*, person: UUID | None) -> QuerySet[SavedView]:
    """A person's own views, by name."""
    return SavedView.objects.filter(person=person)


def whereabouts(report: Report) -> set[str]:
    """Where a report is: in the `queue`, `handed` over and not acknowledged, or `closed`. Always exactly one."""
    found = set()
    if queue(scope=NATIONAL, filters=Filters(state="to-decide"), me=None).filter(pk=report.pk).exists():
        found.add("queue")
    if waiting_for_number(scope=NATIONAL).filter(pk=report.pk).exists():
        found.add("queue")
    if gone_out(scope=NATIONAL).filter(report=report).exists():
        found.add("handed")
    elif report.closed_at and (report.state == "withdrawn" or report.decisions.exists()):
        found.add("closed")
    return found


_SEALED = ("report__content", "report__safety", "report__contact")
_PLAIN = tuple(name for name in SHOWN if not name.startswith("assigned_to"))


def _count(found: QuerySet[Any]) -> int:
    return found.order_by()[: COUNTED + 1].count()


def _state(state: str) -> Q:
    """A state of the queue. `closed_at` says the same as the state (a constraint), and is what the indexes know."""
    if state in ("to-decide", "waits-for-number"):
        return Q(closed_at__isnull=True, decided_at__isnull=state == "to-decide")
    return Q() if state == "any" else Q(state=state)


def _reference(text: str) -> str:
    try:
        return read_reference(text)
    except NoReferenceError:
        return ""


def _cursor(report: Report) -> str:
    return f"{report.priority}~{report.received_at.isoformat()}~{report.pk}"


def _after(cursor: str, *, newest: bool) -> Q | None:
    try:
        priority, at, key = cursor[:120].split("~")
        urgency, moment, ident = int(priority), datetime.fromisoformat(at), UUID(key)
    except ValueError:
        return None
    if moment.tzinfo is None or not 0 <= urgency < 100:
        return None
    if newest:
        return Q(received_at__lte=moment) & (Q(received_at__lt=moment) | Q(pk__lt=ident))
    later = Q(received_at__gt=moment) | Q(received_at=moment, pk__gt=ident)
    return Q(priority__lte=urgency) & (Q(priority__lt=urgency) | later)
