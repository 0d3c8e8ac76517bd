"""Which of two products was confirmed more often, said only where the evidence can tell (index-method.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from bluelamp.index.domain.bands import Interval

Finding = Literal["first-more", "second-more", "cannot-tell", "no-evidence"]


@dataclass(frozen=True)
class Measured:
    """One product of a comparison; both intervals are None where there is no confirmed date in the period."""

    key: str
    shrunk: Interval | None
    jeffreys: Interval | None


@dataclass(frozen=True)
class Pair:
    """What can be said of two products."""

    first: str
    second: str
    finding: Finding


def compare(*, products: Sequence[Measured]) -> tuple[Pair, ...]:
    """Every pair, in the order of the products.

    One was confirmed more often only where both its intervals lie wholly above the other's: the shrunk one, which
    learns from similar products, and the one that does not, so that no prior makes a difference. No evidence is no low
    count: such a product is not compared.
    """
    return tuple(
        Pair(first=a.key, second=b.key, finding=_finding(a, b)) for a, b in combinations(products, 2) if a.key != b.key
    )


def _finding(a: Measured, b: Measured) -> Finding:
    if a.shrunk is None or a.jeffreys is None or b.shrunk is None or b.jeffreys is None:
        return "no-evidence"
    if _above(a.shrunk, b.shrunk) and _above(a.jeffreys, b.jeffreys):
        return "first-more"
    if _above(b.shrunk, a.shrunk) and _above(b.jeffreys, a.jeffreys):
        return "second-more"
    return "cannot-tell"


def _above(a: Interval, b: Interval) -> bool:
    return a.low > b.high
