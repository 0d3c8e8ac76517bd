"""Whether a rate changed between two periods."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts, tail_of

RISING, FALLING, NO_CLEAR_CHANGE = "rising", "falling", "no-clear-change"


def rate_ratio_interval(
    *, now: npt.ArrayLike, before: npt.ArrayLike, exposure_now: float, exposure_before: float, level: float = 0.90
) -> tuple[Floats, Floats]:
    """Interval of (rate now / rate before) from two Poisson counts, by the Jeffreys interval of the binomial share.

    Given their sum, the count now is exactly binomial with odds ratio x exposure_now / exposure_before; there is no
    approximation for large counts. `now`, `before` and the bounds have one shape. The lower bound is 0 where
    the count now is 0, the upper one infinite where the count before is 0. Raises ValueError for a negative count, an
    exposure that is not positive, or a level outside (0, 1). Source: Przyborowski and Wilenski (1940) for the
    conditioning; Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133, for the interval.
    """
    from scipy.special import betaincinv

    x, _ = check_counts(counts=now, exposures=exposure_now)
    y, _ = check_counts(counts=before, exposures=exposure_before)
    tail = tail_of(level=level)
    low = np.where(x == 0, 0.0, betaincinv(x + 0.5, y + 0.5, tail))
    high = np.where(y == 0, 1.0, betaincinv(x + 0.5, y + 0.5, 1 - tail))
    scale = exposure_before / exposure_now
    with np.errstate(divide="ignore"):
        return low / (1 - low) * scale, high / (1 - high) * scale


def direction(*, low: float, high: float) -> str:
    """What an interval of a rate ratio says: rising, falling or no clear change (where it holds 1)."""
    if low > 1:
        return RISING
    return FALLING if high < 1 else NO_CLEAR_CHANGE
