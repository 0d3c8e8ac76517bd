"""The worked example of the methods page, reckoned by the code of the figures: no number is written by hand."""

from dataclasses import dataclass
from functools import cache

from bluelamp.index.domain.bands import Interval, band_of
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.trends import trends
from bluelamp.stats.ebgm import fit_mixture, ratios
from bluelamp.stats.hierarchy import learn_priors, shrink
from bluelamp.stats.intervals import jeffreys_interval
from bluelamp.stats.ranks import rank_ranges

# A kind of 20 products: the dates of the five that were confirmed, and fifteen that never were.
SEEN = (9, 4, 2, 1)
DATES = (9, 4, 2, 1, 1, *[0] * 15)
# Of the product with most dates: in the 24 months before; in those of the base edition, and in the months since.
BEFORE, IN_BASE, SINCE, MONTHS_SINCE = 1, 4, 2, 6
# Of all other products of the list in the same times: now and before; since the base edition and in it.
OTHERS, OTHERS_SINCE = (320, 250), (75, 280)


@dataclass(frozen=True)
class Line:
    """One product of the example: its dates, both intervals, the estimate, the range of its rank, its band."""

    dates: int
    rate: float
    alone: Interval
    estimate: float
    learnt: Interval
    rank: tuple[int, int]
    band: str


@dataclass(frozen=True)
class Change:
    """Dates now and then, how many times as often (with all other products' own), and what is said of it."""

    now: int
    then: int
    ratio: Interval
    others: float
    trend: str


@dataclass(frozen=True)
class Worked:
    """The whole example. `worth` is how many years of evidence the kind is worth beside a product's own."""

    products: int
    total: int
    lines: tuple[Line, ...]
    mean: float
    worth: float
    threshold: float
    change: Change
    since_base: Change
    months_since: int
    expected: float
    times: float
    times_least: float


@cache
def worked_example() -> Worked:
    """The example, reckoned once: the choices are those that new editions are made with."""
    chosen = Parameters()
    years = chosen.period_months / 12
    priors = learn_priors(counts=DATES, exposure=years)
    learnt = shrink(counts=DATES, priors=priors, level=chosen.level)
    low, high = jeffreys_interval(counts=DATES, exposures=years, level=chosen.level)
    best, worst = rank_ranges(counts=DATES, priors=priors, confidence=chosen.rank_confidence)
    expected = (sum(DATES) + 0.5) / len(DATES)
    compared = ratios(
        counts=DATES, expected=expected, mixture=fit_mixture(counts=DATES, expected=[expected] * len(DATES))
    )

    def line(at: int) -> Line:
        alone = Interval(low=float(low[at]), high=float(high[at]))
        drawn = Interval(low=float(learnt.low[at]), high=float(learnt.high[at]))
        return Line(
            dates=DATES[at],
            rate=DATES[at] / years,
            alone=alone,
            estimate=float(learnt.mean[at]),
            learnt=drawn,
            rank=(int(best[at]), int(worst[at])),
            band=band_of(jeffreys=alone, shrunk=drawn, threshold=chosen.high_threshold),
        )

    return Worked(
        products=len(DATES),
        total=sum(DATES),
        lines=tuple(line(DATES.index(dates)) for dates in SEEN),
        mean=priors.mean,
        worth=priors.worth,
        threshold=chosen.high_threshold,
        change=_change(now=DATES[0], years=years, then=BEFORE, years_then=years, others=OTHERS, level=chosen.level),
        since_base=_change(
            now=SINCE,
            years=MONTHS_SINCE / 12,
            then=IN_BASE,
            years_then=years,
            others=OTHERS_SINCE,
            level=chosen.level,
        ),
        months_since=MONTHS_SINCE,
        expected=expected,
        times=float(compared.ebgm[0]),
        times_least=float(compared.eb05[0]),
    )


def _change(*, now: int, years: float, then: int, years_then: float, others: tuple[int, int], level: float) -> Change:
    found = trends(
        now={"": now, "others": others[0]},
        before={"": then, "others": others[1]},
        years=years,
        years_before=years_then,
        level=level,
    )[""]
    return Change(now=now, then=then, ratio=found.ratio, others=found.others, trend=found.said)
