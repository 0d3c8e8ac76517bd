"""Gamma-Poisson hierarchy: the rates of a group borrow strength, and what the group says is itself uncertain."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts, tail_of

# Steps of the group's mean, and of the log odds of the share by which rates are drawn to it: first from end to end,
# then again where it may lie. Three and five times as many move a bound by at most a fiftieth of it, mostly far less.
_MEANS, _SHARES = 24, 32
_FAR = 14.0
# Steps of the mean are never taken from a Gamma of a smaller shape, whose lowest would be 0 in a computer.
_WIDEST = 0.25
# Bounds are found to a thousand millionth of themselves, or of one in their own unit.
_EXACT = 1e-9
# Priors less likely than this, beside the likeliest, are left out.
_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, eq=False)
class Priors:
    """The Gamma distributions of rates that a group's counts leave possible, and how probable each is.

    `shape`, `rate` (the evidence that a prior is worth, in exposure) and `weight` (their sum is 1) are of one length;
    `exposure` is that of each count of the group.
    """

    shape: Floats
    rate: Floats
    weight: Floats
    exposure: float

    @property
    def mean(self) -> float:
        """The rate towards which the group's means are drawn, in events per exposure."""
        share = self.weight * self.rate / (self.rate + self.exposure)
        return float((share * self.shape / self.rate).sum() / share.sum())

    @property
    def worth(self) -> float:
        """How much exposure the group's evidence counts for in a mean, beside a count's own."""
        share = float((self.weight * self.rate / (self.rate + self.exposure)).sum())
        return self.exposure * share / (1 - share)


@dataclass(frozen=True)
class Posterior:
    """Of each rate, its mean and the bounds of its interval: arrays of one shape, events per exposure."""

    mean: Floats
    low: Floats
    high: Floats


def learn_priors(*, counts: npt.ArrayLike, exposure: float) -> Priors:
    """What the counts of a group, each over the same exposure, say of how its rates are distributed.

    Rates are Gamma with a mean m and a worth b (shape m x b, rate b). Before the counts, the share b / (b + exposure)
    by which a rate is drawn to the mean is uniform (Christiansen and Morris), and m has the density 1 / sqrt(m), which
    is Jeffreys' for a Poisson mean and leaves a group without any event a proper answer (our choice). After them, each
    pair weighs by the negative binomial likelihood of all counts, on a grid: equal steps of the share's log odds where
    it may lie and, given it, the middles of equal steps of probability of a Gamma that is wider than the likelihood of
    m. A group that says little thus says little, without fallbacks. The order of counts has no effect. Raises
    ValueError without counts, for a negative count, or for an exposure that is not positive. Source: Christiansen and
    Morris (1997), Hierarchical Poisson regression modeling, Journal of the American Statistical Association 92,
    618-632.
    """
    n, _ = check_counts(counts=counts, exposures=exposure)
    if n.size == 0:
        raise ValueError("Priors need at least one count.")
    coarse, step = np.linspace(-_FAR, _FAR, _SHARES, retstep=True)
    weights = _weighed(n, exposure=exposure, log_odds=coarse)[2].max(axis=1)
    likely = coarse[weights > _NEGLIGIBLE]
    fine = np.linspace(likely[0] - step, likely[-1] + step, _SHARES)
    shape, rate, weight = _weighed(n, exposure=exposure, log_odds=fine)
    kept = weight > _NEGLIGIBLE
    return Priors(shape=shape[kept], rate=rate[kept], weight=weight[kept] / weight[kept].sum(), exposure=exposure)


def _weighed(n: Floats, *, exposure: float, log_odds: Floats) -> tuple[Floats, Floats, Floats]:
    """Shape, rate and weight beside the likeliest of each prior of a grid: a row per log odds, a column per mean."""
    odds = np.exp(log_odds)[:, None]
    worth = exposure * odds
    mean, log_density = _means(n, exposure=exposure, worth=worth)
    rate = np.broadcast_to(worth, mean.shape)
    # Of the steps' log odds, the uniform share has the density share x (1 - share).
    log_prior = -0.5 * np.log(mean) + np.log(odds) - 2 * np.log1p(odds)
    log_weight = _log_likelihood(n, exposure=exposure, shape=mean * worth, rate=rate) + log_prior - log_density
    return mean * worth, rate, np.exp(log_weight - log_weight.max())


