"""The watch list's first method, and the two simple rules it is compared with (docs/methods/watch-list.md).

Arrays are aligned with a fixed list of products; days are integers (days since 1970-01-01). Every function looks only
at what happened strictly before `as_of`: later evidence in the same arrays changes nothing. A score orders products; it
is no probability.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bluelamp.index.domain.labels import Entries, Floats, Ints, Publications, leading

HALF_LIFE_DAYS = 365.0
RECENT_DAYS = 730

OWN = "exploited before, recent counts more"
MAKER = "maker's products exploited, times vulnerabilities published in two years"
VOLUME = "vulnerabilities published in two years"


@dataclass(frozen=True)
class Weights:
    """How much the two smaller reasons count beside a product's own entries, of which a fresh one counts 1."""

    maker: float
    volume: float


# What choosing.py finds on the dates whose labels were complete by 2024-07-01; a test repeats it.
WEIGHTS = Weights(maker=0.05, volume=0.05)


@dataclass(frozen=True, eq=False)
class History:
    """What happened to products: each product's maker as a number, known-exploited entries, and CVEs published.

    Rows of columns may stand in any order. An entry may name many products; as of a day it counts for the three with
    most CVEs published by then. `keys` are (maker key, product key); `entry_published`, `catalogued`, `proofs` and
    `scores` are as in labels.Table. Two histories are equal only if they are the same one, so that what was worked out
    from one can be kept with it (learning.py).
    """

    keys: tuple[tuple[str, str], ...]
    maker: Ints
    exploited: Entries
    entry_published: Ints
    published: Publications
    catalogued: Publications
    proofs: Publications
    scores: tuple[tuple[int, Floats], ...]


def known_entries(*, history: History, as_of: int) -> Entries:
    """Entries before a day, with the products that they count for as seen on that day."""
    past = history.exploited.day < as_of
    every = history.exploited
    known = Entries(every.entry[past], every.product[past], every.day[past])
    weight = cve_count(history=history, as_of=as_of).astype(np.int64)
    kept = leading(entries=known, weight=weight)
    # One order whatever the order of input: sums of floats depend on it.
    order = np.lexsort((kept.product, kept.day))
    return Entries(kept.entry[order], kept.product[order], kept.day[order])


def _decay(*, days: Ints, as_of: int) -> Floats:
    return np.asarray(0.5 ** ((as_of - days) / HALF_LIFE_DAYS), dtype=np.float64)


def decayed_exploited(*, history: History, as_of: int) -> Floats:
    """Per product: known-exploited entries before `as_of`, each weighing half as much for every 365 days of age."""
    known = known_entries(history=history, as_of=as_of)
    weights = _decay(days=known.day, as_of=as_of)
    return np.asarray(np.bincount(known.product, weights=weights, minlength=len(history.maker)), dtype=np.float64)


def decayed_maker_dates(*, history: History, as_of: int) -> Floats:
    """Per product: the distinct days on which any product of its maker was listed, weighing as above."""
    known = known_entries(history=history, as_of=as_of)
    makers, days = np.unique(np.stack([history.maker[known.product], known.day]), axis=1)
    size = int(history.maker.max(initial=-1)) + 1
    by_maker = np.bincount(makers, weights=_decay(days=days, as_of=as_of), minlength=size)
    return np.asarray(by_maker[history.maker], dtype=np.float64)


def cve_count(*, history: History, as_of: int, recent: bool = False) -> Floats:
    """Per product: CVEs published before `as_of`; with `recent`, only in the 730 days before."""
    published = history.published
    known = published.day < as_of
    if recent:
        known &= published.day >= as_of - RECENT_DAYS
    return np.asarray(np.bincount(published.product[known], minlength=len(history.maker)), dtype=np.float64)


def contributions(*, history: History, as_of: int, weights: Weights = WEIGHTS) -> Mapping[str, Floats]:
    """What each reason adds to each product's score; none is negative, and together they are the score.

    Own entries (half-life 365 days) + maker weight x ln(1 + maker's dates) x ln(1 + CVEs of two years) + volume weight
    x ln(1 + CVEs of two years). The second is a product, so that a maker's troubles lift those of its products in which
    flaws are being found, and not its whole catalogue.
    """
    volume = np.log1p(cve_count(history=history, as_of=as_of, recent=True))
    of_maker = np.log1p(decayed_maker_dates(history=history, as_of=as_of))
    return {
        OWN: decayed_exploited(history=history, as_of=as_of),
        MAKER: weights.maker * of_maker * volume,
        VOLUME: weights.volume * volume,
    }


def score(*, history: History, as_of: int, weights: Weights = WEIGHTS) -> Floats:
    """The first method's score: the sum of its contributions."""
    parts = contributions(history=history, as_of=as_of, weights=weights)
    return np.asarray(np.sum(list(parts.values()), axis=0), dtype=np.float64)


def recency_rule(*, history: History, as_of: int) -> Floats:
    """The rule to beat: recency-weighted known-exploited entries, CVE count breaking ties.

    The tie-break adds less than a billionth.
    """
    counts = cve_count(history=history, as_of=as_of)
    return decayed_exploited(history=history, as_of=as_of) + counts * (1e-9 / (float(counts.max(initial=0.0)) + 1.0))


def count_rule(*, history: History, as_of: int) -> Floats:
    """The simplest rule: how many CVEs were ever published."""
    return cve_count(history=history, as_of=as_of)


def epss_rule(*, history: History, as_of: int) -> Floats:
    """EPSS alone: the sum of a product's probabilities in the newest snapshot before `as_of`; 0 where there is none.

    A snapshot is of one model version, so that scores of two versions are never mixed. Source: Jacobs and others
    (2021), Digital Threats 2(3), 20.
    """
    before = [values for day, values in history.scores if day < as_of]
    return before[-1] if before else np.zeros(len(history.keys))
