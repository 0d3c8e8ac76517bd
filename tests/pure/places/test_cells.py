"""Bad points, H3 cells, and blurring."""

import math
from typing import Any

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.places import queries


@pytest.mark.parametrize(
    ("lat", "lon", "says"),
    [
        (math.nan, 0.0, "latitude is not a number"),
        (51.5, math.inf, "longitude is not a number"),
        ("51.5", 0.0, "latitude is not a number"),
        (None, 0.0, "latitude is not a number"),
        (True, 0.0, "latitude is not a number"),
        (90.1, 0.0, "latitude 90.1 is not between -90 and 90"),
        (51.5, -180.5, "longitude -180.5 is not between"),
        (-0.1278, 51.5074, "look swapped"),
        (-8.0, 54.5, "look swapped"),
        (1.5, 52.6, "look swapped"),
    ],
)
def test_what_is_no_point_is_refused_with_a_sentence(lat: Any, lon: Any, says: str) -> None:
    for ask in (
        queries.force_at,
        lambda **p: queries.cell_at(**p, resolution=7),
        lambda **p: queries.blur(**p, resolution=7),
    ):
        with pytest.raises(ValueError, match=says):
            ask(lat=lat, lon=lon)


def test_points_elsewhere_are_not_called_swapped() -> None:
    for lat, lon in ((52, -1), (0, 0), (-33.9, 18.4), (40.7, -74.0), (25.2, 55.3)):
        assert queries.force_at(lat=lat, lon=lon) is not None


def test_a_cell_is_the_version_four_text() -> None:
    assert queries.cell_at(lat=51.5138, lon=-0.0984, resolution=8) == h3.latlng_to_cell(51.5138, -0.0984, 8)
    assert h3.get_resolution(queries.cell_at(lat=90, lon=0, resolution=3)) == 3


@pytest.mark.parametrize("resolution", [-1, 16, 7.5, True, None])
def test_a_resolution_that_does_not_exist_is_refused(resolution: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        queries.cell_at(lat=51, lon=0, resolution=resolution)


@given(lat=st.floats(49.9, 60.9), lon=st.floats(-8, 1.8), resolution=st.integers(4, 9))
def test_blurring_gives_the_cell_and_never_the_point(lat: float, lon: float, resolution: int) -> None:
    blurred = queries.blur(lat=lat, lon=lon, resolution=resolution)
    assert blurred.cell == queries.cell_at(lat=lat, lon=lon, resolution=resolution)
    assert queries.cell_at(lat=blurred.lat, lon=blurred.lon, resolution=resolution) == blurred.cell
    # Blurred once or twice, and from any other point of the cell, it is the same: nothing of the point is left in it.
    assert queries.blur(lat=blurred.lat, lon=blurred.lon, resolution=resolution) == blurred
    corner_lat, corner_lon = h3.cell_to_boundary(blurred.cell)[0]
    inner_lat, inner_lon = (corner_lat + blurred.lat) / 2, (corner_lon + blurred.lon) / 2
    assert queries.blur(lat=inner_lat, lon=inner_lon, resolution=resolution) == blurred


@pytest.mark.parametrize("resolution", [10, 15, 99])
def test_a_cell_the_size_of_a_house_hides_nothing(resolution: int) -> None:
    with pytest.raises(ValueError, match="too fine"):
        queries.blur(lat=51.5, lon=-0.1, resolution=resolution)
