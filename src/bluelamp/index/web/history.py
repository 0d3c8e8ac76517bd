"""The whole time of an edition's evidence for pages and API: worked out from its rows when they are read.

The dates of all time are among the figures that `index verify` builds again; nothing here is stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from bluelamp.index.domain.confirmed import CONFIRMED, own_days
from bluelamp.index.domain.whole_time import WholeFigure, WholeTime, Year, whole_figures, years_of
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.queries import nameable_rows
from bluelamp.index.web.statements import listed_sightings

WHOLE = "all"


@dataclass(frozen=True)
class WholeRow:
    """A row of the table of the whole time: the product's row, its figures, and its dates by year."""

    row: EditionRow
    figure: WholeFigure
    years: tuple[Year, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """Dates in each year, oldest first."""
        return tuple(year.total for year in self.years)


@dataclass(frozen=True)
class YearLine:
    """One line of a history: a year, its days as they are written out, and for many products how many it names."""

    year: Year
    days: tuple[date, ...]
    products: int


def whole_rows(*, edition: Edition) -> QuerySet[EditionRow]:
    """The rows of products that may be named with a confirmed date at any time (RED-LINES 1)."""
    return nameable_rows(edition=edition).filter(dates_ever__gt=0)


def whole_time(*, edition: Edition) -> WholeTime:
    """From the first confirmed day in the edition's evidence to the period's end."""
    return WholeTime(start=min(_first_day(edition.id, edition.built_at), edition.period_start), end=edition.period_end)


def figures_of(*, rows: Sequence[EditionRow], edition: Edition) -> tuple[WholeFigure, ...]:
    """The figures of the whole time of some rows, in their order."""
    chosen = edition.parameters
    return whole_figures(
        dates=[row.dates_ever for row in rows],
        time=whole_time(edition=edition),
        level=chosen["level"],
        decimals=chosen["decimals"],
    )


def with_history(*, rows: Sequence[EditionRow], edition: Edition) -> list[WholeRow]:
    """Rows with their figures and years."""
    time = whole_time(edition=edition)
    return [
        WholeRow(row=row, figure=figure, years=years_of(days=days_of(row=row, edition=edition), time=time))
        for row, figure in zip(rows, figures_of(rows=rows, edition=edition), strict=True)
    ]


def days_of(*, row: EditionRow, edition: Edition) -> list[date]:
    """The distinct days on which the product was listed as exploited, oldest first; none where none was counted.

    Days of sources that repeat another one are left out, unless there are no others.
    """
    if not row.dates_ever:
        return []
    seen = [s for s in listed_sightings(row=row) if s.get("kind", CONFIRMED) == CONFIRMED]
    return own_days(sightings=seen, copies=edition.copies)


def lines_of(*, rows: Iterable[EditionRow], edition: Edition) -> list[YearLine]:
    """The history of one product or of several together, newest year first.

    Of several, a day counts once for each product, and a year says how many products it names.
    """
    days: list[date] = []
    named: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        own = days_of(row=row, edition=edition)
        days += own
        for day in own:
            named[day.year].add(row.product_key)
    return [
        YearLine(
            year=year,
            days=tuple(d for d in sorted(days) if d.year == year.year),
            products=len(named[year.year]),
        )
        for year in reversed(years_of(days=days, time=whole_time(edition=edition)))
    ]


@lru_cache(maxsize=64)
def _first_day(edition_id: UUID, _built_at: datetime) -> date:
    """The first confirmed day in an edition, which changes only when a draft is built anew; `date.max` without any.

    Read from the sightings: editions built by older versions took the days of copies into `first_seen`.
    """
    edition = Edition.objects.get(pk=edition_id)
    rows = edition.rows.filter(dates_ever__gt=0).only("dates_ever", "sightings")
    return min((days[0] for row in rows if (days := days_of(row=row, edition=edition))), default=date.max)
