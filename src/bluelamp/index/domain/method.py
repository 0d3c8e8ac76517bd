"""From integer counts to the published figures of an edition (docs/methods/index-method.md)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bluelamp.index.domain.parameters import Parameters
from bluelamp.stats.intervals import jeffreys_interval
from bluelamp.stats.ranks import rank_ranges
from bluelamp.stats.shrinkage import GammaPrior, fit_gamma_prior, shrink
from bluelamp.stats.trend import rate_ratio_interval

LEAST_CRIMES_TO_NAME = 5


@dataclass(frozen=True)
class CountRow:
    """One integer of the frozen input: dates and events of one product, kind and source in one period month.

    A row with a `model_key` counts that model by itself; the product's own row has none.
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
class SourceFact:
    """A source: whether it is a national authority, and which source it repeats, if any."""

    id: str
    authority: bool
    derived_from: str | None


@dataclass(frozen=True)
class Figure:
    """The published figures of one product; rates are confirmed dates a year, `low` and `high` the shrunk interval."""

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


@dataclass
class _Tally:
    """Dates by source and month of one product, and what else is known of it."""

    dates: dict[str, dict[int, int]]
    crimes: int = 0

    def series(self) -> dict[int, int]:
        """Dates by month. Where sources differ the largest counts: none adds to another's, none is hidden."""
        months = {m for by_month in self.dates.values() for m in by_month}
        return {m: max(by_month.get(m, 0) for by_month in self.dates.values()) for m in months}


def may_be_named(*, sources: Iterable[SourceFact], crimes: int) -> bool:
    """RED-LINES 1: an authority's confirmation, or two independent sources, or five recorded crimes."""
    independent = [s for s in sources if not s.derived_from]
    return (
        any(s.authority for s in independent) or len({s.id for s in independent}) >= 2 or crimes >= LEAST_CRIMES_TO_NAME
    )


def band_of(*, jeffreys_low: float, low: float, threshold: float) -> str:
    """RED-LINES 2: high only if both lower bounds exceed the threshold; without units in use nothing is called low."""
    return "high" if jeffreys_low > threshold and low > threshold else "cannot-tell"


def trend_of(*, low: float, high: float) -> str:
    """The direction of a rate ratio's interval."""
    if low > 1:
        return "rising"
    return "falling" if high < 1 else "no-clear-change"


def build_figures(
    *,
    counts: Sequence[CountRow],
    products: Sequence[ProductFact],
    sources: Sequence[SourceFact],
    parameters: Parameters,
) -> tuple[Figure, ...]:
    """The figures of every product with a sighting ever, by product key, rounded. The order of input has no effect."""
    by_source = {s.id: s for s in sources}
    counts = [row for row in counts if not row.model_key]
    tallies = _tallies(counts, by_source=by_source, months=parameters.period_months, key=lambda r: r.product_key)
    seen_by = defaultdict(set)
    for row in counts:
        seen_by[row.product_key].add(by_source[row.source])
    by_category: dict[str, list[ProductFact]] = defaultdict(list)
    for fact in sorted(products, key=lambda p: p.key):
        by_category[fact.category].append(fact)
    everything = _prior([p.key for p in products], tallies=tallies, parameters=parameters) if products else None
    figures: list[Figure] = []
    for category in sorted(by_category):
        members = by_category[category]
        keys = [p.key for p in members]
        large = len(keys) >= parameters.smallest_category
        prior = _prior(keys, tallies=tallies, parameters=parameters) if large or everything is None else everything
        figures += _category(members, prior=prior, tallies=tallies, seen_by=seen_by, parameters=parameters)
    return tuple(sorted(figures, key=lambda f: f.product_key))


def narrower_split(
    *,
    counts: Sequence[CountRow],
    products: Sequence[ProductFact],
    sources: Sequence[SourceFact],
    parameters: Parameters,
) -> tuple[tuple[str, str, int, str], ...]:
    """(model, product, dates, band) with every model counted alone, unpooled: the bands without families."""
    placed = {p.key for p in products}
    by_source = {s.id: s for s in sources}
    rows = [r for r in counts if r.model_key and r.product_key in placed]
    owner = {r.model_key: r.product_key for r in rows}
    tallies = _tallies(rows, by_source=by_source, months=parameters.period_months, key=lambda r: r.model_key)
    years = parameters.period_months / 12
    found = []
    for model in sorted(tallies):
        dates = _total(tallies[model].series(), 0, parameters.period_months)
        if dates:
            low = float(jeffreys_interval(counts=[dates], exposures=years, level=parameters.level)[0][0])
            found.append(
                (model, owner[model], dates, band_of(jeffreys_low=low, low=low, threshold=parameters.high_threshold))
            )
    return tuple(found)


