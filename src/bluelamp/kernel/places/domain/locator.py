"""Which force polices a point."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import shapely

from bluelamp.kernel.places.domain.force import Force
from bluelamp.kernel.places.domain.points import check_point
from bluelamp.kernel.places.domain.shapes import Ring

TOLERANCE_M = 500  # how far a generalised boundary may lie from the true one
NEAR_M = 2_000  # how far off the drawn coast a point still belongs to the force of that coast
EARTH_M = 6_371_008.8
FAR_NORTH = 85.0


class Where(StrEnum):
    """How a point lies to the areas of the forces."""

    INSIDE = "inside"
    NEAR = "near"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Located:
    """The answer about one point.

    `force` is None where the point is outside. `near` means on no force's drawn land, but within 2 km of it: a pier, a
    beach, tidal water, a gap of the generalised coast. `also` are other forces that it may truly belong to, nearest
    first: the caller should ask. `distance_m` is the distance to the land of `force`, in metres. `irish_border` says
    that the Irish side of the land border (or of its two sea loughs) holds the point or lies within 500 m; on it,
    a point is always outside, never moved across the border, and has the force of the other side in `also` at most.
    """

    where: Where
    force: Force | None
    also: tuple[Force, ...] = ()
    distance_m: int = 0
    irish_border: bool = False


class Locator:
    """The areas of the forces, made ready for many questions. Safe to share between threads: it is only read.

    Everything is drawn in the Mercator projection, whose scale at a latitude is the same in every direction: distances
    of a few kilometres come out right by one factor.
    """

    def __init__(
        self, *, forces: Mapping[str, Force], areas: Mapping[str, list[list[Ring]]], ireland: list[list[Ring]]
    ) -> None:
        """`areas`: slug -> polygons of rings of (longitude, latitude); `ireland`: the side that no force polices."""
        self._ireland = shapely.MultiPolygon([_polygon(rings) for rings in ireland])
        shapely.prepare(self._ireland)
        owned = [(forces[slug], _polygon(rings)) for slug, polygons in areas.items() for rings in polygons]
        self._owners = [force for force, _ in owned]
        self._tree = shapely.STRtree([polygon for _, polygon in owned])
        shapely.prepare(self._tree.geometries)

    def locate(self, *, lat: float, lon: float) -> Located:
        """The force of a point; raises ValueError for numbers that are no point."""
        check_point(lat=lat, lon=lon)
        if abs(lat) > FAR_NORTH:
            return Located(Where.OUTSIDE, None)
        point = shapely.points(*_mercator(lon, lat))
        scale = math.cos(math.radians(lat))
        ranked = self._forces_around(point, scale)
        irish_m = float(shapely.distance(self._ireland, point)) * scale if self._by_ireland(lat, lon) else math.inf
        border = irish_m <= TOLERANCE_M
        if ranked and ranked[0][1] == 0:
            return _answer(Where.INSIDE, ranked, within=TOLERANCE_M, border=border)
        if irish_m == 0:
            also = tuple(force for force, metres in ranked if metres <= TOLERANCE_M)
            return Located(Where.OUTSIDE, None, also=also, irish_border=True)
        if ranked:
            return _answer(Where.NEAR, ranked, within=ranked[0][1] + TOLERANCE_M, border=border)
        return Located(Where.OUTSIDE, None, irish_border=border)

    def _forces_around(self, point: shapely.Point, scale: float) -> list[tuple[Force, float]]:
        """Every force with land within 2 km, with the distance in metres, nearest first."""
        found = self._tree.query(point, predicate="dwithin", distance=NEAR_M / scale)
        metres = shapely.distance(self._tree.geometries[found], point) * scale
        best: dict[str, tuple[Force, float]] = {}
        for number, distance in zip(found.tolist(), metres.tolist(), strict=True):
            force = self._owners[number]
            if force.slug not in best or distance < best[force.slug][1]:
                best[force.slug] = (force, distance)
        # A point on a common boundary is inside both: the order of names then decides, so that an answer repeats.
        return sorted(best.values(), key=lambda pair: (pair[1], pair[0].slug))

    def _by_ireland(self, lat: float, lon: float) -> bool:
        """Whether the point is so far west and south that the Irish side can matter; spares the others the question."""
        return lon < -5.4 and 51.0 < lat < 55.7


def _answer(where: Where, ranked: Sequence[tuple[Force, float]], *, within: float, border: bool) -> Located:
    (force, metres), *others = ranked
    also = tuple(other for other, distance in others if distance <= within)
    return Located(where, force, also=also, distance_m=round(metres), irish_border=border)


def _polygon(rings: list[Ring]) -> shapely.Polygon:
    shell, *holes = [[_mercator(lon, lat) for lon, lat in ring] for ring in rings]
    return shapely.Polygon(shell, holes)


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    return EARTH_M * math.radians(lon), EARTH_M * math.asinh(math.tan(math.radians(lat)))
