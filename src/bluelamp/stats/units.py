"""Crimes by the number of units in use: the ways of the Car Theft Index and of the Mobile Phone Theft Ratio."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts, jeffreys_interval

PER = 1_000


def rate_per_thousand(*, events: npt.ArrayLike, units: npt.ArrayLike, years: float = 1.0) -> Floats:
    """Events per 1,000 units in use and year. Raises ValueError for negative events, no units or no time.

    Source: Houghton (1992), Car theft in England and Wales: the Home Office Car Theft Index, CPU Paper 33.
    """
    n, t = check_counts(counts=events, exposures=np.asarray(units, dtype=np.float64) * years)
    return n / t * PER


def rate_interval(
    *, events: npt.ArrayLike, units: npt.ArrayLike, years: float = 1.0, level: float = 0.90
) -> tuple[Floats, Floats]:
    """Jeffreys interval of `rate_per_thousand`; the number of units counts as known. Raises ValueError as that does."""
    low, high = jeffreys_interval(
        counts=events, exposures=np.asarray(units, dtype=np.float64) * years / PER, level=level
    )
    return low, high


def excess_ratio(*, events: npt.ArrayLike, units: npt.ArrayLike) -> Floats:
    """How many times more often than if crime fell on every unit alike: 1 is the average of all that are given.

    Events of one product divided by all events times its share of all units. A product without events has 0. Raises
    ValueError for negative events, a product without units, or no event at all. Source: Behavioural Insights Team
    (2014), Mobile Phone Theft Ratio: "observed thefts over thefts expected if thefts were random across handsets in
    use". Later summaries take 0 as the average; here it is 1.
    """
    n, t = check_counts(counts=events, exposures=units)
    if not n.sum():
        raise ValueError("Without any event nothing can be compared.")
    return np.asarray(n / (n.sum() * t / t.sum()), dtype=np.float64)
