"""The watch list and its back-test, run by a local command only (RED-LINES 1): no page, API or export shows a score."""

import csv
import hashlib
import io
import json
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from bluelamp.index.domain.comparison import (
    DATES,
    Facts,
    Metrics,
    Prepared,
    compare,
    day_number,
    prepare,
    ranked,
    summary,
)
from bluelamp.index.domain.learning import SIGNALS, Learnt, forecast, learn, to_record
from bluelamp.index.domain.reporting import calibration, dated, differences, intervals, reached
from bluelamp.index.domain.watchlist import decayed_exploited, recency_rule
from bluelamp.index.facts import fact_path
from bluelamp.index.queries import backtest_file, facts, learnt_weights
from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.catalogue.queries import packaged_tables
from bluelamp.stats.backtest import ranking

HEADER = ("as_of", "vendor_key", "product_key", "score", "expected")
# What the weights are learnt from; their hashes are kept with them.
LEARNT_FROM = ("kev", "cve_products", "cve_dates")


@dataclass(frozen=True)
class Foreseen:
    """One entry of the watch list: the product, its score, and what each reason adds to it.

    `chance` is that of a listing within 365 days, `expected` the number of listings in them. `rule_place` is its place
    by the simple rule (recency-weighted listings), which does as well at the very top; None where it was never listed.
    """

    vendor_key: str
    product_key: str
    score: float
    chance: float
    expected: float
    rule_place: int | None
    reasons: dict[str, float]


def prepared_facts() -> Prepared:
    """The packaged facts as the arrays that the methods read."""
    kev = facts(name="kev")
    rows = zip(kev["cve"].to_pylist(), kev["vendor"].to_pylist(), kev["date"].to_pylist(), strict=True)
    pairs = facts(name="cve_products")
    columns = (pairs[name].to_pylist() for name in ("cve", "vendor_key", "product_key"))
    dated = facts(name="cve_dates")
    return prepare(
        Facts(
            kev=[(cve, fold(maker), on) for cve, maker, on in rows],
            pairs=list(zip(*columns, strict=True)),
            published=_days(dated, "published"),
            catalogued=_days(dated, "edb_added"),
            proofs=_days(dated, "exploit_first_seen"),
            epss=_snapshots(facts(name="epss_past")),
            moved={_pair(former): _pair(row.product_key) for former, row in packaged_tables().moved.items()},
        )
    )


def _pair(key: str) -> tuple[str, str]:
    """A catalogue key as the facts have it: maker and product."""
    maker, _, product = key.partition(":")
    return maker, product


def _days(table: pa.Table, column: str) -> dict[str, date]:
    found = zip(table["cve"].to_pylist(), table[column].to_pylist(), strict=True)
    return {cve: on for cve, on in found if on}


def _snapshots(table: pa.Table) -> dict[date, dict[str, float]]:
    """EPSS probabilities of 0.05 and more by snapshot and CVE."""
    found: dict[date, dict[str, float]] = defaultdict(dict)
    for cve, on, value in zip(*(table[c].to_pylist() for c in table.column_names), strict=True):
        found[on][cve] = value / 100_000
    return found


def newest_day(*, prepared: Prepared) -> date:
    """The day after the newest known-exploited entry, with or without a product: all of them are past on it."""
    return date(1970, 1, 1) + timedelta(days=int(prepared.entry_listed.max()) + 1)


def learnt_for(*, prepared: Prepared, as_of: date) -> Learnt:
    """The packaged weights where they were learnt for that day, else weights learnt now (some seconds)."""
    packaged = learnt_weights()
    return packaged if packaged.as_of == as_of else learn(history=prepared.history, as_of=as_of)


def write_weights(*, prepared: Prepared, out: Path) -> Learnt:
    """Learn the weights for the newest day, and write them with what they were learnt from."""
    found = learn(history=prepared.history, as_of=newest_day(prepared=prepared))
    hashes = {name: hashlib.sha256(fact_path(name=name).read_bytes()).hexdigest() for name in LEARNT_FROM}
    _replace(out, json.dumps({**to_record(found), "learnt_from": hashes}, indent=1) + "\n")
    return found


def watch_list(*, prepared: Prepared, as_of: date, top: int) -> list[Foreseen]:
    """The products with the highest scores at a date, each with reasons that add up to its score."""
    found = forecast(history=prepared.history, learnt=learnt_for(prepared=prepared, as_of=as_of), as_of=as_of)
    day = day_number(as_of)
    by_rule, _ = ranked(prepared=prepared, as_of=as_of, method=recency_rule)
    listed = decayed_exploited(history=prepared.history, as_of=day) > 0
    place = {int(product): i for i, product in enumerate(by_rule, start=1) if listed[product]}
    return [
        Foreseen(
            vendor_key=prepared.keys[found.products[i]][0],
            product_key=prepared.keys[found.products[i]][1],
            score=round(float(found.score[i]), 4),
            chance=round(float(found.chance[i]), 4),
            expected=round(float(found.expected[i]), 4),
            rule_place=place.get(int(found.products[i])),
            reasons={name: round(float(v), 4) for name, v in zip(SIGNALS, found.parts[i], strict=True)},
        )
        for i in ranking(scores=found.score)[:top]
    ]


@dataclass(frozen=True)
class Backtest:
    """Metrics by date, their means, and intervals by maker; how expected counts were kept, in lines and in bins.

    `differences` are those of AUC-PR, as the methods page shows them; `intervals` has every metric and method, `dated`
    the learnt method beside the simple rule at each date, `reached` how many entries of each year have a product.
    """

    by_date: list[Metrics]
    means: list[dict[str, object]]
    differences: list[dict[str, object]]
    intervals: list[dict[str, object]]
    calibration: list[dict[str, object]]
    bins: list[dict[str, object]]
    dated: list[dict[str, object]]
    reached: list[dict[str, object]]

    @property
    def kept(self) -> dict[str, list[dict[str, object]]]:
        """What is kept for the methods page: aggregates only."""
        names = ("means", "differences", "intervals", "calibration", "bins", "dated", "reached")
        return {name: getattr(self, name) for name in names}


def write_backtest(*, prepared: Prepared, out: Path, draws: int = 500) -> Backtest:
    """Write a row for every candidate at every date, whole or not at all; keep the aggregate for the methods page."""
    metrics = compare(prepared=prepared)
    rows = intervals(prepared=prepared, draws=draws)
    lines, bins = calibration(prepared=prepared, draws=draws)
    found = Backtest(
        by_date=metrics,
        means=_rounded(summary(metrics)),
        differences=_rounded(differences(rows)),
        intervals=_rounded(rows),
        calibration=_rounded(lines),
        bins=_rounded(bins),
        dated=_rounded(dated(prepared=prepared, draws=draws)),
        reached=reached(prepared=prepared),
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for as_of in DATES:
        listed = forecast(history=prepared.history, learnt=learn(history=prepared.history, as_of=as_of), as_of=as_of)
        for i in ranking(scores=listed.score):
            key = prepared.keys[listed.products[i]]
            writer.writerow((as_of, *key, f"{listed.score[i]:.6g}", f"{listed.expected[i]:.6g}"))
    _replace(out, text.getvalue())
    _replace(backtest_file(), json.dumps(found.kept, indent=1))
    return found


def _replace(path: Path, text: str) -> None:
    """Write a file beside, then put it in place: a stop leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _rounded(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same rows with numbers to four decimals: more would be noise. What is no number is None."""
    return [
        {
            k: (round(float(v), 4) + 0.0 if np.isfinite(v) else None) if isinstance(v, float | np.floating) else v
            for k, v in row.items()
        }
        for row in rows
    ]
