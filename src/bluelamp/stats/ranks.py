"""Ranks as ranges."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.hierarchy import Priors
from bluelamp.stats.intervals import Floats, check_counts

Ints = npt.NDArray[np.int64]


def probability_above(*, shape_x: Floats, rate_x: Floats, shape_y: Floats, rate_y: Floats) -> Floats:
    """P(X > Y) of independent Gammas, elementwise.

    With both scaled to rate 1, Y' / (X' + Y') is Beta(shape_y, shape_x), and X > Y where it is below
    rate_y / (rate_x + rate_y). Source: NIST Digital Library of Mathematical Functions 8.17.2; Cook (2008), Numerical
    computation of stochastic inequality probabilities.
    """
    from scipy.special import betainc

    return np.asarray(betainc(shape_y, shape_x, rate_y / (rate_x + rate_y)), dtype=np.float64)


def rank_ranges(*, counts: npt.ArrayLike, priors: Priors, confidence: float = 0.95) -> tuple[Ints, Ints]:
    """The best and the worst rank that each of N rates may hold; rank 1 is the highest rate.

    Best = 1 + how many others are certainly higher; worst = N - how many are certainly lower, where certain is a
    pairwise probability above `confidence`, averaged over the priors that both rates share. So each pair is told apart
    with that confidence, not all of them at once. Only distinct counts are compared, so that 50,000 products with few
    different counts are cheap; D distinct ones cost D x D x the number of priors. Raises ValueError for a negative
    count, or a confidence outside [0.5, 1), below which a pair could be ordered both ways. Source: Goldstein and
    Spiegelhalter (1996), League tables and their limitations, Journal of the Royal Statistical Society A 159, 385-443.
    """
    n, _ = check_counts(counts=counts, exposures=priors.exposure)
    if not 0.5 <= confidence < 1:
        raise ValueError("The confidence must be at least 0.5 and below 1.")
    values, where, repeats = np.unique(n.ravel(), return_inverse=True, return_counts=True)
    higher = np.stack([_probability_higher(value, values, priors) > confidence for value in values])
    index = where.reshape(-1)
    # Row i, column j: the rate of count i is certainly higher than that of count j.
    best, worst = 1 + repeats @ higher, n.size - higher @ repeats
    return best[index].astype(np.int64), worst[index].astype(np.int64)


def _probability_higher(count: float, others: Floats, priors: Priors) -> Floats:
    """P(the rate of one count > that of each other). All rates have one exposure, so under one prior one scale."""
    rate = priors.exposure + priors.rate
    own, other = count + priors.shape, others[:, None] + priors.shape
    return probability_above(shape_x=own, rate_x=rate, shape_y=other, rate_y=rate) @ priors.weight
