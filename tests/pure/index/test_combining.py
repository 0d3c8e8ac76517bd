"""Sources put together: none captures the Index, and what rests on one is told."""

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.combining import Seen, combined_dates, firm_dates, leaning, monthly_dates
from bluelamp.index.domain.method import CountRow, Figure, ProductFact, build_figures
from bluelamp.index.domain.naming import SourceFact
from bluelamp.index.domain.parameters import Parameters

KEV = SourceFact(id="cisa-kev", authority=True, derived_from=None)
COPY = SourceFact(id="copy", authority=False, derived_from="cisa-kev")
# An authority's own list again, by another authority.
MIRROR = SourceFact(id="mirror", authority=True, derived_from="cisa-kev")
PRESS, OTHER, SENSOR, HIVE, PARTNER = (
    SourceFact(id=i, authority=False, derived_from=None) for i in ("press", "other", "sensor", "hive", "partner")
)
EXPLOITED, TELEMETRY, SIGHTING, CITIZEN, CRIME = (
    "exploited",
    "attack_telemetry",
    "partner_sighting",
    "citizen_report",
    "recorded_crime",
)
CHOSEN = Parameters()
witnesses = st.tuples(
    st.sampled_from([EXPLOITED, TELEMETRY, SIGHTING, CITIZEN, CRIME]),
    st.sampled_from([KEV, COPY, PRESS, OTHER, SENSOR, HIVE, PARTNER]),
)
seen_in_a_month = st.dictionaries(witnesses, st.integers(0, 31), max_size=8)


def dates(seen: Seen) -> int:
    return combined_dates(seen=seen, parameters=CHOSEN)


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ({(EXPLOITED, KEV): 4}, 4),
        ({(EXPLOITED, KEV): 2, (EXPLOITED, PRESS): 3}, 2),
        ({(EXPLOITED, PRESS): 20}, 1),
        ({(EXPLOITED, PRESS): 20, (EXPLOITED, OTHER): 20}, 2),
        ({(EXPLOITED, KEV): 2, (EXPLOITED, PRESS): 3, (EXPLOITED, OTHER): 3}, 2),
        ({(EXPLOITED, COPY): 9}, 0),
        ({(EXPLOITED, MIRROR): 9}, 0),
        ({(TELEMETRY, SENSOR): 31}, 1),
        ({(TELEMETRY, SENSOR): 31, (TELEMETRY, HIVE): 31}, 1),
        ({(TELEMETRY, SENSOR): 31, (SIGHTING, PARTNER): 9, (EXPLOITED, PRESS): 9}, 1),
        ({(CITIZEN, PRESS): 31, (CRIME, KEV): 31}, 0),
        ({}, 0),
    ],
)
def test_what_a_month_counts(seen: Seen, counted: int) -> None:
    assert dates(seen) == counted


@given(seen_in_a_month, witnesses)
def test_more_of_anything_lowers_nothing_and_adds_at_most_one(
    seen: dict[tuple[str, SourceFact], int], who: tuple[str, SourceFact]
) -> None:
    more = {**seen, who: seen.get(who, 0) + 1}
    assert dates(seen) <= dates(more) <= dates(seen) + 1
    assert dates(more) == dates(seen) or (who[1].independent and who[0] not in (CITIZEN, CRIME))


@given(seen_in_a_month, st.lists(st.tuples(witnesses, st.integers(0, 10**6)), max_size=6))
def test_all_who_are_no_authority_together_push_no_further_than_the_cap(
    seen: dict[tuple[str, SourceFact], int], campaign: list[tuple[tuple[str, SourceFact], int]]
) -> None:
    """A sensor with a million attempts, a press campaign, both at once."""
    pushed = {**seen, **{who: n for who, n in campaign if not (who[1].authority and who[0] == EXPLOITED)}}
    assert dates(pushed) <= max(dates(seen), CHOSEN.unconfirmed_dates)


PRODUCTS = [ProductFact(key=f"m:p{i}", maker_key="m", category="router") for i in range(40)]
SOURCES = [KEV, COPY, PRESS, OTHER, SENSOR, HIVE, PARTNER]
# As in a real category: two products that an authority confirmed four times in two years, some once, most never.
TRUE = [
    CountRow("m", product, "", EXPLOITED, "cisa-kev", month, 1, 1)
    for product, months in (("m:p0", (1, 6, 11, 20)), ("m:p2", (3, 8, 9, 15)), ("m:p3", (2,)), ("m:p4", (7,)))
    for month in months
]


def figures(*rows: CountRow) -> dict[str, Figure]:
    found = build_figures(counts=[*TRUE, *rows], products=PRODUCTS, sources=SOURCES, parameters=CHOSEN)
    return {f.product_key: f for f in found}


def flood(*who: tuple[str, SourceFact], months: Iterable[int] = range(24), product: str = "m:p1") -> list[CountRow]:
    seen = [(month, kind, source.id) for month in months for kind, source in who]
    return [CountRow("m", product, "", kind, source, month, 31, 1_000_000) for month, kind, source in seen]


