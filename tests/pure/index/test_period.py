"""The Index's periods: months that end where a month ends, fill the period and count whole ones."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.period import Period, month_end, months_back, months_since, period_ending


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
    ("end", "on", "month"),
    [
        (date(2025, 3, 31), date(2025, 3, 1), 0),
        (date(2025, 3, 31), date(2025, 2, 28), 1),
        (date(2025, 3, 30), date(2025, 1, 31), 1),
        (date(2025, 3, 30), date(2025, 1, 30), 2),
        (date(2024, 3, 31), date(2024, 2, 29), 1),
        (date(2025, 2, 28), date(2025, 1, 31), 0),
        (date(2025, 2, 28), date(2025, 1, 28), 1),
        (date(2026, 8, 7), date(2024, 8, 8), 23),
        (date(2026, 8, 7), date(2024, 8, 7), 24),
        (date(2026, 1, 7), date(2025, 12, 8), 0),
    ],
)
def test_months_at_month_ends(end: date, on: date, month: int) -> None:
    assert months_back(on=on, end=end) == month
    assert month_end(end=end, back=month + 1) < on <= month_end(end=end, back=month)


@given(st.dates(date(1999, 1, 1), date(2060, 12, 31)), st.integers(1, 60))
def test_months_fill_the_period_without_gap_or_overlap(end: date, months: int) -> None:
    ends = [month_end(end=end, back=k) for k in range(months + 1)]
    assert (ends[-1] + timedelta(days=1), ends[0]) == (period_ending(end=end, months=months).start, end)
    for k, (last, before) in enumerate(pairwise(ends)):
        first = before + timedelta(days=1)
        assert months_back(on=first, end=end) == months_back(on=last, end=end) == k


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before"):
        Period(start=date(2025, 1, 2), end=date(2025, 1, 1))
    with pytest.raises(ValueError, match="before"):
        period_ending(end=date(2025, 1, 1), months=0)


def test_months_since_a_day_are_whole_ones() -> None:
    end = date(2026, 8, 6)
    days = (date(2026, 8, 6), date(2026, 7, 7), date(2026, 7, 6), date(2026, 6, 30), date(2024, 8, 6), date(2026, 9, 1))
    assert [months_since(end=end, before=day) for day in days] == [0, 0, 1, 1, 24, 0]
    assert months_since(end=date(2026, 3, 31), before=date(2026, 2, 28)) == 1
