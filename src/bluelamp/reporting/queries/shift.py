"""What the next shift must know: open duties, own reports, what changed in the last hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluelamp.reporting.models import Duty, HandOver, Report, Step
from bluelamp.reporting.queries.queue import coming_in, gone_out, open_duties, within

MOST = 200
HOURS = (4, 8, 12, 24, 72)


@dataclass(frozen=True)
class Shift:
    """One printable page. `more`: there were more changes than are shown."""

    since: datetime
    duties: list[Duty]
    own: list[Report]
    coming: list[HandOver]
    gone: list[HandOver]
    changes: list[Step]
    more: bool


def shift(*, scope: str, me: UUID | None, hours: int, now: datetime) -> Shift:
    """What a shift of so many hours leaves behind."""
    since = now - timedelta(hours=hours)
    own = Report.objects.filter(within(scope), assigned_to=me, closed_at=None, erased_at=None)
    changes = Step.objects.filter(within(scope, field="report__scope"), at__gte=since).select_related("report")
    shown = list(changes.defer(*(f"report__{part}" for part in _SEALED)).order_by("-at", "-id")[: MOST + 1])
    return Shift(
        since=since,
        duties=list(open_duties(scope=scope)[:MOST]),
        own=list(own.defer(*_SEALED).order_by("-priority", "received_at")[:MOST]),
        coming=list(coming_in(scope=scope)[:MOST]),
        gone=list(gone_out(scope=scope)[:MOST]),
        changes=shown[:MOST],
        more=len(shown) > MOST,
    )


_SEALED = ("content", "safety", "contact")
