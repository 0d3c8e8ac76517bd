"""Parts of closed reports that are kept for a shorter time than the rest: the contact, the safety part.

How long stands on the pages of the questions (`questions/common.toml`), and is what reporters were told.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from bluelamp.reporting.models import CrimeRecord, Duty, Report
from bluelamp.reporting.operations.erasing import erase_report
from bluelamp.reporting.questions import questions

PLACES = {"safety": 1, "contact": 2}
_GRACE = timedelta(days=30)


def part_days(*, part: str) -> int:
    """How many days after its report was closed a part is kept."""
    return questions().retentions[part].days


def past_their_time(*, part: str, now: datetime) -> QuerySet[Report]:
    """Closed reports that still have a part whose time is over. While a duty is open nothing of a report goes."""
    closed = Report.objects.filter(closed_at__lt=now - timedelta(days=part_days(part=part)), erased_at=None)
    open_duty = Duty.objects.filter(report=OuterRef("pk"), done_at=None)
    return closed.exclude(**{part: b""}).exclude(Exists(open_duty)).order_by("closed_at", "id")


def past_review(*, now: datetime) -> QuerySet[Report]:
    """Closed reports without a recorded crime whose review nobody did in time: what reporters were told then holds.

    Whoever reviews in time decides: keeping a report with a reason moves its day.
    """
    late = Report.objects.filter(review_on__lt=(now - _GRACE).date(), closed_at__isnull=False, erased_at=None)
    crime = CrimeRecord.objects.filter(report=OuterRef("pk"), cancelled_at=None)
    open_duty = Duty.objects.filter(report=OuterRef("pk"), done_at=None)
    return late.exclude(Exists(crime)).exclude(Exists(open_duty)).order_by("closed_at", "id")


def erase_unreviewed(*, now: datetime) -> int:
    """Erase what nobody reviewed in time; give how many there were."""
    found = list(past_review(now=now).values_list("pk", flat=True)[:1_000])
    for report in found:
        erase_report(report=report, by="system", reason="retention", now=now)
    return len(found)


def erase_old_parts(*, part: str, now: datetime) -> int:
    """Destroy a part of every report whose time for it is over; give how many there were."""
    found = list(past_their_time(part=part, now=now)[:1_000])
    for report in found:
        erase_report(report=report.pk, parts=(part,), by="system", reason="retention", now=now)
    return len(found)
