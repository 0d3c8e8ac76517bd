"""Empirical Bayes geometric means: how many times more often than expected, when many are compared at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts
from bluelamp.stats.shrinkage import LEAST_ABOVE_ZERO, LEAST_COUNTS, GammaPrior

# Halving the bracket of a quantile so often leaves an error below one part in a million million.
_HALVINGS = 60
_LOG_LIMITS = (-3.0, 5.0)
_SHARE_LIMITS = (1e-4, 1 - 1e-4)


@dataclass(frozen=True)
class GammaMixture:
    """Two Gamma distributions of the ratio observed / expected; `share` is the first one's weight, in (0, 1)."""

    share: float
    first: GammaPrior
    second: GammaPrior

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError("The share of the first distribution must lie between 0 and 1.")


# Where DuMouchel's search begins; what is used where too little is known to search.
STARTING_MIXTURE = GammaMixture(
    share=1 / 3, first=GammaPrior(shape=0.2, rate=0.1), second=GammaPrior(shape=2.0, rate=4.0)
)


@dataclass(frozen=True)
class Ratios:
    """Per count: the geometric mean of the ratio's posterior (EBGM), its 5 % quantile (EB05); arrays of one shape."""

    ebgm: Floats
    eb05: Floats


def fit_mixture(*, counts: npt.ArrayLike, expected: npt.ArrayLike) -> GammaMixture:
    """The mixture of two Gammas that makes the counts likeliest (a Gamma-Poisson Shrinker).

    `expected` are the counts that each would have if it were like the rest, above 0. Five parameters are searched by
    L-BFGS-B, in logarithms within exp(-3) to exp(5), from fixed starting points; the best end wins, so that the same
    counts give the same mixture whatever their order. With fewer than 5 counts, or fewer than 3 above zero, it is
    DuMouchel's starting mixture. Raises ValueError for a negative count or an expected one that is not positive.
    Source: DuMouchel (1999), Bayesian data mining in large frequency tables, The American Statistician 53, 177-190.
    """
    n, e = check_counts(counts=counts, exposures=expected)
    if n.size < LEAST_COUNTS or int((n > 0).sum()) < LEAST_ABOVE_ZERO:
        return STARTING_MIXTURE
    from scipy.optimize import minimize

    values, repeats = np.unique(np.stack([n.ravel(), e.ravel()]), axis=1, return_counts=True)

    def unlikely(parameters: Floats) -> tuple[float, Floats]:
        return _unlikely(parameters, n=values[0], e=values[1], repeats=repeats)

    bounds = [_LOG_LIMITS] * 4 + [_SHARE_LIMITS]
    ends = [minimize(unlikely, start, jac=True, method="L-BFGS-B", bounds=bounds) for start in _starts(n, e)]
    return _mixture(min(ends, key=lambda end: float(end.fun)).x)


def ratios(*, counts: npt.ArrayLike, expected: npt.ArrayLike, mixture: GammaMixture) -> Ratios:
    """EBGM and EB05 of counts under a mixture. Under one mixture and expectation, more events raise both.

    The posterior of a ratio is a mixture of Gamma(shape + count, rate + expected). Raises ValueError as `fit_mixture`.
    Source: DuMouchel (1999), equations 8 to 11; DuMouchel and Pregibon (2001), KDD, for the 5 % quantile.
    """
    from scipy.special import digamma

    n, e = check_counts(counts=counts, exposures=expected)
    values, where = np.unique(np.stack([n.ravel(), e.ravel()]), axis=1, return_inverse=True)
    log_first, log_second = _log_weights(n=values[0], e=values[1], mixture=mixture)
    weight = np.exp(log_first - np.logaddexp(log_first, log_second))
    parts = [(p.shape + values[0], p.rate + values[1]) for p in (mixture.first, mixture.second)]
    means = [digamma(shape) - np.log(rate) for shape, rate in parts]
    index = where.reshape(-1)
    return Ratios(
        ebgm=np.exp(weight * means[0] + (1 - weight) * means[1])[index].reshape(n.shape),
        eb05=_quantile(share=0.05, weight=weight, parts=parts)[index].reshape(n.shape),
    )


def _unlikely(parameters: Floats, *, n: Floats, e: Floats, repeats: npt.NDArray[np.int64]) -> tuple[float, Floats]:
    """Minus the log likelihood of a mixture, and its slope by the logarithms of shapes and rates and by the share."""
    from scipy.special import digamma

    mixture = _mixture(parameters)
    first, second = _log_weights(n=n, e=e, mixture=mixture)
    both = np.logaddexp(first, second)
    slope = np.empty(5)
    weights = np.exp(first - both), np.exp(second - both)
    for at, (weight, prior) in enumerate(zip(weights, (mixture.first, mixture.second), strict=True)):
        a, b = prior.shape, prior.rate
        own = weight * repeats
        slope[2 * at] = a * (own * (digamma(a + n) - digamma(a) - np.log1p(e / b))).sum()
        slope[2 * at + 1] = b * (own * (a * e / b - n) / (b + e)).sum()
    slope[4] = (repeats * (weights[0] / mixture.share - weights[1] / (1 - mixture.share))).sum()
    return -float((both * repeats).sum()), -slope


def _starts(n: Floats, e: Floats) -> Sequence[Floats]:
    """DuMouchel's point, and one whose two parts lie below and far above the ratio of all."""
    mean = float(n.sum() / e.sum())
    apart = np.array([0.0, np.log(2 / mean), 0.0, np.log(0.2 / mean), 0.9])
    return (np.array([np.log(0.2), np.log(0.1), np.log(2.0), np.log(4.0), 1 / 3]), np.clip(apart, *_LOG_LIMITS))


def _mixture(parameters: Floats) -> GammaMixture:
    a1, b1, a2, b2 = (float(value) for value in np.exp(parameters[:4]))
    first, second = GammaPrior(shape=a1, rate=b1), GammaPrior(shape=a2, rate=b2)
    return GammaMixture(share=float(parameters[4]), first=first, second=second)


def _log_weights(*, n: Floats, e: Floats, mixture: GammaMixture) -> tuple[Floats, Floats]:
    """Logarithm of each part's weight times its negative binomial likelihood, up to one term that both have."""
    from scipy.special import gammaln

    def log_likelihood(prior: GammaPrior) -> Floats:
        a, b = prior.shape, prior.rate
        return np.asarray(gammaln(a + n) - gammaln(a) - a * np.log1p(e / b) - n * np.log(b + e), dtype=np.float64)

    first, second = log_likelihood(mixture.first), log_likelihood(mixture.second)
    return np.log(mixture.share) + first, np.log(1 - mixture.share) + second


def _quantile(*, share: float, weight: Floats, parts: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Quantiles of mixtures of two Gammas: between those of the parts, found by halving."""
    from scipy.special import gammainc, gammaincinv

    ends = [gammaincinv(shape, share) / rate for shape, rate in parts]
    low, high = np.minimum(*ends), np.maximum(*ends)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = sum(
            w * gammainc(shape, rate * middle) for w, (shape, rate) in zip((weight, 1 - weight), parts, strict=True)
        )
        low, high = np.where(below < share, middle, low), np.where(below < share, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)
