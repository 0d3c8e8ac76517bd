"""Figures as people read them: what is above 0 never reads as nothing, and halves go to the even digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.ui.figures import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (0.059, "0.059"), (0.04, "0.040"), (0.0996, "0.10"), (0.575, "0.58"), (0.998, "1.0"),
        (1.075, "1.1"), (1.25, "1.2"), (12.34, "12.3"), (-0.3, "-0.30"), (1e-7, "0.00000010"), (100.0, "100.0"),
    ],
)  # fmt: skip
def test_stated_figures(value: float, text: str) -> None:
    assert shown(value) == text


@given(st.floats(min_value=0.0005, max_value=1e6))
def test_a_figure_is_near_what_it_stands_for_and_never_nothing(value: float) -> None:
    text = shown(value)
    assert float(text) > 0 and abs(float(text) - value) <= max(0.05, 0) + 1e-9
    assert value >= 1 or abs(float(text) - value) <= 0.051 * value + 1e-12
