"""How long things usually take, for somebody about to report: read from counts alone."""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db import DatabaseError
from django.db.models import Sum

from bluelamp.reporting.domain.times import DECIDED, TOOK, usual
from bluelamp.reporting.models import JourneyCount

DAYS = 90
_KEPT = 600  # seconds for which a process keeps what it read


@dataclass(frozen=True)
class UsualTimes:
    """Medians of the last 90 days; None where fewer than 50 were counted."""

    minutes_to_report: int | None
    days_to_decision: int | None


def usual_times(*, today: date) -> UsualTimes:
    """How long writing a report took, and the way to its first decision."""
    rows = JourneyCount.objects.filter(what__in=(TOOK, DECIDED), day__gt=today - timedelta(days=DAYS))
    counts: dict[str, dict[str, int]] = {TOOK: {}, DECIDED: {}}
    for what, page, number in rows.values_list("what", "page").annotate(n=Sum("number")).order_by():
        counts[what][page] = number
    return UsualTimes(usual(counts=counts[TOOK]), usual(counts=counts[DECIDED]))


def kept_usual_times(*, today: date) -> UsualTimes:
    """The same, read once in ten minutes; nothing where the database cannot be read.

    The first page of a report must open, with its emergency numbers, also while the database is gone.
    """
    try:
        return _kept(today, int(time.monotonic()) // _KEPT)
    except DatabaseError:
        return UsualTimes(None, None)


@lru_cache(maxsize=1)
def _kept(today: date, _span: int) -> UsualTimes:
    return usual_times(today=today)
