"""Ranks as ranges."""

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats

Ints = npt.NDArray[np.int64]


def rank_ranges(*, shape: Floats, rate: Floats, confidence: float = 0.95) -> tuple[Ints, Ints]:
    """The best and worst rank (1 = highest rate) that each of N Gamma posteriors may hold.

    Best = 1 + how many others are certainly higher; worst = N - how many are certainly lower, where certain is a
    pairwise probability above `confidence`. P(X > Y) of independent Gammas is a regularised incomplete beta. Compared
    between distinct posteriors only, so that many products with the same count are cheap. Source: Goldstein and
    Spiegelhalter (1996), section 4.
    """
    from scipy.special import betainc

    pairs, where, repeats = np.unique(np.stack([shape, rate]), axis=1, return_inverse=True, return_counts=True)
    a, b = pairs
    # X/(X+Y) in a common scale is Beta(a_x, a_y): P(X > Y) = I(b_x / (b_x + b_y); a_y, a_x).
    above = betainc(a[None, :], a[:, None], b[None, :] / (b[:, None] + b[None, :])).T
    higher = (above > confidence).astype(np.int64)
    best = 1 + (higher * repeats[:, None]).sum(axis=0)
    worst = int(repeats.sum()) - (higher * repeats[None, :]).sum(axis=1)
    index = where.reshape(-1)
    return best[index], worst[index]
