"""The whole time: its length, figures from counts, years that are not whole at their ends."""

from datetime import date

import pytest

from bluelamp.index.domain.whole_time import WholeTime, whole_figures, years_of
from bluelamp.stats.intervals import jeffreys_interval

TIME = WholeTime(start=date(2021, 11, 3), end=date(2026, 8, 7))


def test_figures_are_those_of_one_product_alone() -> None:
    both = whole_figures(dates=[0, 11], time=TIME, level=0.9, decimals=3)
    low, high = jeffreys_interval(counts=[11], exposures=1739 / 365.25, level=0.9)
    assert (both[1].rate, both[1].low, both[1].high) == (2.31, round(float(low[0]), 3), round(float(high[0]), 3))
    assert both[0].low == 0.0 and both[0].high > 0
    assert whole_figures(dates=[11], time=TIME, level=0.9, decimals=3)[0] == both[1]
    assert whole_figures(dates=[], time=TIME, level=0.9, decimals=3) == ()


def test_years_cover_what_the_evidence_covers() -> None:
    days = [
        date(2021, 11, 3),
        date(2024, 2, 29),
        date(2024, 2, 1),
        date(2026, 8, 7),
        date(2026, 8, 8),
        date(2020, 1, 1),
    ]
    years = years_of(days=days, time=TIME)
    assert [(y.year, y.total, y.first, y.after) for y in years] == [
        (2021, 1, 10, 12),
        (2022, 0, 0, 12),
        (2023, 0, 0, 12),
        (2024, 2, 0, 12),
        (2025, 0, 0, 12),
        (2026, 1, 0, 8),
    ]
    assert years[3].months[1] == 2


def test_time_has_a_length() -> None:
    assert WholeTime(start=date(2026, 1, 1), end=date(2026, 1, 1)).years == pytest.approx(1 / 365.25)
    with pytest.raises(ValueError, match="end before"):
        WholeTime(start=date(2026, 1, 2), end=date(2026, 1, 1))
