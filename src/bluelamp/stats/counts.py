"""Expected counts: a sum of parts fitted to counts, and how well expected counts agree with those that came."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats, check_counts, jeffreys_interval

_ROUNDS = 400


def fit_additive_poisson(*, columns: Floats, counts: npt.ArrayLike) -> Floats:
    """Weights of 0 or more, so that counts are Poisson with mean columns x weights, by maximum likelihood.

    No column may be negative. 400 rounds of expectation-maximisation, which share each count out over its possible
    causes; every round raises the likelihood and keeps the total of expected counts at that of the counts. A row whose
    columns are all 0 cannot have a cause and is left out. Raises ValueError for a negative column or count, or without
    a count above 0. Source: Shepp and Vardi (1982), IEEE Transactions on Medical Imaging 1, 113-122; Veen and
    Schoenberg (2008), Journal of the American Statistical Association 103, 614-624, for rates of repeated events.
    """
    y = np.asarray(counts, dtype=np.float64)
    if columns.ndim != 2 or y.shape != columns.shape[:1] or (columns < 0).any() or (y < 0).any() or not y.sum() > 0:
        raise ValueError("Columns and counts must be 0 or more, of one length, and some count above 0.")
    sums = columns.sum(axis=0)
    used = sums > 0
    kept = (y > 0) & (columns[:, used].sum(axis=1) > 0)
    x, seen, sums = columns[kept][:, used], y[kept], sums[used]
    weights = np.full(len(sums), seen.sum() / max(float(sums.sum()), 1e-300))
    for _ in range(_ROUNDS):
        weights = weights * (x.T @ (seen / np.maximum(x @ weights, 1e-300))) / sums
    found = np.zeros(columns.shape[1])
    found[used] = weights
    return found


def deviances(*, counts: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Each item's part of the Poisson deviance: twice the log-likelihood lost against expecting exactly what came.

    Raises ValueError for a negative count or an expected count that is not positive. Source: McCullagh and Nelder
    (1989), Generalized Linear Models, section 2.3.
    """
    n, mean = check_counts(counts=counts, exposures=expected)
    logs = np.where(n > 0, n * np.log(np.where(n > 0, n, 1.0) / mean), 0.0)
    return np.asarray(2 * (logs - (n - mean)), dtype=np.float64)


@dataclass(frozen=True)
class Line:
    """log(count's mean) = level + slope x log(expected). Level 0 and slope 1 are perfect; a slope below 1 says that
    differences between products were foretold too large."""

    level: float
    slope: float


def calibration_line(*, counts: npt.ArrayLike, expected: npt.ArrayLike) -> Line:
    """Poisson regression of counts on the logarithm of expected counts. Raises ValueError as `deviances`.

    Source: Cox (1958), Biometrika 45, 562-565, carried over to counts.
    """
    n, mean = check_counts(counts=counts, exposures=expected)
    x = np.column_stack([np.ones(n.size), np.log(mean.ravel())])
    b = np.array([0.0, 1.0])
    for _ in range(50):
        mu = np.exp(np.clip(x @ b, -700, 50))
        step = np.linalg.solve((x * mu[:, None]).T @ x + 1e-9 * np.eye(2), x.T @ (n.ravel() - mu))
        # A step of more than 1 in logarithms can overshoot where counts are few.
        b = b + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-10:
            break
    return Line(level=float(b[0]), slope=float(b[1]))


@dataclass(frozen=True)
class Bin:
    """Items whose expected count lies in [low, high): how many, what was expected of them together, what came."""

    low: float
    high: float
    items: int
    expected: float
    counted: float
    interval_low: float
    interval_high: float


def calibration_bins(*, counts: npt.ArrayLike, expected: npt.ArrayLike, edges: Sequence[float]) -> list[Bin]:
    """Expected and counted totals by size of the expected count, with a 90 % Jeffreys interval of the counted one.

    The interval takes events as independent; those of one maker are not, so it is too narrow. Empty bins are left out.
    """
    n, mean = check_counts(counts=counts, exposures=expected)
    bins = []
    for low, high in pairwise(edges):
        chosen = (mean >= low) & (mean < high)
        if chosen.any():
            total = float(n[chosen].sum())
            below, above = jeffreys_interval(counts=total, exposures=1.0)
            bins.append(Bin(low, high, int(chosen.sum()), float(mean[chosen].sum()), total, float(below), float(above)))
    return bins
