"""How often the intervals, ranges of ranks and trends hold the truth, in simulated kinds as sparse as the real ones.

    .venv/bin/python scripts/interval_coverage.py [--kinds N]

Products' true rates are drawn from a Gamma of the given shape, and counts from them over two years. Printed for each
shape and size of kind: of products with a date, the share of shrunk and unpooled 90 % intervals that hold the true
rate, and of ranges of ranks that hold the true rank. Then trends: of products with five dates or more in both periods
together whose rate stayed while the list noticed half as much again of everything, the share called rising.
"""

import argparse

import numpy as np

from bluelamp.index.domain.trends import trends
from bluelamp.stats.hierarchy import learn_priors, shrink
from bluelamp.stats.intervals import jeffreys_interval
from bluelamp.stats.ranks import rank_ranges

YEARS = 2.0
KINDS = ((39, 7), (24, 3), (23, 20), (233, 13), (46, 44), (8, 12))
SHAPES = (0.3, 1.0, 3.0)
# Products with evidence of the packaged edition, and the dates of all in its period and in the one before.
LISTED, NOW, BEFORE = 407, 427, 282


def held(*, products: int, dates: int, shape: float, kinds: int, draw: np.random.Generator) -> tuple[float, ...]:
    """The three shares of so many simulated kinds."""
    shrunk, alone, ranks = [], [], []
    for _ in range(kinds):
        rates = draw.gamma(shape, dates / (products * YEARS) / shape, products)
        n = draw.poisson(rates * YEARS)
        priors = learn_priors(counts=n, exposure=YEARS)
        found, (low, high) = shrink(counts=n, priors=priors), jeffreys_interval(counts=n, exposures=YEARS)
        best, worst = rank_ranges(counts=n, priors=priors)
        rank = 1 + (rates[None, :] > rates[:, None]).sum(axis=1)
        shrunk.append(((found.low <= rates) & (rates <= found.high))[n > 0])
        alone.append(((low <= rates) & (rates <= high))[n > 0])
        ranks.append(((best <= rank) & (rank <= worst))[n > 0])
    return tuple(float(np.concatenate(each).mean()) for each in (shrunk, alone, ranks))


def rising(*, lists: int, draw: np.random.Generator) -> tuple[float, float, float]:
    """Called rising though only the list grew: beside all others, without that, and the share of lists with any."""
    beside, without, many, with_any = 0, 0, 0, 0
    for _ in range(lists):
        rates = draw.gamma(0.3, NOW / (LISTED * 0.3), LISTED)
        now, before = draw.poisson(rates), draw.poisson(rates * BEFORE / NOW)
        keys = [str(i) for i in range(LISTED)]
        found = trends(
            now=dict(zip(keys, now.tolist(), strict=True)),
            before=dict(zip(keys, before.tolist(), strict=True)),
            years=YEARS,
            years_before=YEARS,
            level=0.9,
        )
        asked = [found[key] for at, key in enumerate(keys) if now[at] + before[at] >= 5]
        called = sum(trend.said == "rising" for trend in asked)
        many, beside, with_any = many + len(asked), beside + called, with_any + (called > 0)
        without += sum(trend.ratio.low > 1 for trend in asked)
    return beside / many, without / many, with_any / lists


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", type=int, default=400, help="kinds simulated of each shape and size")
    kinds = parser.parse_args().kinds
    draw = np.random.default_rng(20260807)
    print("products dates shape | shrunk unpooled ranks")
    for products, dates in KINDS:
        for shape in SHAPES:
            shares = held(products=products, dates=dates, shape=shape, kinds=kinds, draw=draw)
            print(f"{products:8} {dates:5} {shape:5} | " + " ".join(f"{share:.3f}" for share in shares), flush=True)
    beside, without, lists = rising(lists=kinds // 2, draw=draw)
    print(f"called rising though only the list grew: {beside:.3f} (not held against all others: {without:.3f})")
    print(f"lists in which any product was: {lists:.2f}")


if __name__ == "__main__":
    main()
