"""The watch list and its back-test by hand-made history."""

from datetime import date

import numpy as np
import pytest

from bluelamp.index.domain.comparison import DATES, Facts, day_number, measure, prepare, ranked, score_rows, summary
from bluelamp.index.domain.comparison import compare as compare_all
from bluelamp.index.domain.watchlist import contributions, recency_rule, score

FACTS = Facts(
    kev=[("CVE-1", "a", date(2022, 1, 1)), ("CVE-2", "a", date(2022, 9, 1)), ("CVE-3", "x", date(2023, 2, 1))],
    pairs=[("CVE-1", "a", "p"), ("CVE-2", "a", "q"), ("CVE-2", "b", "r"), ("CVE-3", "b", "r"), ("CVE-4", "a", "q")],
    published={
        "CVE-1": date(2021, 1, 1),
        "CVE-2": date(2022, 1, 1),
        "CVE-3": date(2022, 2, 1),
        "CVE-4": date(2025, 6, 1),
    },
)


def test_dates_are_the_seven_of_the_definition() -> None:
    assert DATES[0] == date(2022, 7, 1) and DATES[-1] == date(2025, 7, 1) and len(DATES) == 7


def test_label_keeps_the_named_makers_products_or_all_where_none_is() -> None:
    prepared = prepare(FACTS)
    labels = {(prepared.keys[p], d) for p, d in zip(prepared.label_product, prepared.label_day, strict=True)}
    assert labels == {
        (("a", "p"), day_number(date(2022, 1, 1))),
        (("a", "q"), day_number(date(2022, 9, 1))),
        (("b", "r"), day_number(date(2023, 2, 1))),
    }


def test_metrics_of_the_rule_by_hand() -> None:
    found = measure(prepared=prepare(FACTS), as_of=date(2022, 7, 1), name="rule", method=recency_rule)
    assert (found.candidates, found.positives) == (3, 2)
    assert found.p50 == 2 / 50 and found.ap == pytest.approx((1 / 2 + 2 / 3) / 2) and found.cold_recall500 == 1


def test_no_future_evidence_reaches_a_score() -> None:
    as_of = date(2022, 7, 1)
    future = Facts(
        kev=[*FACTS.kev, ("CVE-4", "a", as_of)], pairs=FACTS.pairs, published={**FACTS.published, "CVE-4": as_of}
    )
    for facts in (FACTS, future):
        order, scores = ranked(prepared=prepare(facts), as_of=as_of, method=score)
        assert [prepare(facts).keys[i] for i in order] == [("a", "p"), ("b", "r"), ("a", "q")]
        assert scores == pytest.approx(ranked(prepared=prepare(FACTS), as_of=as_of, method=score)[1])


def test_contributions_add_up_and_the_order_of_facts_is_irrelevant() -> None:
    prepared = prepare(FACTS)
    other = prepare(Facts(kev=FACTS.kev[::-1], pairs=FACTS.pairs[::-1], published=FACTS.published))
    day = day_number(date(2023, 1, 1))
    parts = contributions(history=prepared.history, as_of=day)
    assert np.sum(list(parts.values()), axis=0) == pytest.approx(score(history=other.history, as_of=day))
    assert list(score_rows(prepared=prepared)) == list(score_rows(prepared=other))


def test_summary_has_a_row_a_method_and_span() -> None:
    assert len(summary(compare_all(prepared=prepare(FACTS)))) == 6
