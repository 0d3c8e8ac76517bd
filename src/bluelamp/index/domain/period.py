"""Periods that end at the newest evidence, and the months counted back from there."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


def months_back(*, on: date, end: date) -> int:
    """Which period month a day lies in: 0 for the month that ends at `end`, 1 for the one before; negative after it."""
    month = on.year * 12 + on.month + (on.day > end.day)
    return end.year * 12 + end.month - month


def month_end(*, end: date, back: int) -> date:
    """The last day of a period month: the same day of an earlier month, or that month's last day if it is shorter."""
    year, month = divmod(end.year * 12 + end.month - 1 - back, 12)
    return date(year, month + 1, min(end.day, calendar.monthrange(year, month + 1)[1]))


def period_ending(*, end: date, months: int) -> Period:
    """The period of some months that ends at `end`."""
    return Period(start=month_end(end=end, back=months) + timedelta(days=1), end=end)
