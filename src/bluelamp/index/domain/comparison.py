"""The back-test: candidates, labels and metrics by one definition, so that every method is measured alike.

Candidates at T are the products (maker known) with a CVE published before T. Positive: a CVE mapped to it enters the
known-exploited list in [T, T + 365 days). For each such CVE the mapped products of the maker that the list names are
kept, or all where none is, and of those the three with most CVEs in all (ties by key).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bluelamp.index.domain.watchlist import Floats, History, Ints, count_rule, recency_rule, score
from bluelamp.stats.backtest import average_precision, ndcg_at, precision_at, recall_at

DATES = tuple(date(y, m, 1) for y in range(2022, 2026) for m in (1, 7) if (y, m) >= (2022, 7) and (y, m) <= (2025, 7))
HORIZON_DAYS = 365
_EPOCH = date(1970, 1, 1)

Method = Callable[..., Floats]
METHODS: dict[str, Method] = {"first method": score, "recency-weighted KEV": recency_rule, "CVE count": count_rule}


@dataclass(frozen=True)
class Facts:
    """Aligned columns: KEV entries (cve, maker key, day added), CVE-product pairs, CVE publication days."""

    kev: Sequence[tuple[str, str, date]]
    pairs: Sequence[tuple[str, str, str]]
    published: dict[str, date]


@dataclass(frozen=True)
class Metrics:
    """One method at one date."""

    method: str
    as_of: date
    p50: float
    ndcg100: float
    ap: float
    cold_recall500: float
    candidates: int
    positives: int


@dataclass(frozen=True)
class Prepared:
    """The facts as arrays: product keys in order, history, labels by KEV day, and each product's first CVE day."""

    keys: tuple[tuple[str, str], ...]
    history: History
    label_product: Ints
    label_day: Ints
    first_published: Ints


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def prepare(facts: Facts) -> Prepared:
    """Turn facts into arrays; the order of the facts has no effect."""
    keys = tuple(sorted({(m, p) for _, m, p in facts.pairs}))
    index = {k: i for i, k in enumerate(keys)}
    by_cve: dict[str, list[int]] = {}
    for cve, m, p in sorted(set(facts.pairs)):
        by_cve.setdefault(cve, []).append(index[m, p])
    totals = np.bincount([i for items in by_cve.values() for i in items], minlength=len(keys))
    labelled = [
        (product, day_number(on))
        for cve, maker, on in sorted(facts.kev)
        for product in _labelled(by_cve.get(cve, []), maker=maker, keys=keys, totals=totals)
    ]
    dated = [(i, day_number(facts.published[c])) for c, items in by_cve.items() if c in facts.published for i in items]
    label_product, label_day = _columns(labelled)
    published_product, published_day = _columns(dated)
    first = np.full(len(keys), np.iinfo(np.int64).max)
    np.minimum.at(first, published_product, published_day)
    makers = np.unique([m for m, _ in keys], return_inverse=True)[1]
    history = History(makers.astype(np.int64), label_product, label_day, published_product, published_day)
    return Prepared(keys, history, label_product, label_day, first)


def _labelled(items: list[int], *, maker: str, keys: tuple[tuple[str, str], ...], totals: Ints) -> list[int]:
    own = [i for i in items if keys[i][0] == maker] or items
    return sorted(own, key=lambda i: (-totals[i], keys[i]))[:3]


def _columns(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def ranked(*, prepared: Prepared, as_of: date, method: Method) -> tuple[Ints, Floats]:
    """Candidates at a date, best first (ties by key), and their scores."""
    day = day_number(as_of)
    candidates = np.flatnonzero(prepared.first_published < day)
    scores = method(history=prepared.history, as_of=day)[candidates]
    order = np.argsort(-scores, kind="stable")
    return candidates[order], scores[order]


def measure(*, prepared: Prepared, as_of: date, name: str, method: Method) -> Metrics:
    """One method's metrics at one date."""
    day = day_number(as_of)
    order, _ = ranked(prepared=prepared, as_of=as_of, method=method)
    coming = (prepared.label_day >= day) & (prepared.label_day < day + HORIZON_DAYS)
    positive = np.zeros(len(prepared.keys), dtype=bool)
    positive[prepared.label_product[coming]] = True
    seen = np.zeros(len(prepared.keys), dtype=bool)
    seen[prepared.label_product[prepared.label_day < day]] = True
    hits = positive[order]
    cold = hits[~seen[order]]
    n = int(hits.sum())
    return Metrics(
        method=name,
        as_of=as_of,
        p50=precision_at(hits=hits, k=50),
        ndcg100=ndcg_at(hits=hits, k=100, positives=n),
        ap=average_precision(hits=hits, positives=n),
        cold_recall500=recall_at(hits=cold, k=500, positives=int(cold.sum())),
        candidates=len(order),
        positives=n,
    )


def compare(*, prepared: Prepared) -> list[Metrics]:
    """Every method at every date."""
    return [measure(prepared=prepared, as_of=d, name=n, method=m) for n, m in METHODS.items() for d in DATES]


def summary(metrics: Sequence[Metrics]) -> list[dict[str, object]]:
    """Means by method over all dates, and over those from 2024-07-01 on."""
    rows: list[dict[str, object]] = []
    for label, first in (("all seven dates", DATES[0]), ("three dates from July 2024", date(2024, 7, 1))):
        for name in METHODS:
            chosen = [m for m in metrics if m.method == name and m.as_of >= first]
            means = {
                f: float(np.mean([getattr(m, f) for m in chosen])) for f in ("p50", "ndcg100", "ap", "cold_recall500")
            }
            rows.append({"method": name, "dates": label, **means})
    return rows


def score_rows(*, prepared: Prepared) -> Iterator[tuple[date, str, str, float]]:
    """(as_of, vendor_key, product_key, score) of the first method for every candidate at every date."""
    for as_of in DATES:
        order, scores = ranked(prepared=prepared, as_of=as_of, method=score)
        for product, value in zip(order, scores, strict=True):
            yield as_of, *prepared.keys[product], float(value)
