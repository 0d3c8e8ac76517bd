"""From integer counts to the published figures of an edition (docs/methods/index-method.md)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from bluelamp.index.domain.bands import Interval, band_of
from bluelamp.index.domain.combining import Seen, firm_dates, leaning, monthly_dates
from bluelamp.index.domain.figures import Base, CountRow, Figure, ProductFact
from bluelamp.index.domain.naming import SourceFact, may_be_named
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.trends import Changes, changes
from bluelamp.index.domain.units import NO_RATES, CrimeRates, crime_rates
from bluelamp.stats.ebgm import Ratios, fit_mixture, ratios
from bluelamp.stats.hierarchy import Posterior, Priors, learn_priors, shrink
from bluelamp.stats.intervals import Floats, jeffreys_interval
from bluelamp.stats.ranks import Ints, rank_ranges

__all__ = ["Base", "CountRow", "Figure", "ProductFact", "SourceFact", "build_figures", "narrower_split"]

Series = Mapping[int, int]
Key = TypeVar("Key", str, tuple[str, str])


@dataclass(frozen=True)
class _Tally:
    """What is known of one product or model: its dates by month, crimes in the period, and who saw it how."""

    series: Series
    crimes: int
    seen: frozenset[tuple[str, SourceFact]]
    months: Mapping[int, Seen]
    firm: int = 0

    def total(self, *, first: int, last: int | None) -> int:
        """Dates in the period months from `first` up to, not including, `last`."""
        return sum(n for month, n in self.series.items() if first <= month and (last is None or month < last))


_NOTHING = _Tally(series={}, crimes=0, seen=frozenset(), months={})


def build_figures(
    *,
    counts: Sequence[CountRow],
    products: Sequence[ProductFact],
    sources: Sequence[SourceFact],
    parameters: Parameters,
    base: Base | None = None,
) -> tuple[Figure, ...]:
    """The figures of every product with a sighting ever, by product key, rounded. The order of input has no effect.

    `base` is the edition that changes since are held against; None without one.

    A category's priors are learnt from all its products, zeros included; a category of fewer than `smallest_category`
    products takes those learnt from the products of all categories together. Raises KeyError for a count whose source
    is not among `sources`.
    """
    rows = [row for row in counts if not row.model_key and row.product_key]
    tallies = _tallies(rows, key=lambda r: r.product_key, sources=sources, parameters=parameters)
    by_category: dict[str, list[ProductFact]] = defaultdict(list)
    for fact in sorted(products, key=lambda p: p.key):
        by_category[fact.category].append(fact)
    if not by_category:
        return ()
    everything = _learn(products, tallies=tallies, parameters=parameters)
    changed = _changes(products, tallies=tallies, base=base, parameters=parameters)
    compared = _compared(by_category, tallies=tallies, parameters=parameters)
    figures: list[Figure] = []
    for category in sorted(by_category):
        members = by_category[category]
        large = len(members) >= parameters.smallest_category
        own = _learn(members, tallies=tallies, parameters=parameters) if large else everything
        spread = _spread(members, own=own, everything=everything, tallies=tallies, parameters=parameters)
        crimes = _crimes(members, tallies=tallies, parameters=parameters)
        figures += [
            _figure(
                fact,
                spread=spread,
                at=at,
                tally=tallies[fact.key],
                ratio=compared[category],
                crime=crimes[fact.key],
                change=changed[fact.key],
                parameters=parameters,
            )
            for at, fact in enumerate(members)
            if fact.key in tallies
        ]
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
    months: dict[int, dict[tuple[str, SourceFact], int]] = defaultdict(lambda: defaultdict(int))
    crimes = 0
    for row in rows:
        months[row.months_back][row.kind, by_id[row.source]] += row.dates
        if row.kind == "recorded_crime" and row.months_back < parameters.period_months:
            crimes += row.events
    counted = monthly_dates(months=months, parameters=parameters)
    return _Tally(
        series={month: dates for month, dates in counted.items() if dates},
        crimes=crimes,
        seen=frozenset((r.kind, by_id[r.source]) for r in rows),
        months=months,
        firm=firm_dates(months=_inside(months, parameters), parameters=parameters),
    )


def _inside(months: Mapping[int, Seen], parameters: Parameters) -> dict[int, Seen]:
    """What was seen in the period."""
    return {month: seen for month, seen in months.items() if 0 <= month < parameters.period_months}


def _years(parameters: Parameters) -> float:
    return parameters.period_months / 12


def _dates(members: Sequence[ProductFact], *, tallies: Mapping[str, _Tally], first: int, last: int | None) -> list[int]:
    return [tallies.get(p.key, _NOTHING).total(first=first, last=last) for p in members]


@dataclass(frozen=True)
class _Group:
    """What the products of a group say of its rates: by all their dates, and by those that no single source carries."""

    whole: Priors
    firm: Priors


def _learn(members: Sequence[ProductFact], *, tallies: Mapping[str, _Tally], parameters: Parameters) -> _Group:
    counts, firm = _dates(members, tallies=tallies, first=0, last=parameters.period_months), _firm(members, tallies)
    whole = learn_priors(counts=counts, exposure=_years(parameters))
    return _Group(whole, whole if firm == counts else learn_priors(counts=firm, exposure=_years(parameters)))


def _firm(members: Sequence[ProductFact], tallies: Mapping[str, _Tally]) -> list[int]:
    return [tallies.get(p.key, _NOTHING).firm for p in members]


@dataclass(frozen=True)
class _Spread:
    """Of each product of a category, in its order: dates in the period, and the statistics on them.

    `firm` is the least of the lower bounds that a high band must keep when it is doubted.
    """

    now: list[int]
    jeffreys: tuple[Floats, Floats]
    posterior: Posterior
    firm: Floats
    ranks: tuple[Ints, Ints]


def _spread(
    members: Sequence[ProductFact],
    *,
    own: _Group,
    everything: _Group,
    tallies: Mapping[str, _Tally],
    parameters: Parameters,
) -> _Spread:
    """The statistics of one category; ranks are among all its products."""
    months, years, level = parameters.period_months, _years(parameters), parameters.level
    now = _dates(members, tallies=tallies, first=0, last=months)
    # Beside all products too, because a category of which only confirmed ones were catalogued would vouch for each; and
    # beside what no single source says of the others, because one that reports them all would lift a rival.
    beside = (own.whole, own.firm, everything.whole, everything.firm)
    return _Spread(
        now=now,
        jeffreys=jeffreys_interval(counts=now, exposures=years, level=level),
        posterior=shrink(counts=now, priors=own.whole, level=level),
        firm=_doubted(_firm(members, tallies), beside=list(dict.fromkeys(beside)), parameters=parameters),
        ranks=rank_ranges(counts=now, priors=own.whole, confidence=parameters.rank_confidence),
    )


def _doubted(firm: Sequence[int], *, beside: Sequence[Priors], parameters: Parameters) -> Floats:
    """The least lower bound of what no single source carries: alone, and beside each of what others may say.

    Where the bound alone makes no band high, the others are not worked out.
    """
    counts, years = np.asarray(firm), _years(parameters)
    least, _ = jeffreys_interval(counts=counts, exposures=years, level=parameters.level)
    likely = least > parameters.high_threshold
    for priors in beside if likely.any() else ():
        low = shrink(counts=counts[likely], priors=priors, level=parameters.level).low
        least[likely] = np.minimum(least[likely], low)
    return least


def _changes(
    products: Sequence[ProductFact], *, tallies: Mapping[str, _Tally], base: Base | None, parameters: Parameters
) -> dict[str, Changes]:
    months, known = parameters.period_months, [p.key for p in products if p.key in tallies]

    def between(first: int, last: int) -> dict[str, int]:
        return {key: tallies[key].total(first=first, last=last) for key in known}

    return changes(
        now=between(0, months),
        before=between(months, 2 * months),
        after_base={key: _dates_since(base, tallies[key], parameters=parameters) for key in known} if base else {},
        base=base,
        parameters=parameters,
    )


def _dates_since(base: Base, tally: _Tally, *, parameters: Parameters) -> int:
    """A product's dates in the months since the base edition.

    What one source saw alone counts as much less as they are fewer than a period's months, or one that reports every
    month would seem to rise.
    """
    lone = parameters.lone_period_dates * base.months // parameters.period_months
    seen = {month: seen for month, seen in tally.months.items() if 0 <= month < base.months}
    return sum(monthly_dates(months=seen, parameters=replace(parameters, lone_period_dates=lone)).values())


def _compared(
    by_category: Mapping[str, Sequence[ProductFact]], *, tallies: Mapping[str, _Tally], parameters: Parameters
) -> dict[str, Ratios]:
    """How each product compares with the average of its category, every product of the catalogue compared at once."""
    months = parameters.period_months
    dates = {c: _dates(m, tallies=tallies, first=0, last=months) for c, m in by_category.items()}
    # Half a date is added, as in the prior, so that no average is 0.
    average = {c: (sum(found) + 0.5) / len(found) for c, found in dates.items()}
    order = sorted(dates)
    mixture = fit_mixture(
        counts=np.concatenate([dates[c] for c in order]),
        expected=np.concatenate([np.full(len(dates[c]), average[c]) for c in order]),
    )
    return {c: ratios(counts=dates[c], expected=average[c], mixture=mixture) for c in order}


def _crimes(
    members: Sequence[ProductFact], *, tallies: Mapping[str, _Tally], parameters: Parameters
) -> dict[str, CrimeRates]:
    counted = {p.key: (tallies.get(p.key, _NOTHING).crimes, p.units) for p in members}
    rates = crime_rates(counted=counted, years=_years(parameters), level=parameters.level)
    return {p.key: rates.get(p.key, NO_RATES) for p in members}


def _figure(
    fact: ProductFact,
    *,
    spread: _Spread,
    at: int,
    tally: _Tally,
    ratio: Ratios,
    crime: CrimeRates,
    change: Changes,
    parameters: Parameters,
) -> Figure:
    """The figures of one product, rounded; bands and trends are judged before rounding."""
    months, now = parameters.period_months, spread.now[at]
    jeffreys = Interval(low=float(spread.jeffreys[0][at]), high=float(spread.jeffreys[1][at]))
    shrunk = Interval(low=float(spread.posterior.low[at]), high=float(spread.posterior.high[at]))
    leaned = leaning(months=_inside(tally.months, parameters), parameters=parameters)
    recent, since = change.recent, change.since_base

    def rounded(value: float) -> float:
        return round(float(value), parameters.decimals)

    def bounded(value: float | None) -> float | None:
        return None if value is None or not np.isfinite(value) else rounded(value)

    return Figure(
        product_key=fact.key,
        maker_key=fact.maker_key,
        category=fact.category,
        dates=now,
        dates_before=change.before,
        dates_ever=tally.total(first=0, last=None),
        recorded_crimes=tally.crimes,
        rate=rounded(now / _years(parameters)),
        shrunk=rounded(spread.posterior.mean[at]),
        low=rounded(shrunk.low),
        high=rounded(shrunk.high),
        jeffreys_low=rounded(jeffreys.low),
        jeffreys_high=rounded(jeffreys.high),
        band=band_of(
            jeffreys=jeffreys,
            shrunk=replace(shrunk, low=min(shrunk.low, float(spread.firm[at]))),
            threshold=parameters.high_threshold,
        ),
        rank_low=int(spread.ranks[0][at]),
        rank_high=int(spread.ranks[1][at]),
        trend=recent.said,
        trend_low=rounded(recent.ratio.low),
        trend_high=bounded(recent.ratio.high),
        monthly=tuple(tally.series.get(m, 0) for m in range(months - 1, -1, -1)),
        named=may_be_named(seen=tally.seen, crimes=tally.crimes),
        ebgm=rounded(ratio.ebgm[at]),
        eb05=rounded(ratio.eb05[at]),
        leaning_on=leaned.source,
        dates_without=leaned.dates,
        base_dates=change.in_base,
        since_base=change.after_base,
        base_trend=since.said if since else "",
        base_low=rounded(since.ratio.low) if since else None,
        base_high=bounded(since.ratio.high if since else None),
        units=fact.units,
        crime_rate=bounded(crime.rate),
        crime_low=bounded(crime.low),
        crime_high=bounded(crime.high),
        crime_ratio=bounded(crime.ratio),
    )
