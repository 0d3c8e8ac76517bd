"""Gamma-Poisson shrinkage: rates of a group of products borrow strength from each other."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts, gamma_quantile

# The prior is never worth less than a tenth of a year's evidence, nor more than a thousand years'.
_LEAST_RATE, _MOST_RATE = 0.1, 1_000.0
_GRID = 400


@dataclass(frozen=True)
class GammaPrior:
    """A Gamma distribution of rates; mean = shape / rate, and `rate` is the evidence it is worth, in exposure."""

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        return self.shape / self.rate


def fit_gamma_prior(*, counts: npt.ArrayLike, exposures: npt.ArrayLike) -> GammaPrior:
    """The Gamma prior that makes the counts likeliest, its mean held at the pooled rate (with half an event added).

    The marginal likelihood is negative binomial; its one free parameter, the prior's weight, is searched on a fixed
    logarithmic grid between 0.1 and 1,000 units of exposure, so that counts without over-dispersion give a strong prior
    instead of a negative variance, and the same counts always the same prior. Raises ValueError without counts.
    Source: Clayton and Kaldor (1987), section 2; Robbins (1956).
    """
    from scipy.special import gammaln

    n, t = check_counts(counts=np.sort(np.atleast_1d(counts)), exposures=exposures)
    if n.size == 0:
        raise ValueError("A prior needs at least one count.")
    mean = (n.sum() + 0.5) / t.sum()
    values, repeats = np.unique(np.stack([n, t]), axis=1, return_counts=True)
    events, years = values[0][:, None], values[1][:, None]
    rate = np.geomspace(_LEAST_RATE, _MOST_RATE, _GRID)[None, :]
    shape = mean * rate
    each = (
        gammaln(events + shape) - gammaln(shape) + shape * np.log(rate / (rate + years)) - events * np.log(rate + years)
    )
    best = int(np.argmax((each * repeats[:, None]).sum(axis=0)))
    return GammaPrior(shape=float(shape[0, best]), rate=float(rate[0, best]))


@dataclass(frozen=True)
class Posterior:
    """Gamma posteriors of rates: shapes and rates, means and the bounds of the interval asked for."""

    shape: Floats
    rate: Floats
    mean: Floats
    low: Floats
    high: Floats


def shrink(*, counts: npt.ArrayLike, exposures: npt.ArrayLike, prior: GammaPrior, level: float = 0.90) -> Posterior:
    """Posterior rates under a prior; each mean lies between the raw rate and the prior's mean.

    Raises ValueError for a negative count or an exposure that is not positive. Source: Gelman et al., Bayesian Data
    Analysis, 3rd edition, section 2.6.
    """
    n, t = check_counts(counts=counts, exposures=exposures)
    shape, rate = n + prior.shape, t + prior.rate
    tail = (1 - level) / 2
    low = gamma_quantile(share=tail, shape=shape, rate=rate)
    return Posterior(shape, rate, shape / rate, low, gamma_quantile(share=1 - tail, shape=shape, rate=rate))
