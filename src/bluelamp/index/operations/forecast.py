"""The watch list and its back-test, run by a local command only (RED-LINES 1): no page, API or export shows a score."""

import csv
import io
import json
import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bluelamp.index.domain.comparison import (
    Facts,
    Metrics,
    Prepared,
    compare,
    day_number,
    differences,
    prepare,
    ranked,
    score_rows,
    summary,
)
from bluelamp.index.domain.watchlist import contributions, score
from bluelamp.index.queries import backtest_file, facts
from bluelamp.kernel.catalogue.domain.keys import fold

HEADER = ("as_of", "vendor_key", "product_key", "score")


@dataclass(frozen=True)
class Foreseen:
    """One entry of the watch list: the product, its score, and what each reason adds to it."""

    vendor_key: str
    product_key: str
    score: float
    reasons: dict[str, float]


def prepared_facts() -> Prepared:
    """The packaged facts as the arrays that the methods read."""
    kev = facts(name="kev")
    rows = zip(kev["cve"].to_pylist(), kev["vendor"].to_pylist(), kev["date"].to_pylist(), strict=True)
    pairs = facts(name="cve_products")
    dated = facts(name="cve_dates")
    published = zip(dated["cve"].to_pylist(), dated["published"].to_pylist(), strict=True)
    columns = (pairs[name].to_pylist() for name in ("cve", "vendor_key", "product_key"))
    return prepare(
        Facts(
            kev=[(cve, fold(maker), on) for cve, maker, on in rows],
            pairs=list(zip(*columns, strict=True)),
            published={cve: on for cve, on in published if on},
        )
    )


def newest_day(*, prepared: Prepared) -> date:
    """The day after the newest known-exploited entry: the first on which all packaged evidence is past."""
    return date(1970, 1, 1) + timedelta(days=int(prepared.label_day.max()) + 1)


def watch_list(*, prepared: Prepared, as_of: date, top: int) -> list[Foreseen]:
    """The products with the highest scores at a date, each with contributions that add up."""
    order, scores = ranked(prepared=prepared, as_of=as_of, method=score)
    parts = contributions(history=prepared.history, as_of=day_number(as_of))
    return [
        Foreseen(
            vendor_key=prepared.keys[i][0],
            product_key=prepared.keys[i][1],
            score=round(float(s), 4),
            reasons={name: round(float(v[i]), 4) for name, v in parts.items()},
        )
        for i, s in zip(order[:top], scores[:top], strict=True)
    ]


@dataclass(frozen=True)
class Backtest:
    """The metrics by date, their means, and the differences of AUC-PR from the simple rules with 90 % intervals."""

    by_date: list[Metrics]
    means: list[dict[str, object]]
    differences: list[dict[str, object]]


def write_backtest(*, prepared: Prepared, out: Path) -> Backtest:
    """Write a row for every candidate at every date, whole or not at all; keep the aggregate for the methods page."""
    metrics = compare(prepared=prepared)
    found = Backtest(
        by_date=metrics, means=_rounded(summary(metrics)), differences=_rounded(differences(prepared=prepared))
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for as_of, maker, product, value in score_rows(prepared=prepared):
        writer.writerow((as_of, maker, product, f"{value:.6g}"))
    _replace(out, text.getvalue())
    _replace(backtest_file(), json.dumps({"means": found.means, "differences": found.differences}, indent=1))
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
    """The same rows with numbers to four decimals: more would be noise."""
    return [
        {k: round(float(v), 4) + 0.0 if isinstance(v, float | np.floating) else v for k, v in row.items()}
        for row in rows
    ]
