"""How well a ranking foresaw what happened. Arrays are in ranked order: `hits[i]` says whether rank i + 1 came true."""

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]


def precision_at(*, hits: Bools, k: int) -> float:
    """Share of the first k that came true (k stays the divisor where there are fewer)."""
    return float(hits[:k].sum() / k)


def recall_at(*, hits: Bools, k: int, positives: int) -> float:
    """Share of all positives that stand in the first k; 0 where there is none."""
    return float(hits[:k].sum() / positives) if positives else 0.0


def ndcg_at(*, hits: Bools, k: int, positives: int) -> float:
    """Normalised discounted cumulative gain with binary gains. Source: Jarvelin and Kekalainen (2002)."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = discount[: min(k, positives)].sum()
    return float((hits[:k] * discount[: len(hits[:k])]).sum() / ideal) if positives else 0.0


def average_precision(*, hits: Bools, positives: int) -> float:
    """Area under the precision-recall curve by the step rule: mean precision at the rank of each positive."""
    ranks = np.flatnonzero(hits) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).sum() / positives) if positives else 0.0
