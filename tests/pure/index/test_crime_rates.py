"""Recorded crimes by units in use, and what of them may be shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.method import CountRow, Figure, ProductFact, build_figures
from bluelamp.index.domain.naming import SourceFact
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.units import crime_rates, shown_crimes

POLICE = SourceFact(id="police", authority=True, derived_from=None)


@pytest.mark.parametrize(
    ("crimes", "shown"), [(0, 0), (9, 0), (10, 10), (12, 10), (13, 15), (436, 435), (438, 440), (12_347, 12_345)]
)
def test_red_line_7_crimes_are_shown_from_ten_and_rounded_to_five(crimes: int, shown: int) -> None:
    assert shown_crimes(crimes=crimes) == shown


def test_the_belmont_of_2005_among_the_cars_of_its_year() -> None:
    """436 of 5,729 stolen; beside all others, 199,531 of about 27 million (Home Office, 2006)."""
    found = crime_rates(counted={"belmont": (436, 5_729), "others": (199_095, 27_000_000)}, years=1, level=0.9)
    belmont = found["belmont"]
    assert belmont.rate == pytest.approx(435 / 5.729) and belmont.ratio == pytest.approx(10.3, abs=0.1)
    assert belmont.low is not None and belmont.high is not None and belmont.low < 76 < belmont.high


def test_products_with_too_few_crimes_make_no_other_ratio_larger() -> None:
    level = {f"p{i}": (9, 10_000) for i in range(9)} | {"ten": (10, 10_000)}
    assert crime_rates(counted=level, years=2, level=0.9)["ten"].ratio is None
    chance = np.random.default_rng(3)
    ratios: list[float] = []
    for _ in range(200):
        counted = {f"p{i}": (int(crimes), 10_000) for i, crimes in enumerate(chance.poisson(9, 20))}
        found = crime_rates(counted=counted, years=2, level=0.9).values()
        ratios += [rates.ratio for rates in found if rates.ratio is not None]
    assert np.median(ratios) == pytest.approx(1, abs=0.1)


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.integers(0, 300), st.integers(0, 10**6)), max_size=8))
def test_a_rate_gives_back_no_count_under_ten(counted: dict[str, tuple[int, int]]) -> None:
    for key, rates in crime_rates(counted=counted, years=2, level=0.9).items():
        crimes, units = counted[key]
        assert crimes >= 10 and units > 0 and rates.rate is not None
        assert round(rates.rate * units * 2 / 1_000) % 5 == 0


def figure(crimes: int, units: int) -> Figure:
    rows = [CountRow("m", "m:p", "", "recorded_crime", "police", 3, 9, crimes)]
    rows.append(CountRow("m", "m:q", "", "recorded_crime", "police", 3, 9, 10))
    products = [ProductFact("m:p", "m", "vehicle", units), ProductFact("m:q", "m", "vehicle", 1_000)]
    return build_figures(counts=rows, products=products, sources=[POLICE], parameters=Parameters())[0]


def test_a_figure_has_rates_only_with_units_and_enough_crimes() -> None:
    with_both = figure(40, 10_000)
    assert (with_both.crime_rate, with_both.crime_ratio) == (2.0, pytest.approx(40 / 10_000 / (50 / 11_000), abs=0.001))
    assert figure(9, 10_000).crime_rate is None and figure(40, 0).crime_rate is None
    assert with_both.dates == 0 and with_both.band == "cannot-tell"
