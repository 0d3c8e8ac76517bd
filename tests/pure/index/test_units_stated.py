"""Which of several numbers of units counts."""

from datetime import date
from itertools import permutations

from bluelamp.index.domain.units import StatedUnits, chosen_units

END = date(2026, 8, 7)


def stated(units: int, as_of: str, source: str = "a") -> StatedUnits:
    return StatedUnits("acme:r", units, date.fromisoformat(as_of), source, "https://example.org/", "")


def first(*every: StatedUnits) -> int:
    answers = {chosen_units(stated=order, end=END)["acme:r"] for order in permutations(every)}
    (found,) = answers
    assert set(found) == set(every), "the others are told, too"
    return found[0].units


def test_the_newest_up_to_the_end_counts_whatever_the_order() -> None:
    assert first(stated(10, "2025-01-01"), stated(20, "2026-08-07"), stated(30, "2026-08-08")) == 20


def test_where_all_are_later_the_first_after_the_end_counts() -> None:
    assert first(stated(10, "2026-12-01"), stated(20, "2026-09-01")) == 20


def test_of_one_day_the_largest_so_that_a_contradiction_makes_no_rate_higher() -> None:
    assert first(stated(10, "2026-01-01"), stated(900, "2026-01-01", "z"), stated(900, "2026-01-01", "b")) == 900


def test_the_same_twice_is_once() -> None:
    assert len(chosen_units(stated=[stated(1, "2026-01-01")] * 2, end=END)["acme:r"]) == 1
    assert chosen_units(stated=[], end=END) == {}
