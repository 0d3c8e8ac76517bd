"""The back-test over the shared data: the definition's own figures, and the choice of the weights."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from bluelamp.index.domain.choosing import choose_weights
from bluelamp.index.domain.comparison import (
    DATES,
    METHODS,
    Facts,
    Prepared,
    compare,
    prepare,
    summary,
)
from bluelamp.index.domain.labels import Entries, Publications, day_number
from bluelamp.index.domain.learning import learn
from bluelamp.index.domain.reporting import intervals
from bluelamp.index.domain.watchlist import WEIGHTS

DATA = Path(__file__).parents[4] / "shared" / "data" / "index"
SEVEN, THREE = "all seven dates", "three dates from July 2024"
FIELDS = ("p50", "ndcg100", "ap", "cold_recall500")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data of the back-test is not beside the program")


def days(table: dict[str, list[Any]], column: str) -> dict[str, date]:
    return {cve: on for cve, on in zip(table["cve"], table[column], strict=True) if on}


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    kev, pairs, dated = (
        pq.read_table(DATA / f"{name}.parquet", columns=columns).to_pydict()
        for name, columns in (
            ("kev", ["cve", "vendor", "date"]),
            ("cve_product", ["cve", "vendor_key", "product_key"]),
            ("cve_meta", ["cve", "published", "edb_added", "github_poc_first_seen"]),
        )
    )
    makers = [re.sub("[^a-z0-9]", "", vendor.lower()) for vendor in kev["vendor"]]
    return prepare(
        Facts(
            kev=list(zip(kev["cve"], makers, kev["date"], strict=True)),
            pairs=list(zip(*pairs.values(), strict=True)),
            published=days(dated, "published"),
            catalogued=days(dated, "edb_added"),
            proofs=days(dated, "github_poc_first_seen"),
        )
    )


def test_the_definitions_figures_come_out(prepared: Prepared) -> None:
    metrics = compare(prepared=prepared)
    rule = [m for m in metrics if m.method == "recency-weighted KEV"]
    assert (rule[0].candidates, rule[-1].candidates) == (16_118, 41_687)
    means = {(r["method"], r["dates"]): [r[f] for f in FIELDS] for r in summary(metrics)}
    # One positive more or less among 350 first places is 0.003: the definition leaves the last of its ties open.
    assert means["recency-weighted KEV", SEVEN] == pytest.approx([0.454, 0.419, 0.232, 0.12], abs=0.003)
    assert means["recency-weighted KEV", THREE] == pytest.approx([0.493, 0.441, 0.237, 0.075], abs=0.001)
    # What the documents say of the method.
    assert means["first method", SEVEN] == pytest.approx([0.463, 0.433, 0.241, 0.181], abs=0.001)
    assert means["first method", THREE] == pytest.approx([0.513, 0.462, 0.246, 0.129], abs=0.001)
    assert means["learnt method", SEVEN] == pytest.approx([0.523, 0.466, 0.291, 0.304], abs=0.003)
    assert means["learnt method", THREE] == pytest.approx([0.52, 0.478, 0.271, 0.248], abs=0.003)


def test_the_weights_are_what_the_rule_chooses(prepared: Prepared) -> None:
    assert choose_weights(prepared=prepared, rng=np.random.default_rng(1)).chosen == WEIGHTS


def test_the_learnt_method_beats_the_rules_on_dates_that_chose_nothing(prepared: Prepared) -> None:
    rows = intervals(prepared=prepared, draws=200, dates=DATES[-3:])
    lows = {r["other"]: r["difference_low"] for r in rows if r["metric"] == "ap" and r["dates"] == THREE}
    for other in METHODS.keys() - {"first method", "learnt method", "EPSS alone"}:
        assert lows[other] > 0, other


def test_what_is_learnt_for_a_list_is_the_same_without_the_rows_of_later_days(prepared: Prepared) -> None:
    on = date(2024, 7, 1)
    history = prepared.history
    day = day_number(on)
    entries, rows = history.exploited, history.published
    kept, known = entries.day < day, rows.day < day
    cut = replace(
        history,
        exploited=Entries(entries.entry[kept], entries.product[kept], entries.day[kept]),
        published=Publications(rows.product[known], rows.day[known]),
        catalogued=Publications(*(c[history.catalogued.day < day] for c in columns(history.catalogued))),
        proofs=Publications(*(c[history.proofs.day < day] for c in columns(history.proofs))),
    )
    assert learn(history=cut, as_of=on).weights == pytest.approx(learn(history=history, as_of=on).weights)


def columns(rows: Publications) -> tuple[np.ndarray, np.ndarray]:
    return rows.product, rows.day
