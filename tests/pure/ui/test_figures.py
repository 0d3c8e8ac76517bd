"""How a rate is written: rounded, never cut off, never nothing where it is something."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.ui.figures import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0"),
        (0.5, "0.5"),
        (0.059, "0.059"),
        (0.575, "0.58"),
        (0.0996, "0.1"),
        (0.999, "1.0"),
        (1.075, "1.1"),
        (2.752, "2.8"),
        (4.09, "4.1"),
        (12.34, "12.3"),
        (19.483, "19.5"),
        (0.00049, "0.00049"),
        (1e-7, "0.0000001"),
    ],
)
def test_figures_as_people_read_them(value: float, text: str) -> None:
    assert shown(value) == text


@given(st.decimals(min_value=0, max_value=100_000, places=3))
def test_what_is_shown_is_near_and_never_nothing(value: Decimal) -> None:
    text = shown(float(value))
    assert "E" not in text and "." in text
    assert abs(Decimal(text) - value) <= max(Decimal("0.005"), Decimal("0.05") * min(value, 1))
    assert (Decimal(text) == 0) == (value == 0)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_order_is_kept(first: float, second: float) -> None:
    low, high = sorted((round(first, 3), round(second, 3)))
    assert Decimal(shown(low)) <= Decimal(shown(high))
