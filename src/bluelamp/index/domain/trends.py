"""Whether products are confirmed more or less often than before, each beside what all others together did."""

from collections.abc import Mapping
from dataclasses import dataclass

from bluelamp.index.domain.bands import Interval
from bluelamp.index.domain.figures import Base
from bluelamp.index.domain.parameters import Parameters
from bluelamp.stats.trend import direction, growth, rate_ratio_interval

Dates = Mapping[str, int]


@dataclass(frozen=True)
class Trend:
    """The interval of how many times as often, how many times as often all others were, and what is said of it."""

    ratio: Interval
    others: float
    said: str


@dataclass(frozen=True)
class Changes:
    """How one product changed: since the period before, and since the base edition (None before a month is over).

    `before`, `in_base` and `after_base` are its dates in the period before, in the base's, and since that.
    """

    before: int
    recent: Trend
    in_base: int | None
    after_base: int | None
    since_base: Trend | None


def changes(
    *, now: Dates, before: Dates, after_base: Dates, base: Base | None, parameters: Parameters
) -> dict[str, Changes]:
    """How each product changed, from the dates of all by product: in the period, in the one before, after the base."""
    years = parameters.period_months / 12
    recent = trends(now=now, before=before, years=years, years_before=years, level=parameters.level)
    if base is None:
        return {key: Changes(before[key], recent[key], None, None, None) for key in now}
    # What the base listed and this edition does not know left the catalogue or the evidence: that is no fall.
    then = {key: base.dates.get(key, 0) for key in now}
    since = {}
    if base.months:
        since = trends(now=after_base, before=then, years=base.months / 12, years_before=years, level=parameters.level)
    return {key: Changes(before[key], recent[key], then[key], after_base[key], since.get(key)) for key in now}


def trends(*, now: Dates, before: Dates, years: float, years_before: float, level: float) -> dict[str, Trend]:
    """How the rate of each product of `now` changed from one span of time to another, from its dates in each.

    Rising or falling is said only beside all other products: a list that grows by half makes most of its products look
    as if they rose. Raises KeyError for a product that has no number of dates before.
    """
    all_now, all_before = sum(now.values()), sum(before.values())
    lows, highs = rate_ratio_interval(
        now=list(now.values()),
        before=[before[key] for key in now],
        exposure_now=years,
        exposure_before=years_before,
        level=level,
    )
    found = {}
    for (key, dates), low, high in zip(now.items(), lows.tolist(), highs.tolist(), strict=True):
        others = growth(
            now=all_now - dates, before=all_before - before[key], exposure_now=years, exposure_before=years_before
        )
        said = direction(low=low, high=high, others=others)
        found[key] = Trend(ratio=Interval(low=low, high=high), others=others, said=said)
    return found
