"""Rates that borrow strength: against integration by brute force, simulation, and their own rules."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma, nbinom

from bluelamp.stats.hierarchy import Priors, learn_priors, shrink
from bluelamp.stats.ranks import rank_ranges

TINY = 1e-9
groups = st.lists(st.integers(0, 200), min_size=1, max_size=40)


def one_prior(*, shape: float, rate: float, exposure: float = 2.0) -> Priors:
    return Priors(shape=np.array([shape]), rate=np.array([rate]), weight=np.ones(1), exposure=exposure)


def brute_force(counts: list[int], *, exposure: float, bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """P(rate <= bound) of each count's bound, by a fine even grid over mean and share; no formula of the module."""
    means = np.exp(np.linspace(np.log((sum(counts) + 0.5) / (len(counts) * exposure)) - 12, 6, 500))
    log_odds = np.linspace(-9, 9, 140)
    share = 1 / (1 + np.exp(-log_odds))
    mean, drawn = np.meshgrid(means, share, indexing="ij")
    worth = exposure * drawn / (1 - drawn)
    log_weight = np.log(drawn * (1 - drawn)) + np.log(mean) / 2
    for n in counts:
        log_weight = log_weight + nbinom.logpmf(n, mean * worth, worth / (worth + exposure))
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > 1e-8
    shape, rate, weight = (mean * worth)[kept], worth[kept] + exposure, weight[kept] / weight[kept].sum()
    return np.array(
        [gamma.cdf(b, n + shape, scale=1 / rate) @ weight for n, b in zip(counts, bounds, strict=True)],
    )


@pytest.mark.parametrize(
    "counts",
    [
        [9, 4, 2, 1, 1] + 15 * [0],
        [1] * 7 + 32 * [0],
        [1, 1, 1] + 21 * [0],
        [2, 1, 1, 1, 1],
        [29, 12, 3, 1, 0, 0],
        [10, 12, 9, 11, 10, 30, 2],
        [3],
    ],
)
def test_bounds_cut_off_five_percent_each_by_brute_force(counts: list[int]) -> None:
    found = shrink(counts=counts, priors=learn_priors(counts=counts, exposure=2.0))
    seen = np.array(counts) > 0
    assert brute_force(counts, exposure=2.0, bounds=found.high) == pytest.approx(0.95, abs=0.002)
    assert brute_force(counts, exposure=2.0, bounds=found.low)[seen] == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("shape", [0.3, 1.0, 3.0])
def test_nine_of_ten_intervals_of_products_with_a_date_hold_their_rate(shape: float) -> None:
    """Kinds as sparse as those of the packaged edition; with one likeliest prior it was 60 to 89 in 100."""
    draw, held = np.random.default_rng(5), list[bool]()
    for products, dates in ((39, 7), (24, 3), (23, 20), (8, 12), (46, 44)):
        for _ in range(40):
            rates = draw.gamma(shape, dates / (products * 2) / shape, products)
            n = draw.poisson(rates * 2)
            found = shrink(counts=n, priors=learn_priors(counts=n, exposure=2.0))
            held += list(((found.low <= rates) & (rates <= found.high))[n > 0])
    assert 0.85 < np.mean(held) < 0.96


def test_the_mean_is_a_share_of_the_groups_and_of_its_own() -> None:
    counts = np.array([9, 4, 2, 1, 1] + 15 * [0])
    priors = learn_priors(counts=counts, exposure=2.0)
    share = priors.worth / (priors.worth + 2)
    assert shrink(counts=counts, priors=priors).mean == pytest.approx(share * priors.mean + (1 - share) * counts / 2)
    assert 0.3 < priors.mean < 0.5 and priors.weight.sum() == pytest.approx(1)


def test_a_group_says_the_more_the_larger_and_the_more_alike_it_is() -> None:
    few, many, unlike = ([2, 1, 3], [2, 1, 3] * 30, [40, 0, 0] * 30)
    worths = [learn_priors(counts=n, exposure=1.0).worth for n in (unlike, few, many)]
    assert worths == sorted(worths) and worths[2] > 3 * worths[1]
    widths = []
    for n in (few, many):
        found = shrink(counts=[1], priors=learn_priors(counts=n, exposure=1.0))
        widths.append(found.high[0] - found.low[0])
    assert widths[1] < 0.7 * widths[0]


