"""Periods that end at the newest evidence, and the months counted back from there."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included. Raises ValueError where the end comes first."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("A period cannot end before it starts.")

    def __contains__(self, on: date) -> bool:
        return self.start <= on <= self.end


def months_back(*, on: date, end: date) -> int:
    """Which period month a day lies in: 0 for the month that ends at `end`, 1 for the one before; negative after it.

    Month k is the days in (end - (k + 1) months, end - k months]. Going back keeps the day of the month, or takes the
    last day of a shorter month: months that end at 31 March end before at 28 (or 29) February.
    """
    # A day later in its month than the end's day belongs to the period month that ends in the next calendar month.
    # Where that calendar month is shorter than the end's day, the clamped end is its last day: no day lies beyond it.
    month = on.year * 12 + on.month + (on.day > end.day)
    return end.year * 12 + end.month - month


def month_end(*, end: date, back: int) -> date:
    """The last day of period month `back`: `end` less so many months, clamped to the month's last day."""
    year, month = divmod(end.year * 12 + end.month - 1 - back, 12)
    return date(year, month + 1, min(end.day, calendar.monthrange(year, month + 1)[1]))


def month_bounds(*, end: date, back: int) -> Period:
    """The first and last day of period month `back`, both included."""
    return Period(start=month_end(end=end, back=back + 1) + timedelta(days=1), end=month_end(end=end, back=back))


def months_since(*, end: date, before: date) -> int:
    """How many whole months lie after a day and up to `end`: period months 0, 1, ... that begin after it; 0 if none."""
    return max(months_back(on=before, end=end), 0)


def period_ending(*, end: date, months: int) -> Period:
    """The period of some months that ends at `end`. Raises ValueError for fewer than one month."""
    return Period(start=month_end(end=end, back=months) + timedelta(days=1), end=end)