def _means(n: Floats, *, exposure: float, worth: Floats) -> tuple[Floats, Floats]:
    """Steps of the group's mean for each worth, and the log density of the Gamma that they are taken from.

    The likelihood of log m is about as wide as 1 / events (chance) and 1 / (counts x shape) (rates that differ)
    together; the steps are taken from twice that, and lie the closer the higher their density.
    """
    from scipy.special import gammaincinv, gammaln

    # As in the Jeffreys interval half an event is added, so that the pooled rate is never 0.
    events = float(n.sum()) + 0.5
    pooled = events / (n.size * exposure)
    shape = np.maximum(_WIDEST, 0.5 / (1 / events + 1 / (n.size * pooled * worth)))
    rate = shape / pooled
    mean = gammaincinv(shape, (np.arange(_MEANS) + 0.5) / _MEANS) / rate
    return mean, shape * np.log(rate) - gammaln(shape) + (shape - 1) * np.log(mean) - rate * mean


def _log_likelihood(n: Floats, *, exposure: float, shape: Floats, rate: Floats) -> Floats:
    """Log of the negative binomial probability of all counts under each prior, up to a term that all priors share."""
    from scipy.special import gammaln

    # log1p keeps the likelihood flat, not noisy, for strong priors.
    found = -n.size * shape * np.log1p(exposure / rate) - n.sum() * np.log(rate + exposure)
    for value, repeats in zip(*np.unique(n, return_counts=True), strict=True):
        found = found + repeats * (gammaln(value + shape) - gammaln(shape))
    return np.asarray(found, dtype=np.float64)


def shrink(*, counts: npt.ArrayLike, priors: Priors, level: float = 0.90) -> Posterior:
    """Means and equal-tailed intervals of rates, averaged over the priors; each count has the priors' exposure.

    The mean is share x priors.mean + (1 - share) x count / exposure, so it lies between the two. Under one set of
    priors, one more event raises the mean and the upper bound and never lowers the lower one. Raises ValueError for a
    negative count or a level outside (0, 1). Source: as `learn_priors`; Gelman and others, Bayesian Data Analysis, 3rd
    edition, section 5.3.
    """
    n, _ = check_counts(counts=counts, exposures=priors.exposure)
    tail = tail_of(level=level)
    values, where = np.unique(n.ravel(), return_inverse=True)
    shape, rate = values[:, None] + priors.shape, priors.exposure + priors.rate
    found = (shape / rate) @ priors.weight, *_quantiles((tail, 1 - tail), shape, rate, priors.weight)
    mean, low, high = (each[where.reshape(-1)].reshape(n.shape) for each in found)
    return Posterior(mean=mean, low=low, high=high)


def _quantiles(shares: tuple[float, float], shape: Floats, rate: Floats, weight: Floats) -> Floats:
    """Quantiles of mixtures of Gammas, per share one of each row of shapes: between those of the parts, by search.

    Source of the search: Chandrupatla (1997), Advances in Engineering Software 28, 145-149.
    """
    from scipy.optimize.elementwise import find_root
    from scipy.special import gammainc, gammaincinv

    wanted = np.array(shares)[:, None]
    parts = gammaincinv(shape, wanted[..., None]) / rate
    # A little wider than the parts, so that the ends lie on both sides even where all parts are one, or too small to
    # be told from 0.
    ends = parts.min(axis=-1) * (1 - _EXACT), np.maximum(parts.max(axis=-1) * (1 + _EXACT), _EXACT)
    rows = np.arange(len(shape), dtype=np.float64)

    def beyond(x: Floats, share: Floats, row: Floats) -> Floats:
        return np.asarray(gammainc(shape[row.astype(int)], rate * x[..., None]) @ weight - share, dtype=np.float64)

    # Bounds near 0 may be far below any number that is shown; their last digits are not worth the time.
    exact = {"xatol": _EXACT, "xrtol": _EXACT}
    found = find_root(beyond, ends, args=(wanted, rows), tolerances=exact)
    return np.asarray(found.x, dtype=np.float64)
