"""From integer counts to the published figures of an edition (docs/methods/index-method.md)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from bluelamp.index.domain.bands import Interval, band_of
from bluelamp.index.domain.naming import SourceFact, may_be_named
from bluelamp.index.domain.parameters import Parameters
from bluelamp.stats.intervals import jeffreys_interval
from bluelamp.stats.ranks import rank_ranges
from bluelamp.stats.shrinkage import GammaPrior, fit_gamma_prior, shrink
from bluelamp.stats.trend import direction, rate_ratio_interval

__all__ = ["CountRow", "Figure", "ProductFact", "SourceFact", "build_figures", "narrower_split"]

Series = Mapping[int, int]
Key = TypeVar("Key", str, tuple[str, str])


@dataclass(frozen=True)
class CountRow:
    """One integer of the frozen input: dates and events of one product, kind and source in one period month.

    A row with a `model_key` counts that model by itself; the product's own row has none. `product_key` is "" where only
    the maker is known. `months_back` is 0 for the newest period month.
    """

    maker_key: str
    product_key: str
    model_key: str
    kind: str
    source: str
    months_back: int
    dates: int
    events: int


@dataclass(frozen=True)
class ProductFact:
    """A product of the catalogue that has a category."""

    key: str
    maker_key: str
    category: str


@dataclass(frozen=True)
class Figure:
    """The published figures of one product. Rates are confirmed dates a year.

    `dates`, `dates_before` and `dates_ever` are of the period, the one before, and all time; `low` and `high` bound the
    shrunk interval; `trend_high` is None where there is no upper bound; `monthly` holds the period, oldest month first.
    """

    product_key: str
    maker_key: str
    category: str
    dates: int
    dates_before: int
    dates_ever: int
    recorded_crimes: int
    rate: float
    shrunk: float
    low: float
    high: float
    jeffreys_low: float
    jeffreys_high: float
    band: str
    rank_low: int
    rank_high: int
    trend: str
    trend_low: float | None
    trend_high: float | None
    monthly: tuple[int, ...]
    named: bool


@dataclass(frozen=True)
class _Tally:
    """What is known of one product or model: its dates by month, crimes in the period, and who saw it how."""

    series: Series
    crimes: int
    seen: frozenset[tuple[str, SourceFact]]

    def total(self, *, first: int, last: int | None) -> int:
        """Dates in the period months from `first` up to, not including, `last`."""
        return sum(n for month, n in self.series.items() if first <= month and (last is None or month < last))


_NOTHING = _Tally(series={}, crimes=0, seen=frozenset())


def combined_dates(*, by_source: Iterable[tuple[SourceFact, int]], lone_source_dates: int) -> int:
    """The dates that one month counts, from each source's distinct dates in it.

    The largest of: what an authority confirmed; what at least two independent sources each saw (the second largest
    count); and, of a source that nobody confirms, no more than `lone_source_dates`. Sources never add up, since two
    often see the same thing; a derived source counts nothing; no source alone can push without limit; more dates of
    any source never lower the result.
    """
    own = [(source, dates) for source, dates in by_source if source.independent]
    confirmed = max((dates for source, dates in own if source.authority), default=0)
    ordered = [*sorted((dates for _, dates in own), reverse=True), 0, 0]
    return max(confirmed, ordered[1], min(ordered[0], lone_source_dates))


def build_figures(
    *,
    counts: Sequence[CountRow],
    products: Sequence[ProductFact],
    sources: Sequence[SourceFact],
    parameters: Parameters,
) -> tuple[Figure, ...]:
    """The figures of every product with a sighting ever, by product key, rounded. The order of input has no effect.

    The prior of a category is fitted to all its products, zeros included; a category of fewer than
    `smallest_category` products takes the prior fitted to the products of all categories together. Raises KeyError for
    a count whose source is not among `sources`.
    """
    rows = [row for row in counts if not row.model_key and row.product_key]
    tallies = _tallies(rows, key=lambda r: r.product_key, sources=sources, parameters=parameters)
    by_category: dict[str, list[ProductFact]] = defaultdict(list)
    for fact in sorted(products, key=lambda p: p.key):
        by_category[fact.category].append(fact)
    if not by_category:
        return ()
    everything = _prior(products, tallies=tallies, parameters=parameters)
    figures: list[Figure] = []
    for category in sorted(by_category):
        members = by_category[category]
        large = len(members) >= parameters.smallest_category
        prior = _prior(members, tallies=tallies, parameters=parameters) if large else everything
        figures += _category(members, prior=prior, tallies=tallies, parameters=parameters)
    return tuple(sorted(figures, key=lambda f: f.product_key))


def narrower_split(
    *,
    counts: Sequence[CountRow],
    products: Sequence[ProductFact],
    sources: Sequence[SourceFact],
    parameters: Parameters,
) -> tuple[tuple[str, str, int, str], ...]:
    """(model, product, dates, band) of every model with dates in the period, counted alone: bands without families.

    How many models a category has is not known, so no prior can be fitted to them: the band rests on the Jeffreys
    interval only, and errs towards high. Raises KeyError for a count whose source is not among `sources`.
    """
    placed = {p.key for p in products}
    rows = [r for r in counts if r.model_key and r.product_key in placed]
    tallies = _tallies(rows, key=lambda r: (r.model_key, r.product_key), sources=sources, parameters=parameters)
    found = []
    for model, product in sorted(tallies):
        dates = tallies[model, product].total(first=0, last=parameters.period_months)
        if dates:
            low, high = jeffreys_interval(counts=dates, exposures=_years(parameters), level=parameters.level)
            interval = Interval(low=float(low), high=float(high))
            band = band_of(jeffreys=interval, shrunk=interval, threshold=parameters.high_threshold)
            found.append((model, product, dates, band))
    return tuple(found)


def _tallies(
    rows: Sequence[CountRow],
    *,
    key: Callable[[CountRow], Key],
    sources: Sequence[SourceFact],
    parameters: Parameters,
) -> dict[Key, _Tally]:
    by_id = {s.id: s for s in sources}
    grouped: dict[Key, list[CountRow]] = defaultdict(list)
    for row in rows:
        # A day after the period's end is no evidence of this edition.
        if row.months_back >= 0:
            grouped[key(row)].append(row)
    return {k: _tally(own, by_id=by_id, parameters=parameters) for k, own in grouped.items()}


def _tally(rows: Sequence[CountRow], *, by_id: Mapping[str, SourceFact], parameters: Parameters) -> _Tally:
    months: dict[int, dict[SourceFact, int]] = defaultdict(lambda: defaultdict(int))
    crimes = 0
    for row in rows:
        if row.kind == "exploited":
            months[row.months_back][by_id[row.source]] += row.dates
        elif row.kind == "recorded_crime" and row.months_back < parameters.period_months:
            crimes += row.events
    series = {
        month: combined_dates(by_source=seen.items(), lone_source_dates=parameters.lone_source_dates)
        for month, seen in months.items()
    }
    return _Tally(series=series, crimes=crimes, seen=frozenset((r.kind, by_id[r.source]) for r in rows))


def _years(parameters: Parameters) -> float:
    return parameters.period_months / 12


def _dates(members: Sequence[ProductFact], *, tallies: Mapping[str, _Tally], first: int, last: int | None) -> list[int]:
    return [tallies.get(p.key, _NOTHING).total(first=first, last=last) for p in members]


def _prior(members: Sequence[ProductFact], *, tallies: Mapping[str, _Tally], parameters: Parameters) -> GammaPrior:
    counts = _dates(members, tallies=tallies, first=0, last=parameters.period_months)
    return fit_gamma_prior(counts=counts, exposures=_years(parameters))


def _category(
    members: Sequence[ProductFact], *, prior: GammaPrior, tallies: Mapping[str, _Tally], parameters: Parameters
) -> list[Figure]:
    """The figures of one category's products that were ever seen; ranks are among all its products."""
    months, years, level = parameters.period_months, _years(parameters), parameters.level
    now = _dates(members, tallies=tallies, first=0, last=months)
    before = _dates(members, tallies=tallies, first=months, last=2 * months)
    jeffreys_low, jeffreys_high = jeffreys_interval(counts=now, exposures=years, level=level)
    posterior = shrink(counts=now, exposures=years, prior=prior, level=level)
    best, worst = rank_ranges(shape=posterior.shape, rate=posterior.rate, confidence=parameters.rank_confidence)
    ratio = rate_ratio_interval(now=now, before=before, exposure_now=years, exposure_before=years, level=level)

    def rounded(value: float) -> float:
        return round(float(value), parameters.decimals)

    found = []
    for i, fact in enumerate(members):
        if fact.key not in tallies:
            continue
        tally = tallies[fact.key]
        # Bands and trends are judged before rounding.
        jeffreys = Interval(low=float(jeffreys_low[i]), high=float(jeffreys_high[i]))
        shrunk = Interval(low=float(posterior.low[i]), high=float(posterior.high[i]))
        trend = Interval(low=float(ratio[0][i]), high=float(ratio[1][i]))
        found.append(
            Figure(
                product_key=fact.key,
                maker_key=fact.maker_key,
                category=fact.category,
                dates=now[i],
                dates_before=before[i],
                dates_ever=tally.total(first=0, last=None),
                recorded_crimes=tally.crimes,
                rate=rounded(now[i] / years),
                shrunk=rounded(posterior.mean[i]),
                low=rounded(shrunk.low),
                high=rounded(shrunk.high),
                jeffreys_low=rounded(jeffreys.low),
                jeffreys_high=rounded(jeffreys.high),
                band=band_of(jeffreys=jeffreys, shrunk=shrunk, threshold=parameters.high_threshold),
                rank_low=int(best[i]),
                rank_high=int(worst[i]),
                trend=direction(low=trend.low, high=trend.high),
                trend_low=rounded(trend.low),
                trend_high=rounded(trend.high) if np.isfinite(trend.high) else None,
                monthly=tuple(tally.series.get(m, 0) for m in range(months - 1, -1, -1)),
                named=may_be_named(seen=tally.seen, crimes=tally.crimes),
            )
        )
    return found
