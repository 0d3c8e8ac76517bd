"""How the watch list's two weights were chosen: from labels complete by 2024-07-01, and by a rule that prefers small.

The rule is the one-standard-error rule: of all pairs on a fixed grid whose mean AUC-PR is within one standard error of
the best pair's, the one with the smallest sum. No weight may be 0: a product that was never listed has no other ground
for its place. Source: Breiman, Friedman, Olshen and Stone (1984), Classification and
Regression Trees, section 3.4.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from bluelamp.index.domain.comparison import Prepared, Rule, area, foreseen
from bluelamp.index.domain.watchlist import Weights, score
from bluelamp.stats.backtest import standard_error

GRID = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
CHOOSING_DATES = (date(2022, 7, 1), date(2023, 1, 1), date(2023, 7, 1))


@dataclass(frozen=True)
class Choice:
    """The weights chosen, the best on the grid, the best's standard error, and every pair's mean AUC-PR."""

    chosen: Weights
    best: Weights
    error: float
    areas: Mapping[Weights, float]


def choose_weights(*, prepared: Prepared, rng: np.random.Generator, draws: int = 200) -> Choice:
    """Try every pair of the grid on the choosing dates, and choose by the one-standard-error rule.

    The error comes from a bootstrap of makers with `rng`. Equal sums are decided by the higher AUC-PR.
    """
    pairs = [Weights(maker=maker, volume=volume) for maker in GRID for volume in GRID]
    orders = {
        pair: [
            foreseen(prepared=prepared, rule=Rule(method=partial(score, weights=pair)), as_of=on)
            for on in CHOOSING_DATES
        ]
        for pair in pairs
    }
    areas = {pair: float(np.mean([area(r.hits) for r in ranked])) for pair, ranked in orders.items()}
    best = max(pairs, key=lambda pair: areas[pair])
    error = standard_error(ranked=orders[best], metric=area, rng=rng, draws=draws)
    close = [pair for pair in pairs if areas[pair] >= areas[best] - error]
    chosen = min(close, key=lambda pair: (round(pair.maker + pair.volume, 9), -areas[pair]))
    return Choice(chosen=chosen, best=best, error=error, areas=areas)
