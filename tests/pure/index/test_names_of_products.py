"""What names say, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.names import LEAST_MAKERS, fragments, kind, likeness


def test_fragments_are_marked_runs_counted_once() -> None:
    found = fragments(names=["aaaa", "", "ab"], sizes=(3,)).matrix
    # ^aa aaa aa$ ; nothing in ^$ ; ^ab ab$
    assert found.sum(axis=1).ravel().tolist() == [[3, 0, 2]] and found.shape[1] == 5
    long = fragments(names=["a" * 200 + "z"], sizes=(3,)).matrix
    assert long.sum() == 3


def test_a_listed_name_is_near_to_its_makers_others_only() -> None:
    names = ["vpngateway", "vpngateways", "camera", "vpngateway"]
    listed = np.array([True, False, False, False])
    found = likeness(found=fragments(names=names, sizes=(3,)), maker=np.array([0, 0, 0, 1]), listed=listed)
    assert 0.2 < found[1] < 1 and found[0] == found[2] == found[3] == 0
    nothing = likeness(found=fragments(names=names, sizes=(3,)), maker=np.zeros(4, int), listed=np.zeros(4, bool))
    assert nothing.tolist() == [0, 0, 0, 0]


@given(st.lists(st.tuples(st.text("abc", max_size=8), st.integers(0, 2), st.booleans()), min_size=1, max_size=12))
def test_likeness_is_a_share_and_order_is_irrelevant(rows: list[tuple[str, int, bool]]) -> None:
    def of(part: list[tuple[str, int, bool]]) -> np.ndarray:
        names, makers, listed = zip(*part, strict=True)
        return likeness(found=fragments(names=names, sizes=(3,)), maker=np.array(makers), listed=np.array(listed))

    found = of(rows)
    assert (found >= 0).all() and (found <= 1 + 1e-9).all()
    assert of(rows[::-1])[::-1] == pytest.approx(found)


def test_kinds_learn_from_other_makers_only() -> None:
    makers = LEAST_MAKERS * 2
    names = ["routers"] * makers + ["plugins"] * makers
    maker = np.arange(2 * makers)
    listed = np.r_[np.ones(makers, bool), np.zeros(makers, bool)]
    found = kind(found=fragments(names=names, sizes=(4,)), maker=maker, listed=listed)
    assert (found[:makers] > 0).all() and (found[makers:] < 0).all()
    # The only listed router does not lift itself, but lifts the others.
    one = kind(found=fragments(names=names, sizes=(4,)), maker=maker, listed=maker == 0)
    assert one[1] > one[0] and one[0] == pytest.approx(one[makers])


def test_kinds_are_silent_without_listings_or_common_names() -> None:
    found = fragments(names=["alpha", "bravo"], sizes=(4,))
    assert kind(found=found, maker=np.array([0, 1]), listed=np.array([False, False])).tolist() == [0, 0]
    assert kind(found=found, maker=np.array([0, 1]), listed=np.array([True, False])).tolist() == [0, 0]
    assert math.isfinite(float(kind(found=found, maker=np.array([0, 0]), listed=np.array([True, True])).sum()))
