"""The watch list's first method, and the two simple rules it is compared with (docs/methods/watch-list.md).

Arrays are aligned with a fixed list of product keys; days are integers (days since 1970-01-01).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HALF_LIFE_DAYS = 365.0
RECENT_DAYS = 730
# Fixed by the dates 2022-07-01 to 2023-07-01, whose labels were complete by 2024-07-01.
MAKER_WEIGHT = 0.05
VOLUME_WEIGHT = 0.2

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class History:
    """What happened to products: pairs (index of the product, day), one pair an event, sorted in no particular way.

    `exploited_*` are entries of a known-exploited list, `published_*` CVEs; `maker` numbers each product's maker.
    """

    maker: Ints
    exploited_product: Ints
    exploited_day: Ints
    published_product: Ints
    published_day: Ints


def decayed_exploited(*, history: History, as_of: int) -> Floats:
    """Per product: known-exploited entries before `as_of`, each weighing half as much for every 365 days of age."""
    known = history.exploited_day < as_of
    weight = 0.5 ** ((as_of - history.exploited_day[known]) / HALF_LIFE_DAYS)
    totals = np.bincount(history.exploited_product[known], weights=weight, minlength=len(history.maker))
    return totals.astype(np.float64)


def cve_count(*, history: History, as_of: int, recent: bool = False) -> Floats:
    """Per product: CVEs published before `as_of`; with `recent`, only in the 730 days before."""
    known = history.published_day < as_of
    if recent:
        known &= history.published_day >= as_of - RECENT_DAYS
    return np.bincount(history.published_product[known], minlength=len(history.maker)).astype(np.float64)


def contributions(*, history: History, as_of: int) -> Mapping[str, Floats]:
    """What each reason adds to each product's score. Only what was known before `as_of` is looked at."""
    own = decayed_exploited(history=history, as_of=as_of)
    of_maker = np.bincount(history.maker, weights=own)[history.maker] - own
    volume = np.log1p(cve_count(history=history, as_of=as_of, recent=True))
    return {
        "exploited before, recent counts more": own,
        "other products of the maker": MAKER_WEIGHT * np.log1p(of_maker),
        "vulnerabilities published in two years": VOLUME_WEIGHT * volume,
    }


def score(*, history: History, as_of: int) -> Floats:
    """The first method's score: the sum of its contributions."""
    parts = list(contributions(history=history, as_of=as_of).values())
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


def recency_rule(*, history: History, as_of: int) -> Floats:
    """The rule to beat: recency-weighted known-exploited entries, CVE count breaking ties."""
    counts = cve_count(history=history, as_of=as_of)
    ties = counts / (float(counts.max(initial=0.0)) + 1.0) * 1e-9
    return np.asarray(decayed_exploited(history=history, as_of=as_of) + ties, dtype=np.float64)


def count_rule(*, history: History, as_of: int) -> Floats:
    """The simplest rule: how many CVEs were ever published."""
    return cve_count(history=history, as_of=as_of)
