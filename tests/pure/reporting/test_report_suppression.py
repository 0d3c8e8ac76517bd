"""Public counts: nothing below ten, nothing that subtracting gives away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.suppression import LEAST, ROUNDED_TO, Shown, protect, protect_groups, rounded

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), min_size=1)


def could_be(shown: Shown, key: str) -> range:
    """What a reader of the whole table can say of a hidden count: from the least to the most that it can be."""
    slack = ROUNDED_TO // 2
    known = [n for n in shown.counts.values() if n]
    others = [k for k, n in shown.counts.items() if n is None and k != key]
    if shown.total is None:
        return range(1, 1_000)
    low_rest = sum(n - slack for n in known)
    high_rest = sum(n + slack for n in known)
    most = shown.total + slack - low_rest - len(others)
    least = shown.total - slack - high_rest - 60 * len(others)
    return range(max(1, least), most + 1)


@given(COUNTS)
def test_no_small_count_is_shown_and_every_shown_one_is_a_multiple_of_five(counts: dict[str, int]) -> None:
    shown = protect(counts)
    for key, count in counts.items():
        told = shown.counts[key]
        assert told is None or told % ROUNDED_TO == 0
        assert told is None or abs(told - count) <= ROUNDED_TO // 2
        assert not (0 < count < LEAST) or told is None
        assert (told == 0) == (count == 0)
    assert shown.total is None or abs(shown.total - sum(counts.values())) <= ROUNDED_TO // 2


@given(COUNTS)
def test_what_is_hidden_stays_uncertain_for_who_subtracts(counts: dict[str, int]) -> None:
    shown = protect(counts)
    hidden = [key for key, told in shown.counts.items() if told is None]
    for key in hidden:
        possible = could_be(shown, key)
        assert counts[key] in possible and len(possible) >= LEAST - 1
    assert len(hidden) != 1 or shown.total is None


@given(COUNTS)
def test_the_order_of_keys_has_no_effect(counts: dict[str, int]) -> None:
    again = protect(dict(reversed(counts.items())))
    assert dict(again.counts) == dict(protect(counts).counts)


@given(st.dictionaries(st.sampled_from("ABC"), COUNTS, min_size=1))
def test_a_group_whose_total_is_hidden_shows_nothing_of_itself(groups: dict[str, dict[str, int]]) -> None:
    whole = protect({name: sum(parts.values()) for name, parts in groups.items()})
    for name, shown in protect_groups(groups).items():
        assert shown.total == whole.counts[name]
        if shown.total is None:
            assert not any(shown.counts.values())


def test_one_small_count_takes_the_next_with_it() -> None:
    assert dict(protect({"a": 3, "b": 12, "c": 90}).counts) == {"a": None, "b": None, "c": 90}


def test_two_small_counts_need_no_third_unless_they_are_fewer_than_ten_together() -> None:
    assert dict(protect({"a": 6, "b": 7, "c": 40}).counts) == {"a": None, "b": None, "c": 40}
    assert dict(protect({"a": 2, "b": 3, "c": 40}).counts) == {"a": None, "b": None, "c": None}


def test_a_table_without_anything_to_hide_behind_is_hidden_whole() -> None:
    assert protect({"a": 4, "b": 0}) == Shown({"a": None, "b": 0}, None)


def test_rounding_and_wrong_input() -> None:
    assert [rounded(n) for n in (10, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]
    with pytest.raises(ValueError, match="negative"):
        protect({"a": -1})
