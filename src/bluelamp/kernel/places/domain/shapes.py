"""The packaged form of a boundary: whole numbers, each the step from the number before."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

RESOLUTION = 100_000  # steps in a degree: about a metre

Ring = list[tuple[float, float]]


def encode(multipolygon: dict[str, Any]) -> list[list[list[int]]]:
    """A GeoJSON multipolygon as polygons of rings of x, y, dx, dy, dx, dy ...; the closing point is left out."""
    return [[_encode_ring(ring) for ring in polygon] for polygon in multipolygon["coordinates"]]


def decode(polygons: Sequence[Sequence[Sequence[int]]]) -> list[list[Ring]]:
    """The polygons' closed rings of (longitude, latitude) again."""
    return [[_decode_ring(ring) for ring in polygon] for polygon in polygons]


def _encode_ring(points: Sequence[Sequence[float]]) -> list[int]:
    whole = [(round(x * RESOLUTION), round(y * RESOLUTION)) for x, y in points][:-1]
    steps = [*whole[0]]
    for (x, y), (next_x, next_y) in pairwise(whole):
        steps += [next_x - x, next_y - y]
    return steps


def _decode_ring(steps: Sequence[int]) -> Ring:
    xs, ys = accumulate(steps[::2]), accumulate(steps[1::2])
    ring = [(x / RESOLUTION, y / RESOLUTION) for x, y in zip(xs, ys, strict=True)]
    return [*ring, ring[0]]
