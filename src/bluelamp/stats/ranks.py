"""Ranks as ranges."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats

Ints = npt.NDArray[np.int64]
# Rows of the table of pairs held in memory at once.
_CHUNK = 256


def probability_above(*, shape_x: Floats, rate_x: Floats, shape_y: Floats, rate_y: Floats) -> Floats:
    """P(X > Y) of independent Gammas, elementwise.

    With both scaled to rate 1, Y' / (X' + Y') is Beta(shape_y, shape_x), and X > Y where it is below
    rate_y / (rate_x + rate_y). Source: NIST Digital Library of Mathematical Functions 8.17.2; Cook (2008), Numerical
    computation of stochastic inequality probabilities.
    """
    from scipy.special import betainc

    return np.asarray(betainc(shape_y, shape_x, rate_y / (rate_x + rate_y)), dtype=np.float64)


def rank_ranges(*, shape: Floats, rate: Floats, confidence: float = 0.95) -> tuple[Ints, Ints]:
    """The best and the worst rank that each of N Gamma posteriors may hold; rank 1 is the highest rate.

    Best = 1 + how many others are certainly higher; worst = N - how many are certainly lower, where certain is a
    pairwise probability above `confidence`. Only distinct posteriors are compared, so that 50,000 products with few
    different counts are cheap; D distinct ones cost D x D. Raises ValueError for a shape or rate that is not positive,
    or a confidence outside [0.5, 1), below which a pair could be ordered both ways. Source: Goldstein and Spiegelhalter
    (1996), League tables and their limitations, Journal of the Royal Statistical Society A 159, 385-443.
    """
    a, b = np.asarray(shape, dtype=np.float64).ravel(), np.asarray(rate, dtype=np.float64).ravel()
    if not ((a > 0).all() and (b > 0).all() and 0.5 <= confidence < 1):
        raise ValueError("Shapes and rates must be more than 0 and the confidence at least 0.5 and below 1.")
    pairs, where, repeats = np.unique(np.stack([a, b]), axis=1, return_inverse=True, return_counts=True)
    index = where.reshape(-1)
    return _best(pairs, repeats, confidence)[index], _worst(pairs, repeats, confidence)[index]


def _best(pairs: Floats, repeats: Ints, confidence: float) -> Ints:
    return 1 + _certain(pairs, repeats, confidence, above=False)


def _worst(pairs: Floats, repeats: Ints, confidence: float) -> Ints:
    return int(repeats.sum()) - _certain(pairs, repeats, confidence, above=True)


def _certain(pairs: Floats, repeats: Ints, confidence: float, *, above: bool) -> Ints:
    """Per distinct posterior, how many others it is certainly above (or below)."""
    found = np.zeros(pairs.shape[1], dtype=np.int64)
    for first in range(0, len(found), _CHUNK):
        own = pairs[:, first : first + _CHUNK, None]
        x, y = (own, pairs[:, None, :]) if above else (pairs[:, None, :], own)
        certain = probability_above(shape_x=x[0], rate_x=x[1], shape_y=y[0], rate_y=y[1]) > confidence
        found[first : first + _CHUNK] = (certain * repeats).sum(axis=1)
    return found
