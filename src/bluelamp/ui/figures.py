"""How a rate is written for people: the same on pages, in print and in the terminal."""

from decimal import ROUND_HALF_EVEN, Decimal

_ONE_DECIMAL = Decimal("0.1")


def shown(value: float) -> str:
    """A figure rounded for reading: one decimal, or two significant digits below 1, so that it never reads as nothing.

    `value` is taken as it is written (0.575 is 0.575), rounded half to even. 12.34 gives 12.3, 1.075 gives 1.1, 0.575
    gives 0.58, 0.059 gives 0.059, 0.5 gives 0.5 and 0 gives 0.0.
    """
    exact = Decimal(str(value))
    if exact == 0 or abs(exact) >= 1:
        return str(exact.quantize(_ONE_DECIMAL, ROUND_HALF_EVEN))
    digits = f"{exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), ROUND_HALF_EVEN):f}"
    kept = digits.rstrip("0")
    return f"{kept}0" if kept.endswith(".") else kept
