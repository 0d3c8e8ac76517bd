"""Questions about places. Nothing here opens a database or a network: the facts are packaged and read once."""

import csv
import json
from functools import cache
from importlib import resources
from typing import Any

from bluelamp.kernel.places.domain.force import Force, read_forces
from bluelamp.kernel.places.domain.gazetteer import Found, Gazetteer, read_places
from bluelamp.kernel.places.domain.locator import Located, Locator
from bluelamp.kernel.places.domain.points import blur, cell_at
from bluelamp.kernel.places.domain.shapes import decode

__all__ = [
    "attributions",
    "blur",
    "cell_at",
    "find_place",
    "force_at",
    "force_by_code",
    "force_by_slug",
    "forces",
    "is_force",
]

DATA = resources.files("bluelamp.kernel.places") / "data"


def forces() -> tuple[Force, ...]:
    """All forces, by slug: the 45 with an area, then the four bodies without one."""
    return tuple(_by_slug().values())


def force_by_code(code: str) -> Force:
    """The force of an ONS code. Raises KeyError for any other text."""
    return _by_code()[code]


def force_by_slug(slug: str) -> Force:
    """The force of a slug. Raises KeyError for any other text."""
    return _by_slug()[slug]


def is_force(slug: str) -> bool:
    """Whether `force:<slug>` is a scope; bodies without an area count."""
    return slug in _by_slug()


def force_at(*, lat: float, lon: float) -> Located:
    """The territorial force of a point in degrees (WGS 84); never a body without an area: a station has a force too.

    Raises ValueError for numbers that are no point, or that look swapped.
    """
    return _locator().locate(lat=lat, lon=lon)


def find_place(*, text: str, limit: int = 10, exact: bool = False) -> list[Found]:
    """Places of that name or, unless `exact`, nearly that name, best first.

    Raises ValueError for no text, endless text, a bad limit.
    """
    return _gazetteer().find(text=text, limit=limit, exact=exact)


def attributions() -> tuple[str, ...]:
    """The sentences that must stand wherever boundaries or place names are shown."""
    return tuple(_read(name)["attribution"] for name in ("boundaries.json", "names.json"))


@cache
def _by_slug() -> dict[str, Force]:
    return read_forces(csv.DictReader((DATA / "forces.csv").read_text(encoding="utf-8").splitlines()))


@cache
def _by_code() -> dict[str, Force]:
    return {force.code: force for force in forces() if force.code}


@cache
def _locator() -> Locator:
    packed = _read("boundaries.json")
    areas = {slug: decode(polygons) for slug, polygons in packed["forces"].items()}
    return Locator(forces=_by_slug(), areas=areas, ireland=decode(packed["ireland"]))


@cache
def _gazetteer() -> Gazetteer:
    packed = _read("names.json")
    return Gazetteer(read_places(columns=packed["columns"], rows=packed["rows"], forces=_by_slug()))


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return content
