"""Sources put together: none captures the Index, and what rests on one is told."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.combining import Seen, combined_dates, leaning
from bluelamp.index.domain.method import CountRow, ProductFact, build_figures
from bluelamp.index.domain.naming import SourceFact
from bluelamp.index.domain.parameters import Parameters

KEV = SourceFact(id="cisa-kev", authority=True, derived_from=None)
COPY = SourceFact(id="copy", authority=False, derived_from="cisa-kev")
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
        ({(EXPLOITED, COPY): 9}, 0),
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


def test_nobody_pushes_a_product_up_the_index() -> None:
    """Two years of flooding by every unconfirmed source leave a product below one an authority confirmed weekly."""
    products = [ProductFact(key=f"m:p{i}", maker_key="m", category="router") for i in range(20)]
    flood = [
        CountRow("m", "m:p1", "", kind, source.id, month, 31, 1_000_000)
        for month in range(24)
        for kind, source in (
            (EXPLOITED, PRESS),
            (TELEMETRY, SENSOR),
            (TELEMETRY, HIVE),
            (CITIZEN, OTHER),
            (SIGHTING, PARTNER),
        )
    ]
    true = [CountRow("m", "m:p0", "", EXPLOITED, "cisa-kev", month, 4, 4) for month in range(24)]
    sources = [KEV, PRESS, OTHER, SENSOR, HIVE, PARTNER]
    found = {
        f.product_key: f
        for f in build_figures(counts=[*true, *flood], products=products, sources=sources, parameters=CHOSEN)
    }
    assert found["m:p0"].dates == 96 and found["m:p1"].dates == 24
    assert found["m:p1"].rank_low > found["m:p0"].rank_low
    assert (found["m:p0"].leaning_on, found["m:p0"].dates_without) == ("cisa-kev", 0)
    assert (found["m:p1"].leaning_on, found["m:p1"].dates_without) == ("", 24)


@given(st.dictionaries(st.integers(0, 5), seen_in_a_month, max_size=4))
def test_leaving_out_a_source_leaves_no_more_and_the_worst_is_told(
    months: Mapping[int, dict[tuple[str, SourceFact], int]],
) -> None:
    found = leaning(months=months, parameters=CHOSEN)
    everything = sum(dates(seen) for seen in months.values())
    rest = {
        s.id: sum(dates({k: n for k, n in seen.items() if k[1] != s}) for seen in months.values())
        for s in (KEV, COPY, PRESS, OTHER, SENSOR, HIVE, PARTNER)
    }
    assert found.dates == min([everything, *rest.values()])
    assert found.source == "" if found.dates == everything else rest[found.source] == found.dates
