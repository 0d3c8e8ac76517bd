"""The whole time of an edition's evidence for pages and API: worked out from its rows when they are read.

The dates of all time are among the figures that `index verify` builds again; nothing here is stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import Min, QuerySet

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
    return WholeTime(start=min(_first_day(edition.id), edition.period_start), end=edition.period_end)


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
    """The distinct days on which a source that repeats no other listed the product as exploited, oldest first."""
    copies = {s["id"] for s in edition.coverage.get("sources", []) if s.get("derived_from")}
    seen = (s for s in listed_sightings(row=row) if s["kind"] == "exploited" and s["source"] not in copies)
    return sorted({date.fromisoformat(s["on"]) for s in seen})


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
def _first_day(edition_id: UUID) -> date:
    """The first confirmed day in an edition, which never changes once it is built; `date.max` without any."""
    found = EditionRow.objects.filter(edition_id=edition_id, dates_ever__gt=0).aggregate(first=Min("first_seen"))
    return found["first"] or date.max
