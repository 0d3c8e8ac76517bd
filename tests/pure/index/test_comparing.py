"""Two products are told apart only where neither interval overlaps."""

import pytest

from bluelamp.index.domain.bands import Interval
from bluelamp.index.domain.comparing import Measured, compare

LOW, HIGH, WIDE = Interval(0.1, 0.5), Interval(0.6, 2.0), Interval(0.1, 2.0)


def measured(key: str, shrunk: Interval | None, jeffreys: Interval | None) -> Measured:
    return Measured(key=key, shrunk=shrunk, jeffreys=jeffreys)


@pytest.mark.parametrize(
    ("a", "b", "finding"),
    [
        ((HIGH, HIGH), (LOW, LOW), "first-more"),
        ((LOW, LOW), (HIGH, HIGH), "second-more"),
        ((HIGH, WIDE), (LOW, LOW), "cannot-tell"),
        ((WIDE, HIGH), (LOW, LOW), "cannot-tell"),
        ((HIGH, HIGH), (HIGH, HIGH), "cannot-tell"),
        ((HIGH, HIGH), (LOW, Interval(0.1, 0.6)), "cannot-tell"),  # they touch
        ((HIGH, HIGH), (None, None), "no-evidence"),
    ],
)
def test_what_can_be_said_of_two(
    a: tuple[Interval | None, Interval | None], b: tuple[Interval | None, Interval | None], finding: str
) -> None:
    assert [p.finding for p in compare(products=[measured("a", *a), measured("b", *b)])] == [finding]


def test_every_pair_once_in_the_order_of_the_products() -> None:
    found = compare(products=[measured(key, WIDE, WIDE) for key in "cab"])
    assert [(p.first, p.second) for p in found] == [("c", "a"), ("c", "b"), ("a", "b")]
    assert compare(products=[measured("a", WIDE, WIDE)]) == ()
