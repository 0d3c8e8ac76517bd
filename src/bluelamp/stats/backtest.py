"""How well a ranking foresaw what happened.

The metrics take arrays in ranked order: `hits[i]` says whether rank i + 1 came true. `ranking` makes that order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, tail_of

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def ranking(*, scores: npt.ArrayLike) -> Ints:
    """Positions by falling score; equal scores keep their order, so give items sorted by key for a fixed order.

    A score that is not a number (no prediction) ranks last.
    """
    values = np.asarray(scores, dtype=np.float64)
    return np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable").astype(np.int64)


def precision_at(*, hits: Bools, k: int) -> float:
    """Share of the first k that came true; k stays the divisor where there are fewer. Raises ValueError if k < 1."""
    _check_depth(k)
    return float(hits[:k].sum() / k)


def recall_at(*, hits: Bools, k: int, positives: int) -> float:
    """Share of all positives that stand in the first k; 0 where there is no positive. Raises ValueError if k < 1."""
    _check_depth(k)
    return float(hits[:k].sum() / positives) if positives else 0.0


def ndcg_at(*, hits: Bools, k: int, positives: int) -> float:
    """Normalised discounted cumulative gain at depth k, between 0 and 1; 0 where there is nothing to gain.

    Gains are binary, `positives` ones in all. Raises ValueError if k < 1. Source: Jarvelin and Kekalainen (2002),
    ACM Transactions on Information Systems 20, 422-446, with the base-2 discount of later practice at every rank.
    """
    _check_depth(k)
    discount = 1 / np.log2(np.arange(2, k + 2))
    won, ideal = hits[:k].astype(np.float64), float(discount[:positives].sum())
    return float((won * discount[: len(won)]).sum() / ideal) if ideal else 0.0


def average_precision(*, hits: Bools, positives: int) -> float:
    """Area under the precision-recall curve by the step rule: mean precision at the rank of each positive.

    Positives that are not ranked count as never found. Ties are as the ranking broke them: no interpolation. Source:
    Davis and Goadrich (2006), on why not to interpolate.
    """
    ranks = np.flatnonzero(hits) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).sum() / positives) if positives else 0.0


def _check_depth(k: int) -> None:
    if k < 1:
        raise ValueError("The depth must be 1 or more.")


@dataclass(frozen=True)
class Ranked:
    """One method at one date in ranked order: what came true, and each item's cluster (a number from 0)."""

    hits: Bools
    clusters: Ints


@dataclass(frozen=True)
class Difference:
    """A mean, or a difference or ratio of two methods' means, and its percentile interval."""

    mean: float
    low: float
    high: float


def cluster_bootstrap(
    *,
    ranked: Sequence[Sequence[Ranked]],
    metrics: Sequence[Callable[[Bools], float]],
    rng: np.random.Generator,
    draws: int = 500,
) -> Floats:
    """Values of metrics, [draw, method, date, metric], drawing whole clusters with replacement.

    `ranked[m][d]` is method m at date d. Row 0 is the sample itself. Each of the other `draws` rows takes as many
    clusters as there are, the same for all methods and dates, so that differences and ratios between methods are
    paired, and because windows overlap and the products of a maker share their fate; an item drawn twice stands twice
    in a row. A metric gets the resampled hits in ranked order. Raises ValueError without a method, a date or a draw, or
    where methods have different numbers of dates. Source: Efron and Tibshirani (1993), An Introduction to the
    Bootstrap, chapters 8 and 13; Cameron, Gelbach and Miller (2008) for clusters.
    """
    if not ranked or not ranked[0] or draws < 1 or len({len(dates) for dates in ranked}) != 1:
        raise ValueError("Every method needs the same dates, at least one, and at least one draw.")
    found = np.empty((draws + 1, len(ranked), len(ranked[0]), len(metrics)))
    chosen: list[Ints | None] = [None, *_drawn([r for dates in ranked for r in dates], rng, draws)]
    for i, times in enumerate(chosen):
        for m, dates in enumerate(ranked):
            for d, one in enumerate(dates):
                hits = one.hits if times is None else np.repeat(one.hits, times[one.clusters])
                found[i, m, d] = [metric(hits) for metric in metrics]
    return found


def interval_of(*, values: Floats, level: float = 0.90) -> Difference:
    """The first value and the percentile interval of the others, as `cluster_bootstrap` orders them.

    Draws without a value (a ratio to 0) are left out. Raises ValueError for a level outside (0, 1).
    """
    tail = tail_of(level=level)
    drawn = values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(drawn, [tail, 1 - tail]) if len(drawn) else (float("nan"), float("nan"))
    return Difference(mean=float(values[0]), low=float(low), high=float(high))


def bootstrap_total(
    *, values: Floats, clusters: Ints, rng: np.random.Generator, draws: int = 500, level: float = 0.90
) -> Difference:
    """The sum of values and its percentile interval, drawing whole clusters. Raises ValueError without a draw."""
    if draws < 1 or len(values) != len(clusters):
        raise ValueError("Each value needs its cluster, and there must be a draw.")
    known, place = np.unique(clusters, return_inverse=True)
    sums = np.bincount(place, weights=values, minlength=len(known))
    drawn = [sums[rng.integers(0, max(len(known), 1), len(known))].sum() for _ in range(draws)]
    return interval_of(values=np.array([sums.sum(), *drawn]), level=level)


def standard_error(
    *, ranked: Sequence[Ranked], metric: Callable[[Bools], float], rng: np.random.Generator, draws: int = 500
) -> float:
    """Standard error of a metric's mean over dates, by the same bootstrap. Raises ValueError for under two draws."""
    if draws < 2 or not ranked:
        raise ValueError("A standard error needs a date and two draws.")
    return float(np.std([_mean(ranked, metric, times) for times in _drawn(ranked, rng, draws)], ddof=1))


def _mean(ranked: Sequence[Ranked], metric: Callable[[Bools], float], times: Ints | None) -> float:
    return float(np.mean([metric(r.hits if times is None else np.repeat(r.hits, times[r.clusters])) for r in ranked]))


def _drawn(ranked: Sequence[Ranked], rng: np.random.Generator, draws: int) -> Iterator[Ints]:
    """For each draw, how often each cluster was drawn."""
    known = np.unique(np.concatenate([r.clusters for r in ranked]))
    for _ in range(draws):
        drawn = known[rng.integers(0, max(len(known), 1), len(known))]
        yield np.bincount(drawn, minlength=int(known.max(initial=-1)) + 1).astype(np.int64)
