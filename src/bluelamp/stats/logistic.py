"""Logistic regression for rare events: a ridge, an offset for the time watched, weights that are never negative."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bluelamp.stats.intervals import Floats

_STEPS = 50
_FREE_RIDGE = 1e-6
_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Logistic:
    """log odds = intercept + columns x weights (+ offset); weights are per unit of each column, none is negative."""

    intercept: float
    weights: Floats

    def log_odds(self, columns: Floats) -> Floats:
        """Of each row, for an offset of 0."""
        return np.asarray(self.intercept + columns @ self.weights, dtype=np.float64)


def fit_logistic(*, columns: Floats, came_true: npt.ArrayLike, offset: npt.ArrayLike, ridge: float) -> Logistic:
    """The intercept and weights, none below 0, with the highest penalised likelihood of what came true.

    Maximises sum(y x eta - log(1 + exp eta)) - ridge / 2 x sum((weight x spread)^2), where eta = intercept + columns x
    weights + offset and spread is the standard deviation of a column: the penalty treats all columns alike whatever
    their units. With `offset` = log(share of a year) the fit is of yearly odds, as events are rare. A column that does
    not vary gets 0.
    The problem is convex; Newton steps with halving solve it on the free weights, the most negative weight is fixed at
    0 in turn, and one fixed before is freed where its gradient says that it would grow. The signs are an assumption:
    they keep ten noisy weights from cancelling each other, and each reason from arguing against itself. Raises
    ValueError for shapes that do not fit, a ridge that is not positive, or where nothing, or everything, came true.
    Sources: Hoerl and Kennard (1970), Technometrics 12, 55-67, and le Cessie and van Houwelingen (1992), Applied
    Statistics 41, 191-201, on ridges; Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23, on the
    active set.
    """
    y = np.asarray(came_true, dtype=np.float64)
    times = np.asarray(offset, dtype=np.float64)
    if columns.ndim != 2 or y.shape != times.shape or y.shape != columns.shape[:1] or not ridge > 0:
        raise ValueError("Each row needs its columns, an outcome and an offset, and the ridge must be positive.")
    if not 0 < y.sum() < len(y):
        raise ValueError("Something must have come true, and not everything.")
    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    varies = np.flatnonzero(spread > 1e-12)
    scaled = np.column_stack([np.ones(len(y)), (columns[:, varies] - centre[varies]) / spread[varies]])
    found = _active_set(scaled, y, times, ridge)
    weights = np.zeros(columns.shape[1])
    weights[varies] = found[1:] / spread[varies]
    return Logistic(intercept=float(found[0] - weights @ centre), weights=weights)


def _active_set(scaled: Floats, y: Floats, offset: Floats, ridge: float) -> Floats:
    """Fix the most negative weight at 0 until none is left, then free those that would grow; each is freed once."""
    free, freed = list(range(1, scaled.shape[1])), set[int]()
    while True:
        on = [0, *free]
        part = _newton(scaled[:, on], y, offset, ridge)
        worst = int(np.argmin(part[1:])) if free else -1
        if free and part[1 + worst] < 0:
            del free[worst]
            continue
        found = np.zeros(scaled.shape[1])
        found[on] = part
        slope = scaled.T @ (y - chance_of(scaled @ found + offset))
        eager = [j for j in range(1, len(found)) if j not in on and j not in freed and slope[j] > _TOLERANCE * len(y)]
        if not eager:
            return found
        freed.add(eager[0])
        free = sorted([*free, eager[0]])


def _newton(x: Floats, y: Floats, offset: Floats, ridge: float) -> Floats:
    """Newton's method with step halving; the first column is the intercept, hardly penalised."""
    penalty = np.r_[_FREE_RIDGE, np.full(x.shape[1] - 1, ridge)]

    def loss(b: Floats) -> float:
        eta = x @ b + offset
        return float(np.logaddexp(0, eta).sum() - y @ eta + 0.5 * (penalty * b * b).sum())

    b = np.zeros(x.shape[1])
    b[0] = np.log(y.mean() / (1 - y.mean()))
    now = loss(b)
    for _ in range(_STEPS):
        chance = chance_of(x @ b + offset)
        slope = x.T @ (chance - y) + penalty * b
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        size = 1.0
        while (then := loss(b - size * step)) > now and size > 1e-6:
            size /= 2
        if not then < now:
            break
        b = b - size * step
        if now - then < _TOLERANCE * (1 + abs(now)):
            break
        now = then
    return b


def chance_of(log_odds: Floats) -> Floats:
    """Probabilities from log odds."""
    # Imported here because loading it takes longer than most commands need.
    from scipy.special import expit

    return np.asarray(expit(log_odds), dtype=np.float64)
