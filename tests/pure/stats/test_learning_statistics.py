"""The regression, the additive counts, their calibration and the bootstrap of many methods."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.stats.backtest import Ranked, average_precision, bootstrap_total, cluster_bootstrap, interval_of
from bluelamp.stats.counts import (
    calibration_bins,
    calibration_line,
    deviances,
    fit_additive_poisson,
)
from bluelamp.stats.logistic import chance_of, fit_logistic

RNG = np.random.default_rng(7)
COLUMNS = RNG.normal(size=(4000, 3)) * [1.0, 5.0, 0.1]
TRUE = np.array([0.8, 0.0, 4.0])
CAME = RNG.random(4000) < chance_of(-1.0 + COLUMNS @ TRUE)


def test_regression_finds_what_made_the_data() -> None:
    found = fit_logistic(columns=COLUMNS, came_true=CAME, offset=np.zeros(4000), ridge=1e-3)
    assert found.weights == pytest.approx(TRUE, abs=0.6) and found.weights[1] < 0.05
    assert found.intercept == pytest.approx(-1, abs=0.15)
    # The ridge hardly touches the intercept, so that as many are expected as came.
    assert chance_of(found.log_odds(COLUMNS)).sum() == pytest.approx(CAME.sum(), rel=1e-4)


def test_a_harmful_column_weighs_nothing_and_a_constant_one_too() -> None:
    columns = np.column_stack([COLUMNS[:, 0], -COLUMNS[:, 2], np.full(4000, 3.0)])
    found = fit_logistic(columns=columns, came_true=CAME, offset=np.zeros(4000), ridge=1.0)
    alone = fit_logistic(columns=COLUMNS[:, :1], came_true=CAME, offset=np.zeros(4000), ridge=1.0)
    assert found.weights.tolist() == pytest.approx([alone.weights[0], 0, 0])


def test_units_and_order_do_not_matter_and_the_offset_shifts() -> None:
    found = fit_logistic(columns=COLUMNS, came_true=CAME, offset=np.zeros(4000), ridge=5.0)
    order = np.random.default_rng(1).permutation(4000)
    other = fit_logistic(
        columns=COLUMNS[order] * 1000 + 7, came_true=CAME[order], offset=np.full(4000, -2.0), ridge=5.0
    )
    assert other.weights * 1000 == pytest.approx(found.weights, rel=1e-4, abs=1e-6)
    assert other.log_odds(COLUMNS * 1000 + 7) - 2 == pytest.approx(found.log_odds(COLUMNS), abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_the_fit_is_a_constrained_optimum(seed: int, ridge: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 4)) @ rng.normal(size=(4, 4))
    y = rng.random(60) < 0.4
    y[:2] = (True, False)
    found = fit_logistic(columns=x, came_true=y, offset=np.zeros(60), ridge=ridge)
    assert (found.weights >= 0).all()
    slope = ((x - x.mean(axis=0)) / x.std(axis=0)).T @ (y - chance_of(found.log_odds(x)))
    slope -= ridge * found.weights * x.std(axis=0)
    free = found.weights > 0
    # Free weights stand at their best; raising one that is fixed at 0 would not help.
    assert np.abs(slope[free]).max(initial=0) < 0.02 and slope[~free].max(initial=-1) < 0.02


def test_regression_refuses_what_it_cannot_learn_from() -> None:
    x = np.ones((3, 1))
    for bad in (
        {"came_true": [0, 0, 0]},
        {"came_true": [1, 1, 1]},
        {"came_true": [0, 1]},
        {"offset": [0.0]},
        {"ridge": 0},
    ):
        with pytest.raises(ValueError, match=r"must"):
            fit_logistic(**{"columns": x, "came_true": [0, 1, 0], "offset": np.zeros(3), "ridge": 1.0, **bad})


def test_one_cause_gets_the_rate_and_two_share() -> None:
    x = np.array([[1.0], [3.0], [0.0]])
    assert fit_additive_poisson(columns=x, counts=[2, 6, 0]) == pytest.approx([2.0])
    both = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    assert fit_additive_poisson(columns=both, counts=[1, 2, 3, 5, 6, 7]) == pytest.approx([2.0, 4.0], rel=1e-3)
    # A cause that would have to be negative gets nothing.
    assert fit_additive_poisson(columns=both, counts=[5, 6, 7, 1, 2, 3])[1] == pytest.approx(0, abs=1e-3)
    for bad in ([0, 0, 0], [-1, 2, 2]):
        with pytest.raises(ValueError, match=r"0 or more"):
            fit_additive_poisson(columns=x, counts=bad)


def test_deviance_by_hand() -> None:
    assert deviances(counts=[2, 1], expected=[2, 1]).tolist() == [0, 0]
    assert deviances(counts=[0, 3], expected=[0.5, 1.0]) == pytest.approx([1.0, 2 * (3 * math.log(3) - 2)])
    with pytest.raises(ValueError, match="more than 0"):
        deviances(counts=[1], expected=[0.0])


def test_the_line_says_too_many_and_too_far_apart() -> None:
    expected = np.geomspace(0.01, 10, 200)
    good = calibration_line(counts=expected, expected=expected)
    assert (good.level, good.slope) == pytest.approx((0, 1), abs=1e-6)
    double = calibration_line(counts=expected / 2, expected=expected)
    assert (double.level, double.slope) == pytest.approx((-math.log(2), 1), abs=1e-6)
    wide = calibration_line(counts=expected**0.5, expected=expected)
    assert wide.slope == pytest.approx(0.5, abs=1e-6)


def test_bins_hold_every_item_once() -> None:
    bins = calibration_bins(counts=[0, 1, 4], expected=[0.05, 0.5, 2.0], edges=(0.0, 0.1, 1.0, 5.0, 9.0))
    assert [(b.items, b.expected, b.counted) for b in bins] == [(1, 0.05, 0), (1, 0.5, 1), (1, 2.0, 4)]
    assert bins[2].interval_low < 4 < bins[2].interval_high and bins[0].interval_low == 0


def area(hits: np.ndarray) -> float:
    return average_precision(hits=hits, positives=int(hits.sum()))


def test_the_bootstrap_of_many_methods_is_paired_and_starts_with_the_sample() -> None:
    good = Ranked(hits=np.array([True, True, False, False]), clusters=np.array([0, 1, 2, 0]))
    poor = Ranked(hits=good.hits[::-1], clusters=good.clusters[::-1])
    rng = np.random.default_rng(3)
    values = cluster_bootstrap(ranked=[[good, good], [poor, poor], [good, good]], metrics=[area], rng=rng, draws=50)
    assert values.shape == (51, 3, 2, 1)
    assert values[0, :, 0, 0] == pytest.approx([1, (1 / 3 + 2 / 4) / 2, 1])
    assert (values[:, 0] == values[:, 2]).all() and (values[:, 0] >= values[:, 1]).all()
    found = interval_of(values=values[:, 0].mean(axis=(1, 2)) - values[:, 1].mean(axis=(1, 2)))
    assert found.low <= found.mean <= found.high
    with pytest.raises(ValueError, match="same dates"):
        cluster_bootstrap(ranked=[[good], []], metrics=[area], rng=rng)


def test_totals_of_clusters_and_draws_without_a_value() -> None:
    rng = np.random.default_rng(1)
    sure = bootstrap_total(values=np.ones(6), clusters=np.array([0, 0, 1, 1, 2, 2]), rng=rng, draws=20)
    assert (sure.mean, sure.low, sure.high) == (6, 6, 6)
    assert interval_of(values=np.array([1.0, np.nan, 2.0, 2.0])).low == 2
    hundred = np.array([7.0, *range(101)])
    found = interval_of(values=hundred)
    assert (found.mean, found.low, found.high) == (7, pytest.approx(5), pytest.approx(95))
    half = interval_of(values=hundred, level=0.5)
    assert (half.low, half.high) == (pytest.approx(25), pytest.approx(75))
    assert math.isnan(interval_of(values=np.array([1.0, np.inf])).low)
