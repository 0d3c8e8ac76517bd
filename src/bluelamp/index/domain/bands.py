"""The band of a product (RED-LINES 2)."""

from dataclasses import dataclass

HIGH, LOW, CANNOT_TELL = "high", "low", "cannot-tell"


@dataclass(frozen=True)
class Interval:
    """A 90 % interval of a rate, in the unit of the threshold it is held against."""

    low: float
    high: float


def band_of(*, jeffreys: Interval, shrunk: Interval, threshold: float, has_basis: bool = False) -> str:
    """High only if both lower bounds exceed the threshold; low only with a basis and both upper bounds below it.

    `jeffreys` is the product's unpooled interval and `shrunk` the one drawn towards its category: since both must
    agree, no prior can raise a band. `has_basis` says that a sourced number of units in use, or a census-like source,
    stands behind the rate; without one the absence of sightings says nothing, and the band is never low.
    """
    if min(jeffreys.low, shrunk.low) > threshold:
        return HIGH
    if has_basis and max(jeffreys.high, shrunk.high) < threshold:
        return LOW
    return CANNOT_TELL
