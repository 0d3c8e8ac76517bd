"""Figures as people read them: one rule for pages, print and the command line."""

from decimal import ROUND_HALF_EVEN, Decimal

_TENTH = Decimal("0.1")
_SIGNIFICANT = 2


def shown(value: float) -> str:
    """A figure to one decimal; below 1 to two significant digits, so that what is above 0 never reads as nothing.

    Halves go to the even digit, of the figure as it is written: 0.059, 0.58, 1.1, 12.3.
    """
    exact = Decimal(repr(float(value)))
    if not exact or abs(exact) >= 1:
        return _rounded(exact, _TENTH)
    found = _significant(exact)
    # 0.0996 becomes 0.10, 0.998 becomes 1.0.
    return _rounded(found, _TENTH) if abs(found) >= 1 else f"{_significant(found):f}"


def _significant(value: Decimal) -> Decimal:
    step = Decimal(1).scaleb(value.adjusted() - _SIGNIFICANT + 1)
    return value.quantize(step, rounding=ROUND_HALF_EVEN)


def _rounded(value: Decimal, step: Decimal) -> str:
    return f"{value.quantize(step, rounding=ROUND_HALF_EVEN):f}"
