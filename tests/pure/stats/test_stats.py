"""The statistics of rates against closed forms worked out here, and their invariants for any input."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.stats.hierarchy import Priors
from bluelamp.stats.intervals import jeffreys_interval
from bluelamp.stats.ranks import Ints, probability_above, rank_ranges
from bluelamp.stats.shrinkage import GammaPrior, fit_gamma_prior
from bluelamp.stats.trend import direction, growth, rate_ratio_interval

groups = st.lists(st.integers(0, 200), min_size=1, max_size=40)


def ranges(counts: object, *, shape: float = 0.5, exposure: float = 2.0, confidence: float = 0.95) -> tuple[Ints, Ints]:
    """Ranks under one prior that says next to nothing: posteriors are Gamma(count + shape, exposure)."""
    priors = Priors(shape=np.array([shape]), rate=np.array([1e-12]), weight=np.ones(1), exposure=exposure)
    return rank_ranges(counts=counts, priors=priors, confidence=confidence)


def gamma_below(*, shape: float, x: float) -> float:
    """P(Gamma(shape, 1) <= x) for a shape of k + 1/2, from the error function and the recurrence in the shape."""
    found, a = math.erf(math.sqrt(x)), 0.5
    while a < shape:
        found -= x**a * math.exp(-x) / math.gamma(a + 1)
        a += 1
    return found


def first_above(*, a: int, r: float, b: int, s: float) -> float:
    """P(Gamma(a, r) > Gamma(b, s)) for whole shapes: the b-th event at rate s comes before the a-th at rate r."""
    p = s / (r + s)
    return sum(math.comb(b - 1 + k, k) * p**b * (1 - p) ** k for k in range(a))


def likelihood(*, counts: list[int], years: float, shape: float, rate: float) -> float:
    """Log of the negative binomial probability of counts, without the constant factorials."""
    return sum(
        math.lgamma(n + shape) - math.lgamma(shape) + shape * math.log(rate) - (n + shape) * math.log(rate + years)
        for n in counts
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4, 10, 40])
def test_jeffreys_bounds_cut_off_five_percent_each(n: int) -> None:
    low, high = jeffreys_interval(counts=n, exposures=2.0)
    assert gamma_below(shape=n + 0.5, x=float(low) * 2) == pytest.approx(0.05)
    assert gamma_below(shape=n + 0.5, x=float(high) * 2) == pytest.approx(0.95)


def test_jeffreys_of_nothing_starts_at_zero_and_ends_at_half_a_squared_normal() -> None:
    low, high = jeffreys_interval(counts=0, exposures=2.0)
    assert (float(low), float(high)) == (0, pytest.approx(NormalDist().inv_cdf(0.975) ** 2 / 4))


@pytest.mark.parametrize(("n", "t"), [([-1], 1), ([1], 0), ([1], -2), ([float("nan")], 1), ([1], float("inf"))])
def test_what_cannot_be_a_rate_is_refused(n: list[float], t: float) -> None:
    with pytest.raises(ValueError, match="Counts must be"):
        jeffreys_interval(counts=n, exposures=t)
    with pytest.raises(ValueError, match="Counts must be"):
        fit_gamma_prior(counts=n, exposures=t)


@pytest.mark.parametrize("level", [0, 1, -1, 2])
def test_a_level_outside_zero_to_one_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        jeffreys_interval(counts=1, exposures=1, level=level)
    with pytest.raises(ValueError, match="level"):
        rate_ratio_interval(now=1, before=1, exposure_now=1, exposure_before=1, level=level)


def test_a_prior_needs_counts_and_must_be_proper() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit_gamma_prior(counts=[], exposures=1.0)
    for shape, rate in ((0, 1), (1, 0), (-1, 1), (math.nan, 1), (1, math.inf)):
        with pytest.raises(ValueError, match="above 0"):
            GammaPrior(shape=shape, rate=rate)


@given(groups.flatmap(lambda n: st.tuples(st.just(n), st.permutations(n))))
def test_prior_does_not_depend_on_order_to_the_last_byte(pair: tuple[list[int], list[int]]) -> None:
    assert fit_gamma_prior(counts=pair[0], exposures=2.0) == fit_gamma_prior(counts=pair[1], exposures=2.0)


def test_counts_keep_their_own_exposures() -> None:
    n, t = [0, 1, 0, 6, 9, 30], [1.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert fit_gamma_prior(counts=n, exposures=t) == fit_gamma_prior(counts=n[::-1], exposures=t[::-1])
    assert fit_gamma_prior(counts=n, exposures=t) != fit_gamma_prior(counts=n[::-1], exposures=t)


def test_prior_is_the_likeliest_by_the_negative_binomial() -> None:
    n = [0] * 40 + [1] * 5 + [4, 9, 14]
    prior = fit_gamma_prior(counts=n, exposures=2.0)
    assert prior.mean == pytest.approx((sum(n) + 0.5) / (2 * len(n)))
    best = likelihood(counts=n, years=2, shape=prior.shape, rate=prior.rate)
    for factor in (0.3, 0.5, 0.8, 0.95, 1.05, 1.25, 2, 5):
        other = likelihood(counts=n, years=2, shape=prior.shape * factor, rate=prior.rate * factor)
        assert best >= other


def test_counts_that_vary_less_than_chance_are_pooled_whole() -> None:
    prior = fit_gamma_prior(counts=[10, 11, 9, 10, 10, 10], exposures=1.0)
    assert (prior.shape, prior.rate) == (pytest.approx(60.5), pytest.approx(6))


@pytest.mark.parametrize(
    ("n", "shape", "rate"),
    [([0] * 30, 0.5, 60.0), ([3], 0.5, 2 / 7), ([0] * 9 + [2], 0.5, 4.0), ([900], 45.025, 0.1)],
)
def test_fallback_where_nobody_can_tell_how_much_rates_differ(n: list[int], shape: float, rate: float) -> None:
    prior = fit_gamma_prior(counts=n, exposures=2.0)
    assert (prior.shape, prior.rate) == (pytest.approx(shape), pytest.approx(rate))


@given(st.integers(1, 30), st.floats(0.1, 9), st.integers(1, 30), st.floats(0.1, 9))
def test_probability_above_is_a_race_of_events(a: int, r: float, b: int, s: float) -> None:
    x, y = (np.array([float(a)]), np.array([r])), (np.array([float(b)]), np.array([s]))
    found = probability_above(shape_x=x[0], rate_x=x[1], shape_y=y[0], rate_y=y[1])
    assert float(found[0]) == pytest.approx(first_above(a=a, r=r, b=b, s=s), abs=1e-9)


def test_rank_ranges_by_the_probability_that_one_rate_is_higher() -> None:
    best, worst = ranges([29, 2, 2, 0], shape=1)
    assert first_above(a=30, r=2, b=3, s=2) > 0.95 > first_above(a=3, r=2, b=1, s=2)
    assert best.tolist() == [1, 2, 2, 2] and worst.tolist() == [1, 4, 4, 4]
    # Six events against none: 0.984; five against one: 0.938.
    assert [r.tolist() for r in ranges([5, 0], shape=1)] == [[1, 2], [1, 2]]
    assert [r.tolist() for r in ranges([5, 1], shape=1)] == [[1, 1], [2, 2]]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_rank_ranges_are_ranks_whatever_the_order(n: list[int]) -> None:
    best, worst = ranges(n)
    assert (best >= 1).all() and (worst <= len(n)).all() and (best <= worst).all()
    assert best.min() == 1 and worst.max() == len(n)
    turned = ranges(n[::-1])
    assert (turned[0][::-1] == best).all() and (turned[1][::-1] == worst).all()


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_every_rank_by_count_lies_in_its_range(n: list[int]) -> None:
    best, worst = ranges(n, shape=0.3, exposure=3.0)
    order = np.argsort(-np.array(n), kind="stable")
    ranks = np.arange(1, len(n) + 1)
    assert (best[order] <= ranks).all() and (ranks <= worst[order]).all()


def test_rank_ranges_refuse_what_cannot_be_ranked() -> None:
    for confidence in (0.3, 1.0):
        with pytest.raises(ValueError, match="confidence"):
            ranges([1], confidence=confidence)
    with pytest.raises(ValueError, match="Counts must be"):
        ranges([-1])


def test_fifty_thousand_products_are_ranked_and_inputs_stay() -> None:
    counts = np.random.default_rng(1).integers(0, 60, 50_000)
    kept = counts.copy()
    best, worst = ranges(counts)
    assert (counts == kept).all() and best.min() == 1 and worst.max() == 50_000


def binomial_above(*, k: int, n: int, p: float) -> float:
    """P(at least k of n)."""
    return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


@pytest.mark.parametrize(("x", "y"), [(1, 0), (5, 0), (9, 2), (3, 3), (40, 12)])
def test_bounds_of_a_rate_ratio_are_those_at_which_the_counts_have_five_percent(x: int, y: int) -> None:
    low, high = rate_ratio_interval(now=[x], before=[y], exposure_now=2, exposure_before=1)
    share = 2 * float(low[0]) / (1 + 2 * float(low[0]))
    assert binomial_above(k=x, n=x + y, p=share) == pytest.approx(0.05)
    if y == 0:
        assert math.isinf(high[0])
    else:
        share = 2 * float(high[0]) / (1 + 2 * float(high[0]))
        assert 1 - binomial_above(k=x + 1, n=x + y, p=share) == pytest.approx(0.05)


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 5.0, 20.0])
def test_rates_that_did_not_change_rise_in_at_most_one_of_twenty(rate: float) -> None:
    # Three dates after none were called rising before; of rates that stayed, that is one in eight.
    counts = range(80)
    chance = [math.exp(-rate) * rate**n / math.factorial(n) for n in counts]
    x, y = np.meshgrid(np.arange(80), np.arange(80), indexing="ij")
    low, high = rate_ratio_interval(now=x, before=y, exposure_now=2, exposure_before=2)
    weight = np.outer(chance, chance)
    assert weight[low > 1].sum() <= 0.05 and weight[high < 1].sum() <= 0.05
    assert rate_ratio_interval(now=3, before=0, exposure_now=2, exposure_before=2)[0] < 1


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.5, 5), st.floats(0.5, 5))
def test_rate_ratio_turned_round_is_its_inverse(x: int, y: int, t: float, u: float) -> None:
    low, high = rate_ratio_interval(now=x, before=y, exposure_now=t, exposure_before=u)
    back_low, back_high = rate_ratio_interval(now=y, before=x, exposure_now=u, exposure_before=t)
    assert 0 <= low <= high
    assert float(low) * float(back_high) == pytest.approx(1, rel=1e-6) or (low == 0 and np.isinf(back_high))
    assert float(high) * float(back_low) == pytest.approx(1, rel=1e-6) or (np.isinf(high) and back_low == 0)


def test_direction_needs_an_interval_off_one() -> None:
    found = [direction(low=a, high=b) for a, b in ((1.1, 3), (0.2, 0.9), (0.9, 2), (0.0, math.inf))]
    assert found == ["rising", "falling", "no-clear-change", "no-clear-change"]


def test_direction_is_said_beside_all_others() -> None:
    assert direction(low=1.3, high=9, others=1.5) == "no-clear-change"
    assert direction(low=1.6, high=9, others=1.5) == "rising"
    # What stays while others rise does not fall, and what falls less than others does not rise.
    assert direction(low=0.5, high=1.2, others=1.5) == "no-clear-change"
    assert direction(low=0.6, high=0.9, others=0.5) == "no-clear-change"
    assert direction(low=0.1, high=0.4, others=0.5) == "falling"


def test_growth_of_all_others() -> None:
    assert growth(now=0, before=0, exposure_now=2, exposure_before=2) == 1
    assert growth(now=30, before=20, exposure_now=0.5, exposure_before=2) == pytest.approx(30.2 / 20.8 * 4)
    assert growth(now=0, before=0, exposure_now=1 / 12, exposure_before=2) == pytest.approx(1)
    with pytest.raises(ValueError, match="Counts must be"):
        growth(now=-1, before=0, exposure_now=1, exposure_before=1)
