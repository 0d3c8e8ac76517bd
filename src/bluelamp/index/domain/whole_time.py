"""Figures of the whole time of the evidence, beside those of the period (docs/methods/index-method.md)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bluelamp.stats.intervals import jeffreys_interval

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class WholeTime:
    """From the first day of the evidence to the last, both included. Raises ValueError where the last comes first."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("A time cannot end before it starts.")

    @property
    def years(self) -> float:
        """Its length."""
        return ((self.end - self.start).days + 1) / _DAYS_A_YEAR


@dataclass(frozen=True)
class WholeFigure:
    """Confirmed dates of the whole time, and dates a year with the interval that rests on this product alone."""

    dates: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class Year:
    """One calendar year: dates in each month, and which months the evidence covers, from `first` to before `after`."""

    year: int
    months: tuple[int, ...]
    first: int
    after: int

    @property
    def total(self) -> int:
        """Dates of the year."""
        return sum(self.months)


def whole_figures(*, dates: Sequence[int], time: WholeTime, level: float, decimals: int) -> tuple[WholeFigure, ...]:
    """The figures of products from their dates of all time, in the same order, rounded.

    No prior: an interval that others of the kind would narrow is made for the period only, with its band and ranks.
    """
    low, high = jeffreys_interval(counts=list(dates), exposures=time.years, level=level)
    return tuple(
        WholeFigure(
            dates=n,
            rate=round(n / time.years, decimals),
            low=round(float(low[i]), decimals),
            high=round(float(high[i]), decimals),
        )
        for i, n in enumerate(dates)
    )


def years_of(*, days: Iterable[date], time: WholeTime) -> tuple[Year, ...]:
    """Every year of a time, oldest first, with how many of the days fall into each month; days outside are left out."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for day in days:
        if time.start <= day <= time.end:
            counts[day.year, day.month] += 1
    return tuple(
        Year(
            year=year,
            months=tuple(counts[year, month] for month in range(1, 13)),
            first=time.start.month - 1 if year == time.start.year else 0,
            after=time.end.month if year == time.end.year else 12,
        )
        for year in range(time.start.year, time.end.year + 1)
    )
