"""The Index's rules: periods, naming, bands, figures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.method import (
    CountRow,
    Figure,
    ProductFact,
    SourceFact,
    band_of,
    build_figures,
    may_be_named,
    narrower_split,
    trend_of,
)
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.period import month_end, months_back, period_ending

KEV = SourceFact(id="cisa-kev", authority=True, derived_from=None)
COPY = SourceFact(id="copy", authority=False, derived_from="cisa-kev")
ONE, TWO = (SourceFact(id=i, authority=False, derived_from=None) for i in ("one", "two"))
PRODUCTS = [ProductFact(key=f"m:p{i}", maker_key="m", category="router") for i in range(20)]


def row(product: str = "m:p0", *, months: int = 0, dates: int = 1, source: str = "cisa-kev", **other: str) -> CountRow:
    kind, model = other.get("kind", "exploited"), other.get("model", "")
    return CountRow("m", product, model, kind, source, months, dates, dates)


def build(rows: Sequence[CountRow], sources: Sequence[SourceFact] = (KEV, COPY, ONE, TWO)) -> dict[str, Figure]:
    found = build_figures(counts=rows, products=PRODUCTS, sources=sources, parameters=Parameters())
    return {f.product_key: f for f in found}


def test_the_period_of_the_packaged_evidence() -> None:
    period = period_ending(end=date(2026, 8, 7), months=24)
    assert (period.start, period.end) == (date(2024, 8, 8), date(2026, 8, 7))


@pytest.mark.parametrize("end", [date(2026, 8, 7), date(2024, 2, 29), date(2025, 3, 31), date(2025, 5, 30)])
def test_every_day_lies_in_the_month_whose_end_follows_it_and_no_month_holds_a_day_of_the_month_twice(
    end: date,
) -> None:
    seen: dict[int, set[int]] = {}
    for back in range(800):
        day = end - timedelta(days=back)
        month = months_back(on=day, end=end)
        assert month_end(end=end, back=month + 1) < day <= month_end(end=end, back=month)
        assert day.day not in seen.setdefault(month, set())
        seen[month].add(day.day)
    assert months_back(on=end + timedelta(days=1), end=end) < 0


@pytest.mark.parametrize(
    ("sources", "crimes", "named"),
    [
        ([KEV], 0, True),
        ([COPY], 0, False),
        ([ONE], 0, False),
        ([ONE, TWO], 0, True),
        ([ONE, COPY], 0, False),
        ([], 4, False),
        ([], 5, True),
    ],
)
def test_red_line_1_who_may_be_named(sources: list[SourceFact], crimes: int, named: bool) -> None:
    assert may_be_named(sources=sources, crimes=crimes) is named


@given(st.floats(0, 5), st.floats(0, 5))
def test_red_line_2_no_prior_raises_a_band(jeffreys_low: float, low: float) -> None:
    band = band_of(jeffreys_low=jeffreys_low, low=low, threshold=0.5)
    assert band == ("high" if min(jeffreys_low, low) > 0.5 else "cannot-tell")


def test_direction_needs_an_interval_off_one() -> None:
    assert [trend_of(low=a, high=b) for a, b in ((1.1, 3), (0.2, 0.9), (0.9, 2))] == [
        "rising",
        "falling",
        "no-clear-change",
    ]


def test_a_product_with_four_dates_is_high_and_one_with_one_cannot_be_told() -> None:
    found = build([row("m:p0", dates=4, months=3), row("m:p1")])
    assert (found["m:p0"].band, found["m:p1"].band) == ("high", "cannot-tell")
    assert found["m:p0"].monthly[-4] == 4 and sum(found["m:p0"].monthly) == 4 and found["m:p0"].rate == 2


def test_dates_before_the_period_count_for_the_trend_only() -> None:
    found = build([row(months=30, dates=3)])["m:p0"]
    assert (found.dates, found.dates_before, found.dates_ever) == (0, 3, 3)


def test_a_copy_of_the_list_adds_nothing_and_names_nobody() -> None:
    plain, doubled = build([row()]), build([row(), row(source="copy", dates=9)])
    assert plain == doubled
    assert not build([row(source="copy")])["m:p0"].named


def test_no_source_adds_to_what_another_saw() -> None:
    found = build([row(dates=2), row(source="one", dates=3)])["m:p0"]
    assert found.dates == 3


def test_models_are_counted_apart_from_their_family() -> None:
    rows = [row(dates=3), row(dates=2, model="m:a"), row(dates=2, model="m:b")]
    assert build(rows)["m:p0"].dates == 3
    split = narrower_split(counts=rows, products=PRODUCTS, sources=[KEV], parameters=Parameters())
    assert split == (("m:a", "m:p0", 2, "cannot-tell"), ("m:b", "m:p0", 2, "cannot-tell"))


def test_recorded_crimes_are_events_and_no_dates() -> None:
    found = build([row(source="one", kind="recorded_crime", dates=6)], sources=[ONE])["m:p0"]
    assert (found.recorded_crimes, found.dates, found.named) == (6, 0, True)


rows_of_evidence = st.lists(
    st.builds(row, st.sampled_from([p.key for p in PRODUCTS]), months=st.integers(0, 50), dates=st.integers(1, 20)),
    min_size=1,
    max_size=25,
)


@given(rows_of_evidence, st.randoms())
def test_order_of_input_is_irrelevant(rows: list[CountRow], source: object) -> None:
    other = list(rows)
    source.shuffle(other)  # type: ignore[attr-defined]
    assert build(rows) == build(other)


@given(rows_of_evidence)
def test_more_evidence_never_lowers_a_products_count_or_rate(rows: list[CountRow]) -> None:
    first = replace(rows[0], months_back=0)
    before = build([first, *rows[1:]])[first.product_key]
    after = build([replace(first, dates=first.dates + 1), *rows[1:]])[first.product_key]
    assert after.dates == before.dates + 1 and after.rate > before.rate
    assert after.jeffreys_low >= before.jeffreys_low and after.shrunk >= before.shrunk


@given(rows_of_evidence)
def test_a_high_band_stands_on_the_products_own_evidence(rows: list[CountRow]) -> None:
    for figure in build(rows).values():
        assert figure.band != "low"
        assert figure.band != "high" or figure.jeffreys_low > 0.5
        assert 1 <= figure.rank_low <= figure.rank_high <= len(PRODUCTS)


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(TypeError, match="Unknown parameters"):
        Parameters.from_dict({"threshold": 1})
    assert Parameters.from_dict(Parameters().to_dict()) == Parameters()
