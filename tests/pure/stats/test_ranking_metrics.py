"""Metrics of rankings by hand, and the bootstrap of clusters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.stats.backtest import (
    Bools,
    Ranked,
    average_precision,
    ndcg_at,
    precision_at,
    ranking,
    recall_at,
    standard_error,
)

HITS = np.array([True, False, True, False])


def area(hits: Bools) -> float:
    return average_precision(hits=hits, positives=int(hits.sum()))


def test_ranking_metrics_by_hand() -> None:
    assert precision_at(hits=HITS, k=2) == 0.5 and precision_at(hits=HITS, k=8) == 0.25
    assert recall_at(hits=HITS, k=1, positives=2) == 0.5 and recall_at(hits=HITS, k=1, positives=0) == 0
    assert average_precision(hits=HITS, positives=2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(hits=HITS, positives=4) == pytest.approx((1 + 2 / 3) / 4)
    assert average_precision(hits=~HITS & HITS, positives=0) == 0
    assert ndcg_at(hits=HITS, k=4, positives=2) == pytest.approx((1 + 1 / 2) / (1 + 1 / np.log2(3)))
    assert ndcg_at(hits=HITS, k=4, positives=0) == 0


def test_a_depth_under_one_is_refused() -> None:
    for call in (lambda: precision_at(hits=HITS, k=0), lambda: ndcg_at(hits=HITS, k=0, positives=1)):
        with pytest.raises(ValueError, match="depth"):
            call()


def test_ties_keep_their_order_and_what_has_no_score_is_last() -> None:
    assert ranking(scores=[1.0, np.nan, 3.0, 1.0]).tolist() == [2, 0, 3, 1]


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_metrics_lie_between_zero_and_one_and_a_perfect_ranking_has_one(hits: list[bool]) -> None:
    found, n = np.array(hits), sum(hits)
    best = np.sort(found)[::-1]
    for order in (found, best):
        assert 0 <= area(order) <= 1 + 1e-12 and 0 <= ndcg_at(hits=order, k=10, positives=n) <= 1 + 1e-12
    if n:
        assert area(best) == pytest.approx(1) == ndcg_at(hits=best, k=10, positives=n)


def test_the_standard_error_of_a_share_over_single_items_is_the_binomial_one() -> None:
    hits = np.arange(400) % 4 == 0
    ranked = [Ranked(hits=hits, clusters=np.arange(400))]
    found = standard_error(ranked=ranked, metric=lambda h: float(h.mean()), rng=np.random.default_rng(1), draws=2000)
    assert found == pytest.approx((0.25 * 0.75 / 400) ** 0.5, rel=0.05)


def test_a_standard_error_needs_two_draws() -> None:
    one = Ranked(hits=HITS, clusters=np.array([0, 0, 1, 1]))
    with pytest.raises(ValueError, match="two draws"):
        standard_error(ranked=[one], metric=area, rng=np.random.default_rng(1), draws=1)
