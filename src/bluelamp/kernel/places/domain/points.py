"""Points on Earth, H3 cells, and keeping a place private."""

import math
from dataclasses import dataclass

import h3

FINEST_BLUR = 9  # cells of about 0.1 square kilometres: a few streets
COARSEST, FINEST = 0, 15

# The United Kingdom and the sea around it: numbers that fit it only the other way round were swapped by their sender.
SOUTH, NORTH, WEST, EAST = 49.5, 61.5, -14.5, 3.0


@dataclass(frozen=True)
class Blurred:
    """A place made coarse: the centre of the cell that held the point, in degrees, and the cell."""

    lat: float
    lon: float
    cell: str


def check_point(*, lat: float, lon: float) -> None:
    """Raises ValueError, with a sentence for the sender, unless the numbers are degrees of a point on Earth.

    Latitude and longitude of the United Kingdom given the wrong way round are refused with a hint. (They would be a
    point in or beside the Indian Ocean, which no caller means.)
    """
    for name, value, limit in (("latitude", lat, 90), ("longitude", lon, 180)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"The {name} is not a number.")
        if abs(value) > limit:
            raise ValueError(f"The {name} {value} is not between -{limit} and {limit}.")
    if SOUTH <= lon <= NORTH and WEST <= lat <= EAST:
        raise ValueError(
            f"Latitude {lat} and longitude {lon} look swapped: the United Kingdom lies at about 50 to 61, -8 to 2."
        )


def cell_at(*, lat: float, lon: float, resolution: int) -> str:
    """The H3 cell (version 4, as text) that holds a point. Resolution 0 (continents) to 15 (a square metre)."""
    check_point(lat=lat, lon=lon)
    if isinstance(resolution, bool) or not isinstance(resolution, int) or not COARSEST <= resolution <= FINEST:
        raise ValueError(f"The resolution {resolution} is not a whole number from {COARSEST} to {FINEST}.")
    return str(h3.latlng_to_cell(lat, lon, resolution))


def blur(*, lat: float, lon: float, resolution: int) -> Blurred:
    """The centre of the point's H3 cell, never the point: every point of a cell gives the same answer.

    Raises ValueError for a resolution finer than 9, which would point at a house. The centre may lie in the sea or in
    another force: ask `force_at` about the point, before it is blurred.
    """
    if resolution > FINEST_BLUR:
        raise ValueError(f"The resolution {resolution} is too fine to hide a place: take {FINEST_BLUR} or less.")
    cell = cell_at(lat=lat, lon=lon, resolution=resolution)
    centre_lat, centre_lon = h3.cell_to_latlng(cell)
    return Blurred(lat=round(centre_lat, 5), lon=round(centre_lon, 5), cell=cell)
