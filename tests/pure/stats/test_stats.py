"""The statistics against closed forms, and their invariants for any input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, gamma, nbinom

from bluelamp.stats.backtest import average_precision, ndcg_at, precision_at, recall_at
from bluelamp.stats.intervals import jeffreys_interval
from bluelamp.stats.ranks import rank_ranges
from bluelamp.stats.shrinkage import fit_gamma_prior, shrink
from bluelamp.stats.trend import rate_ratio_interval

counts = st.lists(st.integers(0, 200), min_size=1, max_size=40)


def test_jeffreys_is_the_quantile_of_the_gamma() -> None:
    low, high = jeffreys_interval(counts=[0, 3], exposures=2.0)
    assert low[0] == 0
    assert low[1] == pytest.approx(gamma.ppf(0.05, 3.5, scale=0.5))
    assert high == pytest.approx(gamma.ppf(0.95, np.array([0.5, 3.5]), scale=0.5))


@pytest.mark.parametrize(("n", "t"), [([-1], 1), ([1], 0), ([float("nan")], 1)])
def test_what_cannot_be_a_rate_is_refused(n: list[float], t: float) -> None:
    with pytest.raises(ValueError, match="Counts must be"):
        jeffreys_interval(counts=n, exposures=t)


@given(counts)
def test_shrunk_mean_lies_between_raw_and_prior_and_never_below_zero(n: list[int]) -> None:
    prior = fit_gamma_prior(counts=n, exposures=2.0)
    found = shrink(counts=n, exposures=2.0, prior=prior)
    raw = np.array(n) / 2
    tiny = 1e-9
    assert (found.mean >= np.minimum(raw, prior.mean) - tiny).all()
    assert (found.mean <= np.maximum(raw, prior.mean) + tiny).all()
    assert (found.low >= 0).all() and (found.low <= found.mean).all() and (found.mean <= found.high).all()


@given(counts, st.randoms())
def test_prior_does_not_depend_on_order(n: list[int], source: object) -> None:
    other = list(n)
    source.shuffle(other)  # type: ignore[attr-defined]
    assert fit_gamma_prior(counts=n, exposures=2.0) == fit_gamma_prior(counts=other, exposures=2.0)


@given(counts, st.integers(0, 39))
def test_more_evidence_never_lowers_the_expected_count_under_a_prior(n: list[int], where: int) -> None:
    prior = fit_gamma_prior(counts=n, exposures=2.0)
    more = list(n)
    more[where % len(n)] += 1
    before, after = (shrink(counts=c, exposures=2.0, prior=prior) for c in (n, more))
    assert (after.mean >= before.mean).all() and (after.low >= before.low).all()


def test_prior_is_the_likeliest_of_its_grid_by_the_negative_binomial() -> None:
    n = np.array([0] * 40 + [1] * 5 + [4, 9, 14])
    prior = fit_gamma_prior(counts=n, exposures=2.0)

    def likelihood(rate: float) -> float:
        return float(nbinom.logpmf(n, prior.mean * rate, rate / (rate + 2)).sum())

    assert likelihood(prior.rate) >= max(likelihood(prior.rate * f) for f in (0.5, 0.8, 1.25, 2))
    assert prior.mean == pytest.approx((n.sum() + 0.5) / (2 * len(n)))


def test_counts_that_vary_less_than_chance_give_a_strong_prior_and_no_negative_rate() -> None:
    prior = fit_gamma_prior(counts=[10, 11, 9, 10], exposures=1.0)
    assert prior.rate == pytest.approx(1_000) and prior.shape > 0


def test_rank_ranges_by_the_probability_that_one_rate_is_higher() -> None:
    shape, rate = np.array([30.0, 3.0, 3.0, 0.5]), np.array([2.0, 2.0, 2.0, 2.0])
    best, worst = rank_ranges(shape=shape, rate=rate)
    assert best.tolist() == [1, 2, 2, 2] and worst.tolist() == [1, 4, 4, 4]
    draws = np.random.default_rng(1).gamma(shape[[0, 1]][:, None], 0.5, (2, 100_000))
    assert (draws[0] > draws[1]).mean() > 0.95


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 5)), min_size=1, max_size=30))
def test_rank_ranges_are_ranks(pairs: list[tuple[int, int]]) -> None:
    shape, rate = (np.array(c, dtype=float) for c in zip(*pairs, strict=True))
    best, worst = rank_ranges(shape=shape + 0.5, rate=rate)
    assert (best >= 1).all() and (worst <= len(pairs)).all() and (best <= worst).all()


def test_rate_ratio_is_the_odds_of_the_binomial_share() -> None:
    low, high = rate_ratio_interval(now=[6], before=[2], exposure_now=2, exposure_before=2)
    share = beta.ppf([0.05, 0.95], 6.5, 2.5)
    assert [low[0], high[0]] == pytest.approx(list(share / (1 - share)))
    low, high = rate_ratio_interval(now=[0, 3], before=[3, 0], exposure_now=2, exposure_before=2)
    assert low[0] == 0 and np.isinf(high[1])


def test_ranking_metrics_by_hand() -> None:
    hits = np.array([True, False, True, False])
    assert precision_at(hits=hits, k=2) == 0.5
    assert recall_at(hits=hits, k=1, positives=2) == 0.5 and recall_at(hits=hits, k=1, positives=0) == 0
    assert average_precision(hits=hits, positives=2) == pytest.approx((1 + 2 / 3) / 2)
    assert ndcg_at(hits=hits, k=4, positives=2) == pytest.approx((1 + 1 / 2) / (1 + 1 / np.log2(3)))
