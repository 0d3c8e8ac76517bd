"""What each signal of the learnt watch list is worth, on the labels that chose it: those complete by 2024-07-01.

Ten parts of the makers are left out in turn; weights learnt from the other nine parts score the products of the tenth,
so that no weight has seen the maker that it is tried on. Time is not crossed either: signals are of each origin's day.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bluelamp.index.domain.comparison import area, gain_100, recall_500
from bluelamp.index.domain.labels import Ints
from bluelamp.index.domain.learning import RIDGE_AN_ORIGIN, SIGNALS, Windows, windows
from bluelamp.index.domain.watchlist import History
from bluelamp.stats.backtest import ranking
from bluelamp.stats.logistic import fit_logistic

LABELS_COMPLETE_BY = date(2024, 7, 1)
PARTS = 10
RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0)


@dataclass(frozen=True)
class Tried:
    """One variant held out: log-likelihood per product that was listed, and means over origins."""

    variant: str
    likelihood: float
    ap: float
    ndcg100: float
    cold_recall500: float


def parts_of(*, makers: Sequence[str]) -> Ints:
    """The part of each maker, 0 to 9, by a hash of its key: the same whatever else is in the data."""
    return np.array([int(hashlib.sha256(m.encode()).hexdigest(), 16) % PARTS for m in makers], dtype=np.int64)


def try_variants(*, history: History) -> list[Tried]:
    """The method as it is, without each signal in turn, and with other ridges, each held out by makers."""
    seen = windows(history=history, as_of=LABELS_COMPLETE_BY)
    every = list(range(len(SIGNALS)))
    found = [_held_out("as it is", history, seen, every, RIDGE_AN_ORIGIN)]
    found += [
        _held_out(f"without: {name}", history, seen, [j for j in every if j != i], RIDGE_AN_ORIGIN)
        for i, name in enumerate(SIGNALS)
    ]
    return found + [
        _held_out(f"ridge {ridge:g}", history, seen, every, ridge) for ridge in RIDGES if ridge != RIDGE_AN_ORIGIN
    ]


def _held_out(variant: str, history: History, seen: Windows, columns: Sequence[int], ridge: float) -> Tried:
    of_maker = parts_of(makers=[maker for maker, _ in history.keys])
    part, came_true = of_maker[seen.product], seen.counted > 0
    x, offset = seen.columns[:, columns], np.log(seen.years)
    odds = np.empty(len(part))
    for left_out in range(PARTS):
        used = part != left_out
        fitted = fit_logistic(
            columns=x[used], came_true=came_true[used], offset=offset[used], ridge=ridge * len(seen.origins)
        )
        odds[~used] = fitted.log_odds(x[~used])
    eta = odds + offset
    likelihood = float((came_true * eta - np.logaddexp(0, eta)).sum() / came_true.sum())
    metrics = []
    for i in range(len(seen.origins)):
        chosen = seen.origin == i
        order = ranking(scores=odds[chosen])
        hits, cold = came_true[chosen][order], (seen.own[chosen] == 0)[order]
        metrics.append((area(hits), gain_100(hits), recall_500(hits[cold])))
    ap, ndcg, recall = np.mean(metrics, axis=0)
    return Tried(variant, likelihood, float(ap), float(ndcg), float(recall))
