"""The back-test: every method at every date, with the same candidates and positives (labels.py).

Two rules on the known-exploited list stand beside the methods. One maps past entries to products by what was known at
each date, as the methods must. The other has the labels' own mapping, which counts CVEs over the whole snapshot: it has
hindsight, and is kept because the shared definition of the test measures it so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bluelamp.index.domain.labels import (
    Bools,
    Entries,
    Facts,
    Floats,
    Ints,
    candidates,
    day_number,
    leading,
    positives,
    seen_before,
    tabulate,
)
from bluelamp.index.domain.learning import learnt_score
from bluelamp.index.domain.watchlist import History, count_rule, epss_rule, recency_rule, score
from bluelamp.stats.backtest import (
    Ranked,
    average_precision,
    ndcg_at,
    precision_at,
    ranking,
    recall_at,
)

__all__ = [
    "DATES", "FIRST_UNSEEN", "LEARNT", "METHODS", "RULE", "SPANS", "Facts", "Metrics", "Prepared", "Rule", "compare",
    "day_number", "foreseen", "measure", "newcomers", "prepare", "ranked", "summary",
]  # fmt: skip

DATES = tuple(date(y, m, 1) for y in range(2022, 2026) for m in (1, 7) if (2022, 7) <= (y, m) <= (2025, 7))
# Labels up to here chose the methods: only later dates are a fair test of them.
FIRST_UNSEEN = date(2024, 7, 1)
SPANS = {"all seven dates": DATES[0], "three dates from July 2024": FIRST_UNSEEN}
Method = Callable[..., Floats]


@dataclass(frozen=True)
class Rule:
    """One way to score products; `hindsight` lets it map past entries by CVE counts of the whole snapshot.

    Before `since` it has nothing to score with, and is not measured.
    """

    method: Method
    hindsight: bool = False
    since: date = DATES[0]


LEARNT = "learnt method"
# The simple rule that the methods are held against.
RULE = "recency-weighted KEV"
METHODS: dict[str, Rule] = {
    LEARNT: Rule(method=learnt_score),
    "first method": Rule(method=score),
    RULE: Rule(method=recency_rule, hindsight=True),
    "recency-weighted KEV, without hindsight": Rule(method=recency_rule),
    "CVE count": Rule(method=count_rule),
    "EPSS alone": Rule(method=epss_rule, since=FIRST_UNSEEN),
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
    """The facts as arrays: product keys in order, what happened (as known then, and with hindsight), labels.

    `entry_listed` are the days of all known-exploited entries by number, of those without a product too.
    """

    keys: tuple[tuple[str, str], ...]
    history: History
    hindsight: History
    labelled: Entries
    first_published: Ints
    entry_listed: Ints

    def candidates(self, as_of: date) -> Ints:
        """The products that a list as of a day ranks, as numbers into `keys`."""
        return candidates(first=self.first_published, as_of=day_number(as_of))


def prepare(facts: Facts) -> Prepared:
    """Turn facts into arrays; the order of the facts has no effect."""
    table = tabulate(facts)
    labelled = leading(entries=table.entries, weight=table.total)
    history = History(
        keys=table.keys,
        maker=np.unique([maker for maker, _ in table.keys], return_inverse=True)[1].astype(np.int64),
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
        entry_listed=table.entry_listed,
    )


def ranked(*, prepared: Prepared, as_of: date, method: Method, hindsight: bool = False) -> tuple[Ints, Floats]:
    """Candidates at a date, best first (equal scores by key), as numbers into `prepared.keys`, and their scores."""
    day = day_number(as_of)
    found = prepared.candidates(as_of)
    history = prepared.hindsight if hindsight else prepared.history
    scores = method(history=history, as_of=day)[found]
    order = ranking(scores=scores)
    return found[order], scores[order]


def measure(*, prepared: Prepared, as_of: date, name: str, rule: Rule) -> Metrics:
    """One method's metrics at one date."""
    hits = foreseen(prepared=prepared, rule=rule, as_of=as_of).hits
    n = int(hits.sum())
    return Metrics(
        method=name,
        as_of=as_of,
        p50=precision_50(hits),
        ndcg100=gain_100(hits),
        ap=area(hits),
        cold_recall500=recall_500(newcomers(prepared=prepared, rule=rule, as_of=as_of).hits),
        candidates=len(hits),
        positives=n,
    )


def compare(*, prepared: Prepared, dates: Sequence[date] = DATES) -> list[Metrics]:
    """Every method at every date for which it has something to score with."""
    return [
        measure(prepared=prepared, as_of=d, name=n, rule=r) for n, r in METHODS.items() for d in dates if d >= r.since
    ]


def summary(metrics: Sequence[Metrics]) -> list[dict[str, object]]:
    """Means by method over all dates, and over those from 2024-07-01 on, the fair test.

    A method that was not measured at every date of a span has no row for it.
    """
    rows: list[dict[str, object]] = []
    fields = ("p50", "ndcg100", "ap", "cold_recall500")
    for label, first in SPANS.items():
        days = {m.as_of for m in metrics if m.as_of >= first}
        for name in METHODS:
            chosen = [m for m in metrics if m.method == name and m.as_of >= first]
            if chosen and len(chosen) == len(days):
                means = {f: float(np.mean([getattr(m, f) for m in chosen])) for f in fields}
                rows.append({"method": name, "dates": label, **means})
    return rows


def foreseen(*, prepared: Prepared, rule: Rule, as_of: date) -> Ranked:
    """Which of the candidates came true, in a rule's order, with their makers as clusters."""
    found, _ = ranked(prepared=prepared, as_of=as_of, method=rule.method, hindsight=rule.hindsight)
    hits = positives(labelled=prepared.labelled, as_of=day_number(as_of), products=len(prepared.keys))[found]
    return Ranked(hits=hits, clusters=prepared.history.maker[found])


def newcomers(*, prepared: Prepared, rule: Rule, as_of: date) -> Ranked:
    """The same for cold starts alone: candidates that were never listed before the date."""
    day, everyone = day_number(as_of), len(prepared.keys)
    found, _ = ranked(prepared=prepared, as_of=as_of, method=rule.method, hindsight=rule.hindsight)
    cold = found[~seen_before(labelled=prepared.labelled, as_of=day, products=everyone)[found]]
    hits = positives(labelled=prepared.labelled, as_of=day, products=everyone)[cold]
    return Ranked(hits=hits, clusters=prepared.history.maker[cold])


def area(hits: Bools) -> float:
    """AUC-PR of ranked candidates, all positives among them."""
    return average_precision(hits=hits, positives=int(hits.sum()))


def gain_100(hits: Bools) -> float:
    """NDCG@100 of ranked candidates, all positives among them."""
    return ndcg_at(hits=hits, k=100, positives=int(hits.sum()))


def precision_50(hits: Bools) -> float:
    """The share of the first 50 that came true."""
    return precision_at(hits=hits, k=50)


def recall_500(hits: Bools) -> float:
    """The share of all positives among the ranked that stand in the first 500."""
    return recall_at(hits=hits, k=500, positives=int(hits.sum()))
