"""Whether a rate changed between two periods."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts, tail_of

RISING, FALLING, NO_CLEAR_CHANGE = "rising", "falling", "no-clear-change"


def rate_ratio_interval(
    *, now: npt.ArrayLike, before: npt.ArrayLike, exposure_now: float, exposure_before: float, level: float = 0.90
) -> tuple[Floats, Floats]:
    """Interval of (rate now / rate before) from two Poisson counts, by the exact interval of the binomial share.

    Given their sum, the count now is exactly binomial with odds ratio x exposure_now / exposure_before; there is no
    approximation. Each bound leaves out the true ratio in at most half of 1 - `level` of cases, however few the counts.
    `now`, `before` and the bounds have one shape. The lower bound is 0 where the count now is 0, the upper one infinite
    where the count before is 0. Raises ValueError for a negative count, an exposure that is not positive, or a level
    outside (0, 1). Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323, for the conditioning; Clopper and
    Pearson (1934), Biometrika 26, 404-413, for the interval.
    """
    from scipy.special import betaincinv

    x, _ = check_counts(counts=now, exposures=exposure_now)
    y, _ = check_counts(counts=before, exposures=exposure_before)
    tail = tail_of(level=level)
    low = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1), y + 1, tail))
    high = np.where(y == 0, 1.0, betaincinv(x + 1, np.maximum(y, 1), 1 - tail))
    scale = exposure_before / exposure_now
    with np.errstate(divide="ignore"):
        return low / (1 - low) * scale, high / (1 - high) * scale


def growth(*, now: int, before: int, exposure_now: float, exposure_before: float) -> float:
    """How many times as many events per exposure there were now as before.

    One event is added, shared out by exposure, so that neither is 0 and no event at all says 1. Raises ValueError as
    `rate_ratio_interval`.
    """
    check_counts(counts=[now, before], exposures=[exposure_now, exposure_before])
    share = exposure_now / (exposure_now + exposure_before)
    return (now + share) / (before + 1 - share) * exposure_before / exposure_now


def direction(*, low: float, high: float, others: float = 1.0) -> str:
    """What an interval of a rate ratio says beside the ratio of all others: rising, falling or no clear change.

    Rising only above both 1 and `others`, falling only below both: what rises as everything does rises no more than
    what is looked at more closely, and what falls behind the others without falling itself does not fall.
    """
    if low > max(1.0, others):
        return RISING
    return FALLING if high < min(1.0, others) else NO_CLEAR_CHANGE
