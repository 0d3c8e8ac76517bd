"""By when something is due at the desk. All times are aware; days are those of the calendar of the given moment."""

from datetime import date, datetime, timedelta

from bluelamp.kernel.workdays import after_working_days

# Home Office Counting Rules (Crime Recording Rules for frontline officers): recorded within 24 hours of the report.
RECORDING = timedelta(hours=24)
# A duty nobody acknowledged is told further up when once, twice and four times its time has passed.
ESCALATIONS = (1, 2, 4)
HAND_OVER_DAYS = 2
REVIEW_MONTHS = 12
LONGEST_DISCLOSURE = timedelta(days=366)


def escalation_due(*, raised_at: datetime, within: timedelta, escalated: int) -> datetime | None:
    """When a duty with so much time, escalated so often, is escalated next; None after the last time."""
    if escalated >= len(ESCALATIONS):
        return None
    return raised_at + within * ESCALATIONS[escalated]


def hand_over_due(*, now: datetime, at_once: timedelta | None = None) -> datetime:
    """When a hand-over must be acknowledged: within `at_once` where somebody is in danger, else in two working days.

    Weekends do not count, nor bank holidays of any part of the United Kingdom.
    """
    if at_once is not None:
        return now + at_once
    return now + (after_working_days(start=now.date(), days=HAND_OVER_DAYS) - now.date())


def months_after(*, day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_after - timedelta(days=1)).day))
