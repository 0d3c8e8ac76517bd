"""Whether a rate changed between two periods."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats


def rate_ratio_interval(
    *, now: npt.ArrayLike, before: npt.ArrayLike, exposure_now: float, exposure_before: float, level: float = 0.90
) -> tuple[Floats, Floats]:
    """Interval of (rate now / rate before) from two Poisson counts, by the Jeffreys interval of the binomial share.

    Given the sum, the count now is binomial with odds ratio x exposure_now / exposure_before. Infinite where the count
    before is 0. Raises ValueError for exposures that are not positive. Source: Brown, Cai, DasGupta (2001), section 4.3.
    """
    from scipy.special import betaincinv

    if exposure_now <= 0 or exposure_before <= 0:
        raise ValueError("Exposures must be more than 0.")
    x, y = np.asarray(now, dtype=np.float64), np.asarray(before, dtype=np.float64)
    tail = (1 - level) / 2
    low = np.where(x == 0, 0.0, betaincinv(x + 0.5, y + 0.5, tail))
    high = np.where(y == 0, 1.0, betaincinv(x + 0.5, y + 0.5, 1 - tail))
    scale = exposure_before / exposure_now
    with np.errstate(divide="ignore"):
        return low / (1 - low) * scale, np.where(high >= 1, np.inf, high / (1 - high) * scale)
