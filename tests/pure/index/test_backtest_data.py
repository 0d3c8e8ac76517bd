"""The back-test over the shared data: the definition's own figures, and the choice of the weights."""

import re
import time
from pathlib import Path

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
    difference,
    prepare,
    score_rows,
    summary,
)
from bluelamp.index.domain.watchlist import WEIGHTS

DATA = Path(__file__).parents[4] / "shared" / "data" / "index"
SEVEN, THREE = "all seven dates", "three dates from July 2024"
FIELDS = ("p50", "ndcg100", "ap", "cold_recall500")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data of the back-test is not beside the program")


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    kev, pairs, dated = (
        pq.read_table(DATA / f"{name}.parquet", columns=columns).to_pydict()
        for name, columns in (
            ("kev", ["cve", "vendor", "date"]),
            ("cve_product", ["cve", "vendor_key", "product_key"]),
            ("cve_meta", ["cve", "published"]),
        )
    )
    makers = [re.sub("[^a-z0-9]", "", vendor.lower()) for vendor in kev["vendor"]]
    return prepare(
        Facts(
            kev=list(zip(kev["cve"], makers, kev["date"], strict=True)),
            pairs=list(zip(*pairs.values(), strict=True)),
            published={cve: on for cve, on in zip(dated["cve"], dated["published"], strict=True) if on},
        )
    )


def test_the_definitions_figures_come_out_within_thirty_seconds(prepared: Prepared) -> None:
    started = time.perf_counter()
    metrics = compare(prepared=prepared)
    assert time.perf_counter() - started < 30
    rule = [m for m in metrics if m.method == "recency-weighted KEV"]
    assert (rule[0].candidates, rule[-1].candidates) == (16_118, 41_687)
    means = {(r["method"], r["dates"]): [r[f] for f in FIELDS] for r in summary(metrics)}
    # One positive more or less among 350 first places is 0.003: the definition leaves the last of its ties open.
    assert means["recency-weighted KEV", SEVEN] == pytest.approx([0.454, 0.419, 0.232, 0.12], abs=0.003)
    assert means["recency-weighted KEV", THREE] == pytest.approx([0.493, 0.441, 0.237, 0.075], abs=0.001)
    # What the documents say of the method.
    assert means["first method", SEVEN] == pytest.approx([0.463, 0.433, 0.241, 0.181], abs=0.001)
    assert means["first method", THREE] == pytest.approx([0.513, 0.462, 0.246, 0.129], abs=0.001)


def test_every_candidate_has_one_row_at_each_date(prepared: Prepared) -> None:
    rows = list(score_rows(prepared=prepared))
    assert len({row[:3] for row in rows}) == len(rows) == 193_541
    assert {row[0] for row in rows} == set(DATES) and np.isfinite([row[3] for row in rows]).all()


def test_the_weights_are_what_the_rule_chooses(prepared: Prepared) -> None:
    assert choose_weights(prepared=prepared, rng=np.random.default_rng(1)).chosen == WEIGHTS


def test_the_method_beats_the_rule_on_dates_that_chose_nothing(prepared: Prepared) -> None:
    rng = np.random.default_rng(1)
    for other in METHODS.keys() - {"first method"}:
        found = difference(prepared=prepared, other=other, rng=rng, dates=DATES[-3:], draws=200)
        assert found.low > 0
