"""The watch list and its back-test by hand-made history."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.comparison import (
    DATES,
    METHODS,
    Facts,
    Rule,
    day_number,
    measure,
    prepare,
    ranked,
    summary,
)
from bluelamp.index.domain.comparison import compare as compare_all
from bluelamp.index.domain.learning import learnt_score
from bluelamp.index.domain.reporting import _counted
from bluelamp.index.domain.watchlist import WEIGHTS, contributions, decayed_exploited, epss_rule, recency_rule, score

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
    labels = {(prepared.keys[p], d) for p, d in zip(prepared.labelled.product, prepared.labelled.day, strict=True)}
    assert labels == {
        (("a", "p"), day_number(date(2022, 1, 1))),
        (("a", "q"), day_number(date(2022, 9, 1))),
        (("b", "r"), day_number(date(2023, 2, 1))),
    }


def test_metrics_of_the_rule_by_hand() -> None:
    found = measure(prepared=prepare(FACTS), as_of=date(2022, 7, 1), name="rule", rule=Rule(method=recency_rule))
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
    for as_of in DATES:
        order, found = ranked(prepared=prepared, as_of=as_of, method=learnt_score)
        again, scores_again = ranked(prepared=other, as_of=as_of, method=learnt_score)
        assert [prepared.keys[i] for i in order] == [other.keys[i] for i in again]
        assert found == pytest.approx(scores_again)


def test_summary_has_a_row_a_method_and_span() -> None:
    # EPSS has snapshots for the three newest dates only.
    assert len(summary(compare_all(prepared=prepare(FACTS)))) == 2 * len(METHODS) - 1


days = st.dates(date(2021, 1, 1), date(2024, 1, 1))
cves = st.integers(1, 12).map(lambda i: f"CVE-{i}")
names = st.tuples(cves, st.sampled_from("abc?"), st.sampled_from("pqrst"))
worlds = st.builds(
    Facts,
    kev=st.lists(st.tuples(cves, st.sampled_from("abcx"), days), max_size=12),
    pairs=st.lists(names, min_size=1, max_size=25),
    published=st.dictionaries(cves, days, max_size=12),
)
AS_OF = date(2022, 7, 1)


def scores(facts: Facts) -> dict[tuple[str, str], float]:
    prepared = prepare(facts)
    order, found = ranked(prepared=prepared, as_of=AS_OF, method=score)
    return {prepared.keys[i]: float(s) for i, s in zip(order, found, strict=True)}


@given(worlds)
def test_evidence_from_the_date_on_changes_no_score_and_no_candidate(world: Facts) -> None:
    # A pair of a CVE that was published later is later evidence too.
    past = Facts(
        kev=[k for k in world.kev if k[2] < AS_OF],
        pairs=world.pairs,
        published={c: d for c, d in world.published.items() if d < AS_OF},
    )
    known = {*past.published, *(c for c, _, _ in past.kev)}
    assert scores(world) == scores(past) == scores(replace(past, pairs=[p for p in past.pairs if p[0] in known]))


@given(worlds)
def test_reasons_are_never_negative_and_repeats_add_nothing(world: Facts) -> None:
    twice = Facts(kev=[*world.kev, *world.kev], pairs=[*world.pairs, *world.pairs], published=world.published)
    assert scores(world) == scores(twice)
    parts = contributions(history=prepare(world).history, as_of=day_number(AS_OF))
    assert all((part >= 0).all() for part in parts.values())
    assert "?" not in {maker for maker, _ in scores(world)}


def test_of_an_entry_with_many_products_the_three_with_most_cves_count() -> None:
    pairs = [("CVE-1", "a", p) for p in "pqrst"] + [(f"CVE-{n}", "a", p) for n, p in ((2, "t"), (3, "t"), (4, "r"))]
    facts = Facts(kev=[("CVE-1", "a", date(2022, 1, 1))], pairs=pairs, published={"CVE-1": date(2021, 1, 1)})
    prepared = prepare(facts)
    assert [prepared.keys[i][1] for i in prepared.labelled.product] == ["t", "r", "p"]
    # No CVE but the first has a known day: at any date the five are equal, and the key decides.
    own = decayed_exploited(history=prepared.history, as_of=day_number(date(2023, 1, 1)))
    assert own.tolist() == [0.5, 0.5, 0.5, 0, 0]


def test_counted_are_the_entries_from_the_day_itself_on_for_a_year() -> None:
    start = date(2023, 7, 1)
    for listed, counted in ((-1, 0), (0, 1), (364, 1), (365, 0)):
        facts = Facts(
            kev=[("CVE-1", "a", start + timedelta(days=listed))],
            pairs=[("CVE-1", "a", "p")],
            published={"CVE-1": date(2021, 1, 1)},
        )
        assert _counted(prepare(facts), start).tolist() == [counted], listed


def test_one_product_by_hand() -> None:
    facts = Facts(
        kev=[("CVE-1", "a", date(2022, 1, 1))],
        pairs=[("CVE-1", "a", "p"), ("CVE-2", "a", "q")],
        published={"CVE-1": date(2020, 1, 1), "CVE-2": date(2022, 6, 1)},
    )
    volume = math.log(2)
    of_maker = math.log(1.5)
    expected = {("a", "p"): 0.5, ("a", "q"): WEIGHTS.maker * of_maker * volume + WEIGHTS.volume * volume}
    prepared = prepare(facts)
    order, found = ranked(prepared=prepared, as_of=date(2023, 1, 1), method=score)
    assert {prepared.keys[i]: s for i, s in zip(order, found, strict=True)} == pytest.approx(expected)


def test_epss_takes_the_newest_snapshot_before_the_day_and_never_mixes_two() -> None:
    epss = {date(2022, 3, 1): {"CVE-1": 0.9}, date(2022, 6, 1): {"CVE-2": 0.5, "CVE-4": 0.25}}
    history = prepare(replace(FACTS, epss=epss)).history
    for as_of, expected in (
        (date(2022, 3, 1), [0, 0, 0]),
        (date(2022, 6, 1), [0.9, 0, 0]),
        (date(2022, 6, 2), [0, 0.75, 0.5]),
    ):
        assert epss_rule(history=history, as_of=day_number(as_of)).tolist() == expected
