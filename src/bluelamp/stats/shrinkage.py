"""Gamma priors of rates, and the one likeliest for a group: for estimates that need no interval (`hierarchy` has)."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts

# Fewer counts, or fewer of them above zero, cannot show how much rates differ.
LEAST_COUNTS, LEAST_ABOVE_ZERO = 5, 3
# A prior is worth at least a twentieth of one product's exposure (and at most that of the whole group).
_LEAST_SHARE = 0.05
_GRID = 400


@dataclass(frozen=True)
class GammaPrior:
    """A Gamma distribution of rates; `rate` is the evidence it is worth, in exposure. Raises ValueError if improper."""

    shape: float
    rate: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.shape) and math.isfinite(self.rate) and self.shape > 0 and self.rate > 0):
            raise ValueError("A prior needs a shape and a rate above 0.")

    @property
    def mean(self) -> float:
        """The mean rate, events per exposure."""
        return self.shape / self.rate


def fit_gamma_prior(*, counts: npt.ArrayLike, exposures: npt.ArrayLike) -> GammaPrior:
    """The Gamma prior that makes the counts of a group likeliest, its mean held at the pooled rate.

    Pooled rate: (all events + 1/2) / all exposure, so that it is never 0. The marginal likelihood of a count is
    negative binomial; its one free parameter, the prior's worth in exposure, is searched on a fixed logarithmic grid of
    400 steps from a twentieth of the mean exposure to the exposure of the whole group. Both ends are clamps: counts
    that vary no more than chance end at the upper one, where the prior says what the pooled group itself would,
    Gamma(events + 1/2, exposure), instead of a variance of 0 or less. Fallback: with fewer than 5 counts, or fewer than
    3 above zero, nobody can tell how much rates differ; the prior is then Gamma(1/2, 1 / (2 x pooled rate)), clamped
    alike. The order of counts has no effect. Raises ValueError without counts, for a negative count, or for an exposure
    that is not positive. Source: Clayton and Kaldor (1987), Biometrics 43, 671-681; Robbins (1956).
    """
    n, t = check_counts(counts=counts, exposures=exposures)
    if n.size == 0:
        raise ValueError("A prior needs at least one count.")
    # fsum is exact whatever the order, so that the same group gives the same bytes.
    exposure = math.fsum(t.ravel())
    mean = (math.fsum(n.ravel()) + 0.5) / exposure
    least, most = _LEAST_SHARE * exposure / n.size, exposure
    if n.size < LEAST_COUNTS or int((n > 0).sum()) < LEAST_ABOVE_ZERO:
        rate = min(max(0.5 / mean, least), most)
    else:
        rate = _likeliest(n=n.ravel(), t=t.ravel(), mean=mean, rates=np.geomspace(least, most, _GRID))
    return GammaPrior(shape=mean * rate, rate=rate)


def _likeliest(*, n: Floats, t: Floats, mean: float, rates: Floats) -> float:
    """The worth with the highest marginal likelihood. Equal counts are computed once."""
    from scipy.special import gammaln

    values, repeats = np.unique(np.stack([n, t]), axis=1, return_counts=True)
    events, years = values[0][:, None], values[1][:, None]
    rate = rates[None, :]
    shape = mean * rate
    # Terms that do not depend on the prior are left out; log1p keeps the likelihood flat, not noisy, for strong priors.
    each = gammaln(events + shape) - gammaln(shape) - shape * np.log1p(years / rate) - events * np.log(rate + years)
    return float(rates[int(np.argmax((each * repeats[:, None]).sum(axis=0)))])
