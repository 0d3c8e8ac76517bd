"""The Index's rules: naming, bands, figures. RED-LINES 1 to 3 and 7 as far as figures go."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.bands import Interval, band_of
from bluelamp.index.domain.method import (
    Base,
    CountRow,
    Figure,
    ProductFact,
    SourceFact,
    build_figures,
    narrower_split,
)
from bluelamp.index.domain.naming import may_be_named
from bluelamp.index.domain.parameters import Parameters
from bluelamp.stats.ebgm import fit_mixture, ratios
from bluelamp.stats.trend import rate_ratio_interval

KEV = SourceFact(id="cisa-kev", authority=True, derived_from=None)
COPY = SourceFact(id="copy", authority=False, derived_from="cisa-kev")
ONE, TWO = (SourceFact(id=i, authority=False, derived_from=None) for i in ("one", "two"))
PRODUCTS = [ProductFact(key=f"m:p{i}", maker_key="m", category="router") for i in range(20)]


def row(product: str = "m:p0", *, months: int = 0, dates: int = 1, source: str = "cisa-kev", **other: str) -> CountRow:
    kind, model = other.get("kind", "exploited"), other.get("model", "")
    return CountRow("m", product, model, kind, source, months, dates, dates)


def build(
    rows: Sequence[CountRow],
    sources: Sequence[SourceFact] = (KEV, COPY, ONE, TWO),
    products: Sequence[ProductFact] = PRODUCTS,
) -> dict[str, Figure]:
    found = build_figures(counts=rows, products=products, sources=sources, parameters=Parameters())
    return {f.product_key: f for f in found}


SEEN, TELEMETRY, CITIZEN, CRIME = "exploited", "attack_telemetry", "citizen_report", "recorded_crime"
COPY_OF_AN_AUTHORITY = SourceFact(id="mirror", authority=True, derived_from="cisa-kev")
POLICE = SourceFact(id="police", authority=True, derived_from=None)


@pytest.mark.parametrize(
    ("seen", "crimes", "named"),
    [
        ([(SEEN, KEV)], 0, True),
        ([(SEEN, COPY)], 0, False),
        ([(SEEN, COPY_OF_AN_AUTHORITY)], 0, False),
        ([(SEEN, ONE)], 0, False),
        ([(SEEN, ONE), (TELEMETRY, ONE)], 0, False),
        ([(SEEN, ONE), (SEEN, TWO)], 0, True),
        ([(SEEN, ONE), (TELEMETRY, TWO)], 0, True),
        ([(SEEN, ONE), (SEEN, COPY)], 0, False),
        ([(SEEN, ONE), (CITIZEN, TWO)], 0, False),
        ([(CRIME, POLICE)], 4, False),
        ([(TELEMETRY, POLICE)], 0, False),
        ([(CRIME, POLICE)], 5, True),
        ([], 0, False),
    ],
)
def test_red_line_1_who_may_be_named(seen: list[tuple[str, SourceFact]], crimes: int, named: bool) -> None:
    assert may_be_named(seen=seen, crimes=crimes) is named


intervals = st.tuples(st.floats(0, 5), st.floats(0, 5)).map(lambda b: Interval(low=min(b), high=max(b)))


@given(intervals, intervals, st.booleans())
def test_red_line_2_bands_need_both_intervals_and_low_needs_a_basis(
    jeffreys: Interval, shrunk: Interval, has_basis: bool
) -> None:
    band = band_of(jeffreys=jeffreys, shrunk=shrunk, threshold=0.5, has_basis=has_basis)
    assert (band == "high") == (jeffreys.low > 0.5 and shrunk.low > 0.5)
    assert (band == "low") == (has_basis and jeffreys.high < 0.5 and shrunk.high < 0.5)


def test_a_product_with_nine_dates_is_high_and_one_with_one_cannot_be_told() -> None:
    found = build([row("m:p0", dates=9, months=3), row("m:p1")])
    assert (found["m:p0"].band, found["m:p1"].band) == ("high", "cannot-tell")
    assert found["m:p0"].monthly[-4] == 9 and sum(found["m:p0"].monthly) == 9 and found["m:p0"].rate == 4.5


def test_four_dates_in_a_category_with_hardly_any_are_not_enough_for_high() -> None:
    found = build([row("m:p0", dates=4), row("m:p1")])["m:p0"]
    assert found.jeffreys_low > 0.5 > found.low and found.band == "cannot-tell"


def test_a_kind_of_which_only_confirmed_products_are_catalogued_makes_nothing_high_that_all_products_would_not() -> (
    None
):
    # Ten products of one kind, each with three dates or more: beside each other their bound is above the threshold.
    alike = [ProductFact(key=f"w:w{i}", maker_key="w", category="firewall") for i in range(10)]
    rows = [row(p.key, dates=3 + (i == 0)) for i, p in enumerate(alike)]
    among_themselves = build(rows, products=alike)["w:w1"]
    assert among_themselves.band == "high" and among_themselves.low > 0.5
    # The same kind in a catalogue of two hundred others that nobody confirmed.
    others = [ProductFact(key=f"m:p{i}", maker_key="m", category="router") for i in range(200)]
    found = build(rows, products=[*alike, *others])["w:w1"]
    assert (found.low, found.jeffreys_low) == (among_themselves.low, among_themselves.jeffreys_low)
    assert found.band == "cannot-tell"


def test_a_list_that_grows_as_a_whole_lets_nothing_rise() -> None:
    """Thinning: the same products, but the authority noticed only half of what happened in the period before."""
    draw = np.random.default_rng(4)
    rows = []
    for p in PRODUCTS:
        happened = draw.poisson(draw.gamma(0.7, 20), 2)
        now, before = int(happened[0]), int(draw.binomial(happened[1], 0.5))
        rows += [row(p.key, dates=n, months=m) for m, n in ((0, now), (30, before)) if n]
    found = build(rows).values()
    assert sum(f.trend_low is not None and f.trend_low > 1 for f in found) >= 4
    assert sum(f.trend == "rising" for f in found) <= 1


def test_what_rises_beside_all_others_is_said_to() -> None:
    steady = [row(p.key, dates=4, months=m) for p in PRODUCTS[1:] for m in (0, 30)]
    found = build([row(dates=12), row(dates=2, months=30), *steady])
    assert found["m:p0"].trend == "rising" and {f.trend for k, f in found.items() if k != "m:p0"} == {"no-clear-change"}
    # What the others did as well is none.
    doubled = [row(p.key, dates=n, months=m) for p in PRODUCTS[1:] for m, n in ((0, 12), (30, 2))]
    assert build([row(dates=12), row(dates=2, months=30), *doubled])["m:p0"].trend == "no-clear-change"


def test_dates_before_the_period_count_for_the_trend_only() -> None:
    found = build([row(months=30, dates=3)])["m:p0"]
    assert (found.dates, found.dates_before, found.dates_ever) == (0, 3, 3)


def test_a_copy_of_the_list_adds_nothing_and_names_nobody() -> None:
    plain, doubled = build([row()]), build([row(), row(source="copy", dates=9)])
    assert plain == doubled
    assert not build([row(source="copy")])["m:p0"].named


def test_no_source_adds_to_what_another_saw_and_one_alone_counts_a_date_a_month() -> None:
    assert build([row(dates=2), row(source="one", dates=3)])["m:p0"].dates == 2
    assert build([row(source="two", dates=4), row(source="one", dates=3)])["m:p0"].dates == 2
    alone = build([row(source="one", dates=20), row(source="one", dates=9, months=5)])["m:p0"]
    assert alone.dates == 2 and not alone.named


def test_crimes_and_citizens_reports_are_no_dates_and_what_comes_after_the_end_is_no_evidence() -> None:
    found = build([row(kind=kind) for kind in (CRIME, CITIZEN)] + [row("m:p1", months=-1)])
    assert found["m:p0"].dates_ever == 0 and "m:p1" not in found


def test_a_source_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError):
        build([row()], sources=[ONE])


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


@given(rows_of_evidence.flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))), st.permutations(PRODUCTS))
def test_order_of_input_is_irrelevant_to_the_last_byte(
    rows: tuple[list[CountRow], list[CountRow]], products: list[ProductFact]
) -> None:
    assert repr(build(rows[0])) == repr(build(rows[1], products=products))


def test_a_small_category_takes_the_prior_of_all() -> None:
    few = [ProductFact(key=f"n:q{i}", maker_key="n", category="camera") for i in range(4)]
    rows = [row(p.key, dates=d) for p, d in zip(PRODUCTS, (9, 5, 2, 1), strict=False)] + [row("n:q0", dates=2)]
    products = [*PRODUCTS, *few]
    found = build(rows, products=products)
    as_one = build(rows, products=[replace(p, category="router") for p in products])
    assert found["n:q0"].shrunk == as_one["n:q0"].shrunk and found["n:q0"].rank_high <= 4
    assert build(rows[4:], products=few)["n:q0"].shrunk != found["n:q0"].shrunk


def test_the_base_edition_is_compared_with_beside_the_period_before() -> None:
    rows = [row(dates=9), row("m:p1", dates=2)]
    found = build_figures(
        counts=rows,
        products=PRODUCTS,
        sources=[KEV],
        parameters=Parameters(),
        base=Base(dates={"m:p0": 1, "m:p1": 2, "gone": 700}, months=24),
    )
    first, second = found
    assert (first.base_dates, first.since_base, first.base_trend) == (1, 9, "rising") and first.base_low is not None
    assert (second.base_dates, second.since_base, second.base_trend) == (2, 2, "no-clear-change")
    without = build(rows)["m:p0"]
    assert (without.base_dates, without.since_base, without.base_trend, without.base_low) == (None, None, "", None)


def test_only_what_came_after_the_base_edition_is_held_against_it() -> None:
    # Five dates long ago in months that both periods share, two in the three months since the base's period ended.
    rows = [row(dates=5, months=10), row(dates=2, months=2)]

    def since(months: int) -> Figure:
        return build_figures(
            counts=rows,
            products=PRODUCTS,
            sources=[KEV],
            parameters=Parameters(),
            base=Base(dates={"m:p0": 5}, months=months),
        )[0]

    found = since(3)
    low, high = rate_ratio_interval(now=[2], before=[5], exposure_now=0.25, exposure_before=2)
    assert (found.dates, found.since_base) == (7, 2)
    assert (found.base_low, found.base_high) == (round(float(low[0]), 3), round(float(high[0]), 3))
    # Before a whole month is over there is nothing to say.
    assert (since(0).since_base, since(0).base_trend, since(0).base_low) == (0, "", None)


def test_how_often_beside_the_category_is_against_its_mean_with_half_a_date_added() -> None:
    dates = [9, 4, 2, 1, 1] + [0] * 15
    found = build([row(f"m:p{i}", dates=n) for i, n in enumerate(dates) if n])
    expected = (sum(dates) + 0.5) / 20
    mixture = fit_mixture(counts=dates, expected=[expected] * 20)
    by_hand = ratios(counts=dates, expected=expected, mixture=mixture)
    assert [found[f"m:p{i}"].ebgm for i in range(5)] == [round(float(e), 3) for e in by_hand.ebgm[:5]]
    assert [found[f"m:p{i}"].eb05 for i in range(5)] == [round(float(e), 3) for e in by_hand.eb05[:5]]


def test_a_source_that_reports_every_month_does_not_rise_against_the_base() -> None:
    rows = [row(source="one", months=m) for m in range(48)] + [row("m:p1", months=m) for m in range(48)]
    found = build_figures(
        counts=rows,
        products=PRODUCTS,
        sources=[KEV, ONE],
        parameters=Parameters(),
        base=Base(dates={"m:p0": 2, "m:p1": 24}, months=3),
    )
    lone, confirmed = found
    assert (lone.dates, lone.since_base, lone.base_trend) == (2, 0, "no-clear-change")
    assert (confirmed.dates, confirmed.since_base, confirmed.base_trend) == (24, 3, "no-clear-change")


def test_no_single_source_lifts_a_rival_to_high_by_reporting_all_others() -> None:
    others = [ProductFact(key=f"z:z{i}", maker_key="z", category="camera") for i in range(200)]
    everyone = [*PRODUCTS, *others]
    own = [row(dates=3)]
    pushed = own + [row(p.key, source="one", months=m) for p in everyone[1:] for m in (0, 1)]
    assert build(own, products=everyone)["m:p0"].band == "cannot-tell"
    found = build(pushed, products=everyone)["m:p0"]
    assert found.low > 0.5 and found.jeffreys_low > 0.5 and found.band == "cannot-tell"


@given(rows_of_evidence)
def test_more_evidence_raises_how_often_beside_the_category(rows: list[CountRow]) -> None:
    for figure in build(rows).values():
        assert figure.ebgm >= 0 and figure.eb05 >= 0
        assert figure.dates == 0 or figure.eb05 <= figure.ebgm
    ordered = sorted(build(rows).values(), key=lambda f: f.dates)
    assert [f.ebgm for f in ordered] == sorted(f.ebgm for f in ordered)


def test_no_evidence_gives_no_figures() -> None:
    assert build([]) == {} and build([row()], products=[]) == {}


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
        assert figure.band != "high" or (figure.jeffreys_low >= 0.5 and figure.low >= 0.5)
        assert sum(figure.monthly) == figure.dates <= figure.dates_ever
        assert figure.jeffreys_low <= figure.rate <= figure.jeffreys_high or figure.dates == 0
        assert 1 <= figure.rank_low <= figure.rank_high <= len(PRODUCTS)


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(TypeError, match="Unknown parameters"):
        Parameters.from_dict({"threshold": 1})
    assert Parameters.from_dict(Parameters().to_dict()) == Parameters() == Parameters.from_dict({})


def test_figures_are_made_by_the_formulas_of_this_program_whatever_an_edition_was_made_with() -> None:
    assert Parameters.from_dict({"formulas": 1}).formulas == Parameters().formulas == Parameters().to_dict()["formulas"]
    with pytest.raises(ValueError, match="range"):
        Parameters(formulas=1)


@pytest.mark.parametrize(
    "values",
    [
        {"period_months": 0},
        {"level": 1},
        {"high_threshold": 0},
        {"rank_confidence": 0.4},
        {"smallest_category": 0},
    ],
)
def test_parameters_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="range"):
        Parameters.from_dict(values)


def test_the_period_and_the_one_before_it_end_where_they_should() -> None:
    rows = [row(months=23, dates=1), row(months=24, dates=2), row(months=47, dates=4), row(months=48, dates=8)]
    crimes = [replace(row(months=m, dates=1, kind="recorded_crime"), events=n) for m, n in ((23, 20), (24, 700))]
    found = build([*rows, *crimes])["m:p0"]
    assert (found.dates, found.dates_before, found.dates_ever, found.recorded_crimes) == (1, 6, 15, 20)


def test_a_large_category_beside_another_keeps_its_own_prior() -> None:
    other = [ProductFact(key=f"o:p{i}", maker_key="o", category="camera") for i in range(20)]
    busy = [row(p.key, dates=6) for p in other]
    alone, beside = build([row(dates=2)]), build([row(dates=2), *busy], products=[*PRODUCTS, *other])
    assert alone["m:p0"].shrunk == beside["m:p0"].shrunk
