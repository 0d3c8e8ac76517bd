"""Crimes by units in use, against published editions of the Car Theft Index."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.stats.units import excess_ratio, rate_interval, rate_per_thousand

HISTORY = Path(__file__).parents[4] / "shared" / "data" / "index" / "historical_indices.json"


def test_the_car_most_at_risk_of_2005() -> None:
    """436 thefts of 5,729 Vauxhall Belmonts (Home Office, 22 December 2006)."""
    assert rate_per_thousand(events=436, units=5_729) == pytest.approx(76.1, abs=0.05)
    low, high = rate_interval(events=436, units=5_729)
    assert low < 76.1 < high and (low, high) == (pytest.approx(70.3, abs=0.1), pytest.approx(82.3, abs=0.1))


def test_two_years_of_crimes_are_a_rate_of_one() -> None:
    one, two = rate_interval(events=436, units=5_729), rate_interval(events=436, units=5_729, years=2)
    assert (two[0] * 2, two[1] * 2) == (pytest.approx(one[0]), pytest.approx(one[1]))
    assert rate_per_thousand(events=436, units=5_729, years=2) * 2 == rate_per_thousand(events=436, units=5_729)


def test_all_cars_of_2001() -> None:
    """341,674 thefts of 27 million vehicles: 12.7 per 1,000, so that 117 per 1,000 was 9 times the average."""
    average = float(rate_per_thousand(events=341_674, units=27_000_000))
    assert average == pytest.approx(12.65, abs=0.01) and 117 / average == pytest.approx(9.2, abs=0.1)


@pytest.mark.skipif(not HISTORY.exists(), reason="needs the shared history of the indices")
def test_every_published_pair_of_thefts_and_vehicles_is_reproduced() -> None:
    rows = [r for r in json.loads(HISTORY.read_text())["car_theft_index"] if "thefts" in r and "in_use" in r]
    assert rows
    for row in rows:
        assert rate_per_thousand(events=row["thefts"], units=row["in_use"]) == pytest.approx(
            row["thefts"] / row["in_use"] * 1_000
        )


def test_the_ratio_of_two_handsets() -> None:
    """60 of 100 thefts on a fifth of the handsets: three times what chance would give; the other 0.5 times."""
    assert excess_ratio(events=[60, 40], units=[200, 800]).tolist() == pytest.approx([3.0, 0.5])


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10**6)), min_size=1, max_size=20))
def test_the_average_unit_has_ratio_one_and_more_crimes_of_one_raise_its_own(pairs: list[tuple[int, int]]) -> None:
    events, units = np.array([e for e, _ in pairs]), np.array([u for _, u in pairs])
    if not events.sum():
        with pytest.raises(ValueError):
            excess_ratio(events=events, units=units)
        return
    found = excess_ratio(events=events, units=units)
    assert float((found * units).sum() / units.sum()) == pytest.approx(1.0)
    more = events.copy()
    more[0] += 1
    assert excess_ratio(events=more, units=units)[0] >= found[0] * (1 - 1e-9)


@pytest.mark.parametrize(("events", "units"), [([-1], [1]), ([1], [0])])
def test_what_cannot_be_is_refused(events: list[int], units: list[int]) -> None:
    with pytest.raises(ValueError):
        rate_per_thousand(events=events, units=units)
    with pytest.raises(ValueError):
        excess_ratio(events=events, units=units)
