"""Intervals of a Poisson rate without any knowledge of others."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def gamma_quantile(*, share: float, shape: Floats, rate: Floats) -> Floats:
    """Quantile of Gamma distributions given by shape and rate; `share` is the probability below it.

    Source: NIST Digital Library of Mathematical Functions 8.2.4 (the regularised incomplete gamma, inverted).
    """
    # Imported here because loading it takes longer than most commands need.
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(shape, share) / rate, dtype=np.float64)


def jeffreys_interval(*, counts: npt.ArrayLike, exposures: npt.ArrayLike, level: float = 0.90) -> tuple[Floats, Floats]:
    """Jeffreys interval of Poisson rates: two equal-tailed quantiles of Gamma(count + 1/2, exposure).

    `counts` are events, `exposures` years (or units x years), of one shape or broadcast to one; the bounds have that
    shape and the unit events per exposure. The lower bound is exactly the quantile, but 0 for a count of 0 by the usual
    convention, since no event can rule out the rate 0. Raises ValueError for a negative count, an exposure that is not
    positive, or a level outside (0, 1). Source: Brown, Cai and DasGupta (2003), Interval estimation in exponential
    families, Statistica Sinica 13, 19-49.
    """
    n, t = check_counts(counts=counts, exposures=exposures)
    tail = tail_of(level=level)
    low = np.where(n == 0, 0.0, gamma_quantile(share=tail, shape=n + 0.5, rate=t))
    return low, gamma_quantile(share=1 - tail, shape=n + 0.5, rate=t)


def tail_of(*, level: float) -> float:
    """The probability left out on each side of an interval. Raises ValueError for a level outside (0, 1)."""
    if not 0 < level < 1:
        raise ValueError("A level must lie between 0 and 1.")
    return (1 - level) / 2


def check_counts(*, counts: npt.ArrayLike, exposures: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Counts and exposures as float arrays of one shape. Raises ValueError for what cannot make a rate."""
    n, t = np.broadcast_arrays(np.asarray(counts, dtype=np.float64), np.asarray(exposures, dtype=np.float64))
    if not (np.isfinite(n).all() and np.isfinite(t).all() and (n >= 0).all() and (t > 0).all()):
        raise ValueError("Counts must be 0 or more and exposures more than 0.")
    return n, t