@given(groups, st.floats(0.1, 10))
def test_means_lie_between_raw_and_group_and_nothing_is_negative_or_undefined(n: list[int], t: float) -> None:
    priors = learn_priors(counts=n, exposure=t)
    found, raw = shrink(counts=n, priors=priors), np.array(n) / t
    assert (found.mean >= np.minimum(raw, priors.mean) * (1 - TINY)).all()
    assert (found.mean <= np.maximum(raw, priors.mean) * (1 + TINY)).all()
    assert np.isfinite(np.stack([found.mean, found.low, found.high])).all()
    # A very skew posterior may have its mean above the interval; the bounds are still in order.
    assert (found.low >= 0).all() and (found.low <= found.high).all()


@given(groups.flatmap(lambda n: st.tuples(st.just(n), st.permutations(n))))
def test_the_order_of_counts_changes_no_byte(pair: tuple[list[int], list[int]]) -> None:
    one, other = (learn_priors(counts=n, exposure=2.0) for n in pair)
    assert (one.shape == other.shape).all() and (one.weight == other.weight).all()


@given(groups, st.integers(0, 300), st.floats(0.1, 20))
def test_under_one_set_of_priors_more_evidence_raises_the_mean_and_both_bounds(
    n: list[int], own: int, t: float
) -> None:
    found = shrink(counts=[own, own + 1], priors=learn_priors(counts=n, exposure=t))
    assert found.mean[1] > found.mean[0]
    assert found.low[1] >= found.low[0] and found.high[1] > found.high[0]


@given(groups, st.integers(0, 39))
def test_with_the_priors_learnt_anew_more_evidence_still_lowers_no_mean(n: list[int], where: int) -> None:
    # Not proven: what the group says moves too. Held by search only.
    i = where % len(n)
    more = [*n[:i], n[i] + 1, *n[i + 1 :]]
    before, after = (shrink(counts=c, priors=learn_priors(counts=c, exposure=2.0)) for c in (n, more))
    assert after.mean[i] >= before.mean[i] * (1 - TINY)


def test_a_wider_level_gives_a_wider_interval() -> None:
    priors = one_prior(shape=1, rate=1)
    ninety, half = (shrink(counts=[3], priors=priors, level=level) for level in (0.9, 0.5))
    assert ninety.low < half.low < half.mean < half.high < ninety.high
    assert gamma.cdf(ninety.high[0], 4, scale=1 / 3) == pytest.approx(0.95)


@pytest.mark.parametrize("counts", [[20] + [0] * 1999, [3] + [0] * 49_999, [10**5] * 5 + [0] * 5, [7], [0] * 5])
def test_very_unlike_large_small_and_empty_groups_have_finite_bounds_in_order(counts: list[int]) -> None:
    found = shrink(counts=counts, priors=learn_priors(counts=counts, exposure=2.0))
    assert np.isfinite(np.stack([found.mean, found.low, found.high])).all()
    assert (found.low >= 0).all() and (found.low <= found.high).all()
    # A product without a date beside some that have very many is told nothing by them.
    assert found.high[-1] < 1 or counts == [7]


def test_what_cannot_be_a_rate_is_refused() -> None:
    for counts, exposure in (([-1], 1.0), ([1], 0.0), ([1], -2.0), ([float("nan")], 1.0)):
        with pytest.raises(ValueError, match="Counts must be"):
            learn_priors(counts=counts, exposure=exposure)
    with pytest.raises(ValueError, match="at least one"):
        learn_priors(counts=[], exposure=1.0)
    with pytest.raises(ValueError, match="Counts must be"):
        shrink(counts=[-1], priors=one_prior(shape=1, rate=1))
    with pytest.raises(ValueError, match="level"):
        shrink(counts=[1], priors=one_prior(shape=1, rate=1), level=1)


def test_ranks_are_told_apart_under_the_priors_that_both_rates_share() -> None:
    # Two priors that put all rates far apart from each other's: pairs must be compared under one at a time.
    apart = Priors(shape=np.array([1.0, 1.0]), rate=np.array([1e-6, 500.0]), weight=np.array([0.5, 0.5]), exposure=2.0)
    draw = np.random.default_rng(2)
    under = draw.integers(0, 2, 200_000)
    high, low = (draw.gamma(n + 1, 1 / (2 + apart.rate[under])) for n in (12, 3))
    share = (high > low).mean()
    best, worst = rank_ranges(counts=[12, 3], priors=apart, confidence=share - 0.005)
    assert (best.tolist(), worst.tolist()) == ([1, 2], [1, 2])
    best, worst = rank_ranges(counts=[12, 3], priors=apart, confidence=share + 0.005)
    assert (best.tolist(), worst.tolist()) == ([1, 1], [2, 2])
