"""Intervals of a Poisson rate without any prior knowledge of others."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def gamma_quantile(*, share: float, shape: Floats, rate: Floats) -> Floats:
    """Quantile of a Gamma distribution by shape and rate. Source: DLMF 8.17; scipy's inverse incomplete gamma."""
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(shape, share) / rate, dtype=np.float64)


def jeffreys_interval(*, counts: npt.ArrayLike, exposures: npt.ArrayLike, level: float = 0.90) -> tuple[Floats, Floats]:
    """Jeffreys interval of Poisson rates: quantiles of Gamma(count + 1/2, exposure), lower bound 0 for a count of 0.

    `counts` are events, `exposures` years (or units x years); the result has the unit events per exposure. Raises
    ValueError for a negative count or an exposure that is not positive. Source: Brown, Cai, DasGupta (2003), section 3.
    """
    n, t = check_counts(counts=counts, exposures=exposures)
    tail = (1 - level) / 2
    low = np.where(n == 0, 0.0, gamma_quantile(share=tail, shape=n + 0.5, rate=t))
    return low, gamma_quantile(share=1 - tail, shape=n + 0.5, rate=t)


def check_counts(*, counts: npt.ArrayLike, exposures: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Counts and exposures as arrays of one shape. Raises ValueError for what cannot be a rate."""
    n, t = np.broadcast_arrays(np.asarray(counts, dtype=np.float64), np.asarray(exposures, dtype=np.float64))
    if not (np.isfinite(n).all() and np.isfinite(t).all() and (n >= 0).all() and (t > 0).all()):
        raise ValueError("Counts must be 0 or more and exposures more than 0.")
    return n, t