@pytest.mark.parametrize("who", [(TELEMETRY, SENSOR), (SIGHTING, PARTNER), (EXPLOITED, PRESS)])
@pytest.mark.parametrize("months", [range(24), range(5), range(24, 48)], ids=["two years", "newest", "backdated"])
def test_one_source_alone_moves_nothing_past_its_cap(who: tuple[str, SourceFact], months: Iterable[int]) -> None:
    """An attack a month for two years, the same in one load, a press campaign: against four confirmed dates."""
    found = figures(*flood(who, months=months))
    pushed = found["m:p1"]
    assert pushed.dates <= CHOSEN.lone_period_dates and pushed.dates_before <= CHOSEN.lone_period_dates
    assert pushed.band == "cannot-tell" and pushed.dates_without == 0
    assert found["m:p0"].rank_low == 1 and pushed.shrunk < found["m:p0"].shrunk
    # Nor does it lift one that an authority did confirm, once.
    lifted = figures(*flood(who, months=months, product="m:p3"))["m:p3"]
    assert lifted.dates <= 1 + CHOSEN.lone_period_dates and lifted.band == "cannot-tell"


@pytest.mark.parametrize(
    "who",
    [
        ((TELEMETRY, SENSOR), (SIGHTING, PARTNER)),
        ((EXPLOITED, PRESS), (EXPLOITED, OTHER)),
        ((EXPLOITED, PRESS), (EXPLOITED, COPY), (CITIZEN, OTHER), (CRIME, HIVE)),
    ],
)
def test_two_sources_together_make_no_band_high(who: tuple[tuple[str, SourceFact], ...]) -> None:
    pushed = figures(*flood(*who))["m:p1"]
    assert pushed.band == "cannot-tell" and pushed.dates_without <= CHOSEN.lone_period_dates


def test_what_three_independent_sources_saw_may_be_high() -> None:
    found = figures(*flood((TELEMETRY, SENSOR), (TELEMETRY, HIVE), (SIGHTING, PARTNER)))["m:p1"]
    assert (found.dates, found.band) == (24, "high")


def test_everybody_together_stays_below_what_an_authority_confirmed_weekly() -> None:
    weekly = [CountRow("m", "m:p0", "", EXPLOITED, "cisa-kev", month, 4, 4) for month in range(24)]
    everybody = ((EXPLOITED, PRESS), (TELEMETRY, SENSOR), (TELEMETRY, HIVE), (CITIZEN, OTHER), (SIGHTING, PARTNER))
    found = figures(*weekly, *flood(*everybody))
    assert found["m:p1"].dates == 24 and found["m:p1"].rank_low > found["m:p0"].rank_low
    assert (found["m:p1"].leaning_on, found["m:p1"].dates_without) == ("", 24)


def test_what_an_authority_confirmed_is_as_before() -> None:
    found = figures(*[CountRow("m", "m:p5", "", EXPLOITED, "cisa-kev", m, 1, 1) for m in range(9)])["m:p5"]
    assert (found.dates, found.band, found.leaning_on, found.dates_without) == (9, "high", "cisa-kev", 0)


two_years = st.dictionaries(st.integers(0, 60), seen_in_a_month, max_size=6)


@given(two_years, st.integers(0, 60), witnesses)
def test_more_of_anything_in_any_month_lowers_no_periods_sum(
    months: dict[int, dict[tuple[str, SourceFact], int]], month: int, who: tuple[str, SourceFact]
) -> None:
    more = {**months, month: {**months.get(month, {}), who: months.get(month, {}).get(who, 0) + 1}}

    def sums(of: Mapping[int, Seen]) -> list[int]:
        counted = monthly_dates(months=of, parameters=CHOSEN)
        return [sum(n for m, n in counted.items() if m // 24 == period) for period in range(3)]

    assert all(a <= b for a, b in zip(sums(months), sums(more), strict=True))
    assert firm_dates(months=months, parameters=CHOSEN) <= firm_dates(months=more, parameters=CHOSEN)


@given(st.dictionaries(st.integers(0, 5), seen_in_a_month, max_size=4))
def test_leaving_out_a_source_leaves_no_more_and_the_worst_is_told(
    months: Mapping[int, dict[tuple[str, SourceFact], int]],
) -> None:
    found = leaning(months=months, parameters=CHOSEN)

    def total(left_out: SourceFact | None = None) -> int:
        rest = {m: {k: n for k, n in seen.items() if k[1] != left_out} for m, seen in months.items()}
        return sum(monthly_dates(months=rest, parameters=CHOSEN).values())

    everything = total()
    rest = {s.id: total(s) for s in (KEV, COPY, PRESS, OTHER, SENSOR, HIVE, PARTNER)}
    assert found.dates == min([everything, *rest.values()])
    assert found.source == "" if found.dates == everything else rest[found.source] == found.dates


def test_what_was_seen_before_the_period_confirms_nothing_in_it() -> None:
    rows = flood((EXPLOITED, PRESS), months=range(2)) + flood((EXPLOITED, OTHER), months=[30])
    found = figures(*rows)["m:p1"]
    assert (found.dates, found.leaning_on, found.dates_without) == (2, "press", 0)