def _tallies(
    rows: Sequence[CountRow], *, by_source: Mapping[str, SourceFact], months: int, key: Callable[[CountRow], str]
) -> dict[str, _Tally]:
    found: dict[str, _Tally] = {}
    for row in rows:
        name = key(row)
        if not name:
            continue
        tally = found.setdefault(name, _Tally(dates={}))
        if row.kind == "recorded_crime":
            tally.crimes += row.events if row.months_back < months else 0
        elif not by_source[row.source].derived_from:
            by_month = tally.dates.setdefault(row.source, defaultdict(int))
            by_month[row.months_back] += row.dates
    return found


def _total(series: Mapping[int, int], first: int, last: int) -> int:
    return sum(n for month, n in series.items() if first <= month < last)


def _dates(keys: Sequence[str], *, tallies: Mapping[str, _Tally], first: int, last: int) -> list[int]:
    return [_total(tallies[k].series(), first, last) if k in tallies else 0 for k in keys]


def _prior(keys: Sequence[str], *, tallies: Mapping[str, _Tally], parameters: Parameters) -> GammaPrior:
    counts = _dates(keys, tallies=tallies, first=0, last=parameters.period_months)
    return fit_gamma_prior(counts=counts, exposures=parameters.period_months / 12)


def _category(
    members: Sequence[ProductFact],
    *,
    prior: GammaPrior,
    tallies: Mapping[str, _Tally],
    seen_by: Mapping[str, set[SourceFact]],
    parameters: Parameters,
) -> list[Figure]:
    months = parameters.period_months
    years = months / 12
    keys = [p.key for p in members]
    now = _dates(keys, tallies=tallies, first=0, last=months)
    before = _dates(keys, tallies=tallies, first=months, last=2 * months)
    jeffreys = jeffreys_interval(counts=now, exposures=years, level=parameters.level)
    posterior = shrink(counts=now, exposures=years, prior=prior, level=parameters.level)
    ranks = rank_ranges(shape=posterior.shape, rate=posterior.rate, confidence=parameters.rank_confidence)
    ratio = rate_ratio_interval(
        now=now, before=before, exposure_now=years, exposure_before=years, level=parameters.level
    )

    def rounded(value: float) -> float:
        return round(float(value), parameters.decimals)

    found = []
    for i, fact in enumerate(members):
        if fact.key not in tallies:
            continue
        tally = tallies[fact.key]
        series = tally.series()
        found.append(
            Figure(
                product_key=fact.key,
                maker_key=fact.maker_key,
                category=fact.category,
                dates=now[i],
                dates_before=before[i],
                dates_ever=sum(n for month, n in series.items() if month >= 0),
                recorded_crimes=tally.crimes,
                rate=round(now[i] / years, parameters.decimals),
                shrunk=rounded(posterior.mean[i]),
                low=rounded(posterior.low[i]),
                high=rounded(posterior.high[i]),
                jeffreys_low=rounded(jeffreys[0][i]),
                jeffreys_high=rounded(jeffreys[1][i]),
                band=band_of(jeffreys_low=jeffreys[0][i], low=posterior.low[i], threshold=parameters.high_threshold),
                rank_low=int(ranks[0][i]),
                rank_high=int(ranks[1][i]),
                trend=trend_of(low=float(ratio[0][i]), high=float(ratio[1][i])),
                trend_low=_finite(float(ratio[0][i]), parameters.decimals),
                trend_high=_finite(float(ratio[1][i]), parameters.decimals),
                monthly=tuple(series.get(m, 0) for m in range(months - 1, -1, -1)),
                named=may_be_named(sources=seen_by[fact.key], crimes=tally.crimes),
            )
        )
    return found


def _finite(value: float, decimals: int) -> float | None:
    return round(value, decimals) if np.isfinite(value) else None
