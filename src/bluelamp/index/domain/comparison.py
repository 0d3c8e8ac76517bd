"""The back-test: every method at every date, with the same candidates and positives (labels.py).

Two rules on the known-exploited list stand beside the method. One maps past entries to products by what was known at
each date, as the method must. The other has the labels' own mapping, which counts CVEs over the whole snapshot: it has
hindsight, and is kept because the shared definition of the test measures it so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np

from bluelamp.index.domain.labels import (
    Bools,
    Entries,
    Facts,
    Ints,
    candidates,
    day_number,
    leading,
    positives,
    seen_before,
    tabulate,
)
from bluelamp.index.domain.watchlist import Floats, History, count_rule, recency_rule, score
from bluelamp.stats.backtest import (
    Difference,
    Ranked,
    average_precision,
    ndcg_at,
    paired_bootstrap,
    precision_at,
    ranking,
    recall_at,
)

__all__ = [
    "DATES", "METHODS", "Facts", "Metrics", "Prepared", "Rule", "compare", "day_number", "difference",
    "differences", "measure",
    "prepare", "ranked", "score_rows", "summary",
]  # fmt: skip

DATES = tuple(date(y, m, 1) for y in range(2022, 2026) for m in (1, 7) if (2022, 7) <= (y, m) <= (2025, 7))
# Labels up to here chose the method's weights: only later dates are a fair test of it.
FIRST_UNSEEN = date(2024, 7, 1)
SPANS = {"all seven dates": DATES[0], "three dates from July 2024": FIRST_UNSEEN}
Method = Callable[..., Floats]


@dataclass(frozen=True)
class Rule:
    """One way to score products; `hindsight` lets it map past entries by CVE counts of the whole snapshot."""

    method: Method
    hindsight: bool = False


METHODS: dict[str, Rule] = {
    "first method": Rule(method=score),
    "recency-weighted KEV": Rule(method=recency_rule, hindsight=True),
    "recency-weighted KEV, without hindsight": Rule(method=recency_rule),
    "CVE count": Rule(method=count_rule),
}


@dataclass(frozen=True)
class Metrics:
    """One method at one date; `positives` are those among the candidates."""

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
    """The facts as arrays: product keys in order, what happened (as known then, and with hindsight), labels."""

    keys: tuple[tuple[str, str], ...]
    history: History
    hindsight: History
    labelled: Entries
    first_published: Ints

    @property
    def label_day(self) -> Ints:
        """The days of all labels, in no particular order."""
        return self.labelled.day


def prepare(facts: Facts) -> Prepared:
    """Turn facts into arrays; the order of the facts has no effect."""
    table = tabulate(facts)
    labelled = leading(entries=table.entries, weight=table.total)
    makers = np.unique([maker for maker, _ in table.keys], return_inverse=True)[1].astype(np.int64)
    history = History(
        keys=table.keys,
        maker=makers,
        exploited=table.entries,
        entry_published=table.entry_published,
        published=table.publications,
        catalogued=table.catalogued,
        proofs=table.proofs,
        scores=table.scores,
    )
    return Prepared(
        keys=table.keys,
        history=history,
        hindsight=replace(history, exploited=labelled),
        labelled=labelled,
        first_published=table.first,
    )


def ranked(*, prepared: Prepared, as_of: date, method: Method, hindsight: bool = False) -> tuple[Ints, Floats]:
    """Candidates at a date, best first (equal scores by key), as numbers into `prepared.keys`, and their scores."""
    day = day_number(as_of)
    found = candidates(first=prepared.first_published, as_of=day)
    history = prepared.hindsight if hindsight else prepared.history
    scores = method(history=history, as_of=day)[found]
    order = ranking(scores=scores)
    return found[order], scores[order]


def measure(*, prepared: Prepared, as_of: date, name: str, rule: Rule) -> Metrics:
    """One method's metrics at one date."""
    day, products = day_number(as_of), len(prepared.keys)
    order, _ = ranked(prepared=prepared, as_of=as_of, method=rule.method, hindsight=rule.hindsight)
    hits = positives(labelled=prepared.labelled, as_of=day, products=products)[order]
    cold = hits[~seen_before(labelled=prepared.labelled, as_of=day, products=products)[order]]
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


def compare(*, prepared: Prepared, dates: Sequence[date] = DATES) -> list[Metrics]:
    """Every method at every date."""
    return [measure(prepared=prepared, as_of=d, name=n, rule=r) for n, r in METHODS.items() for d in dates]


def summary(metrics: Sequence[Metrics]) -> list[dict[str, object]]:
    """Means by method over all dates, and over those from 2024-07-01 on, the fair test."""
    rows: list[dict[str, object]] = []
    for label, first in SPANS.items():
        for name in METHODS:
            chosen = [m for m in metrics if m.method == name and m.as_of >= first]
            fields = ("p50", "ndcg100", "ap", "cold_recall500")
            rows.append(
                {"method": name, "dates": label, **{f: float(np.mean([getattr(m, f) for m in chosen])) for f in fields}}
            )
    return rows


def differences(*, prepared: Prepared, seed: int = 1) -> list[dict[str, object]]:
    """`difference` of the first method from each rule that reads the same list, over each span of dates."""
    return [
        {
            "other": other,
            "dates": label,
            **asdict(
                difference(
                    prepared=prepared,
                    other=other,
                    rng=np.random.default_rng(seed),
                    dates=[on for on in DATES if on >= first],
                )
            ),
        }
        for other in METHODS
        if other.startswith("recency")
        for label, first in SPANS.items()
    ]


def difference(
    *, prepared: Prepared, other: str, rng: np.random.Generator, dates: Sequence[date] = DATES, draws: int = 1000
) -> Difference:
    """Mean AUC-PR of the first method less that of another of METHODS, with a 90 % interval by bootstrap of makers.

    Raises KeyError for a method that is not in METHODS.
    """
    return paired_bootstrap(
        ours=[foreseen(prepared=prepared, rule=METHODS["first method"], as_of=on) for on in dates],
        theirs=[foreseen(prepared=prepared, rule=METHODS[other], as_of=on) for on in dates],
        metric=area,
        rng=rng,
        draws=draws,
    )


def foreseen(*, prepared: Prepared, rule: Rule, as_of: date) -> Ranked:
    """Which of the candidates came true, in a rule's order, with their makers as clusters."""
    found, _ = ranked(prepared=prepared, as_of=as_of, method=rule.method, hindsight=rule.hindsight)
    hits = positives(labelled=prepared.labelled, as_of=day_number(as_of), products=len(prepared.keys))[found]
    return Ranked(hits=hits, clusters=prepared.history.maker[found])


def area(hits: Bools) -> float:
    """AUC-PR of ranked candidates, all positives among them."""
    return average_precision(hits=hits, positives=int(hits.sum()))


def score_rows(*, prepared: Prepared) -> Iterator[tuple[date, str, str, float]]:
    """(as_of, vendor_key, product_key, score) of the first method for every candidate at every date, best first."""
    for as_of in DATES:
        order, scores = ranked(prepared=prepared, as_of=as_of, method=score)
        for product, value in zip(order, scores, strict=True):
            yield as_of, *prepared.keys[product], float(value)
