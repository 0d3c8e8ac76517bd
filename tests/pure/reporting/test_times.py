"""Usual times are medians of counts, and told only where enough were counted."""

from datetime import timedelta
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.times import LEAST_TOLD, bucket, usual

MINUTE = timedelta(minutes=1)


def test_a_time_is_rounded_up_and_never_longer_than_the_longest() -> None:
    seconds = {0: "001", 1: "001", 60: "001", 61: "002", 3_600: "060", 99_999: "180", -5: "001"}
    assert {s: bucket(took=timedelta(seconds=s), unit=MINUTE, longest=180) for s in seconds} == seconds


@given(st.lists(st.integers(1, 180), min_size=1, max_size=200))
def test_it_is_the_median_of_what_was_counted_and_nothing_of_few(times: list[int]) -> None:
    counts: dict[str, int] = {}
    for time in times:
        name = bucket(took=time * MINUTE, unit=MINUTE, longest=180)
        counts[name] = counts.get(name, 0) + 1
    assert usual(counts=counts, least=1) == median_low(times)
    assert (usual(counts=counts) is None) == (len(times) < LEAST_TOLD)
