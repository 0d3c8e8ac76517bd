"""Empirical Bayes geometric means: against integration, simulation and their own rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, nbinom

from bluelamp.stats.ebgm import STARTING_MIXTURE, GammaMixture, fit_mixture, ratios
from bluelamp.stats.shrinkage import GammaPrior

counts_strategy = st.lists(st.integers(0, 40), min_size=1, max_size=30)


def _density(mixture: GammaMixture, x: float) -> float:
    parts = ((mixture.share, mixture.first), (1 - mixture.share, mixture.second))
    return float(sum(w * gamma.pdf(x, p.shape, scale=1 / p.rate) for w, p in parts))


@pytest.mark.parametrize(("n", "e"), [(0, 0.5), (1, 0.05), (3, 2.0), (12, 1.5), (40, 60.0)])
def test_agrees_with_integrating_prior_times_likelihood(n: int, e: float) -> None:
    """Bayes by brute force: no formula of the module is used."""

    def joint(x: float) -> float:
        return float(np.exp(-x * e) * x**n * _density(STARTING_MIXTURE, x))

    top = (n + 40) / e + 60
    marks = [1e-9, 1e-6, 1e-3, 0.01, 0.1, 1, n / e if n else 0.2]
    mass = quad(joint, 0, top, points=marks, limit=500)[0]
    found = ratios(counts=[n], expected=[e], mixture=STARTING_MIXTURE)
    mean_log = quad(lambda x: np.log(x) * joint(x), 0, top, points=marks, limit=500)[0] / mass
    below = quad(joint, 0, float(found.eb05[0]), points=[m for m in marks if m < found.eb05[0]], limit=500)[0] / mass
    assert found.ebgm[0] == pytest.approx(np.exp(mean_log), rel=1e-3)
    assert below == pytest.approx(0.05, rel=3e-3)


def test_finds_back_what_made_the_counts() -> None:
    draw = np.random.default_rng(7)
    e = draw.uniform(0.2, 3.0, size=20_000)
    rare = draw.random(20_000) < 0.1
    ratio = np.where(rare, draw.gamma(4.0, 1 / 0.8, 20_000), draw.gamma(3.0, 1 / 6.0, 20_000))
    n = draw.poisson(ratio * e)
    found = fit_mixture(counts=n, expected=e)
    means = sorted([(found.first.mean, found.share), (found.second.mean, 1 - found.share)])
    assert means[0][0] == pytest.approx(0.5, rel=0.1) and means[1][0] == pytest.approx(5.0, rel=0.15)
    assert means[1][1] == pytest.approx(0.1, rel=0.2)
    covered = (ratios(counts=n, expected=e, mixture=found).eb05 < ratio).mean()
    assert covered == pytest.approx(0.95, abs=0.006)


def test_likelihood_is_the_negative_binomial() -> None:
    draw = np.random.default_rng(3)
    n, e = draw.poisson(2.0, size=400), np.full(400, 2.0)
    best = fit_mixture(counts=n, expected=e)

    def log_likelihood(m: GammaMixture) -> float:
        parts = ((m.share, m.first), (1 - m.share, m.second))
        each = sum(w * nbinom.pmf(n, p.shape, p.rate / (p.rate + 2.0)) for w, p in parts)
        return float(np.log(each).sum())

    assert log_likelihood(best) >= log_likelihood(STARTING_MIXTURE)
    assert log_likelihood(best) >= float(np.log(nbinom.pmf(n, 50, 50 / 52)).sum()) - 0.5


@settings(max_examples=60, deadline=None)
@given(counts_strategy, st.floats(0.01, 50), st.integers(0, 10_000))
def test_more_events_raise_both_and_order_means_nothing(counts: list[int], expected: float, seed: int) -> None:
    n = np.array(counts)
    mixture = fit_mixture(counts=n, expected=np.full(len(n), expected))
    found = ratios(counts=n, expected=expected, mixture=mixture)
    more = ratios(counts=n + 1, expected=expected, mixture=mixture)
    assert (more.ebgm > found.ebgm).all() and (more.eb05 > found.eb05).all()
    seen = n > 0
    assert (found.eb05[seen] < found.ebgm[seen]).all() and (found.eb05 >= 0).all()
    mixed = np.random.default_rng(seed).permutation(len(n))
    assert fit_mixture(counts=n[mixed], expected=np.full(len(n), expected)) == mixture


def test_where_dumouchels_start_ends_too_early_the_other_start_goes_on() -> None:
    from scipy.optimize import minimize

    from bluelamp.stats.ebgm import _LOG_LIMITS, _SHARE_LIMITS, _starts, _unlikely

    draw = np.random.default_rng(44)
    e = draw.uniform(0.02, 3, 210)
    n = draw.poisson(np.where(draw.random(210) < 0.05, 20, 1.0) * e * draw.gamma(0.5, 2, 210)).astype(float)
    one = np.ones(210, dtype=np.int64)

    def unlikely(at: np.ndarray) -> tuple[float, np.ndarray]:
        return _unlikely(at, n=n, e=e, repeats=one)

    bounds = [_LOG_LIMITS] * 4 + [_SHARE_LIMITS]
    ends = [minimize(unlikely, at, jac=True, method="L-BFGS-B", bounds=bounds).fun for at in _starts(n, e)]
    found = fit_mixture(counts=n, expected=e)
    first, second = found.first, found.second
    at = np.append(np.log([first.shape, first.rate, second.shape, second.rate]), found.share)
    assert unlikely(at)[0] == pytest.approx(min(ends)) and min(ends) < ends[0] - 1


def test_too_little_is_said_with_the_starting_mixture() -> None:
    assert fit_mixture(counts=[1, 0, 0, 0, 0, 2], expected=1.0) == STARTING_MIXTURE
    assert fit_mixture(counts=[1, 2, 3, 4], expected=1.0) == STARTING_MIXTURE


@pytest.mark.parametrize(("n", "e"), [([-1], [1.0]), ([1], [0.0]), ([1], [float("nan")])])
def test_what_cannot_be_is_refused(n: list[int], e: list[float]) -> None:
    with pytest.raises(ValueError):
        ratios(counts=n, expected=e, mixture=STARTING_MIXTURE)
    with pytest.raises(ValueError):
        GammaMixture(share=1.0, first=GammaPrior(shape=1, rate=1), second=GammaPrior(shape=1, rate=1))


def test_the_slope_is_that_of_the_likelihood() -> None:
    from bluelamp.stats.ebgm import _unlikely

    draw = np.random.default_rng(1)
    n, e = draw.poisson(1.5, size=40).astype(float), draw.uniform(0.1, 4, size=40)
    at, one = np.array([0.3, -0.7, 1.1, 0.4, 0.35]), np.ones(40, dtype=np.int64)
    slope = _unlikely(at, n=n, e=e, repeats=one)[1]
    for i in range(5):
        step = np.eye(5)[i] * 1e-6
        ends = [_unlikely(at + sign * step, n=n, e=e, repeats=one)[0] for sign in (1, -1)]
        assert slope[i] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-6)
