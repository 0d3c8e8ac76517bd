"""Which force polices a point: every force, coasts, borders, abroad."""

import csv
import math
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.places import queries
from bluelamp.kernel.places.domain.force import Kind, read_forces
from bluelamp.kernel.places.domain.locator import NEAR_M, TOLERANCE_M, Locator, Where
from bluelamp.kernel.places.domain.shapes import decode, encode

with Path(__file__).with_name("points.csv").open(encoding="utf-8", newline="") as file:
    POINTS = list(csv.DictReader(file))

LATS = st.floats(49.5, 61.0)
LONS = st.floats(-9.0, 2.2)


@pytest.mark.parametrize("row", POINTS, ids=lambda r: r["name"])
def test_known_points(row: dict[str, str]) -> None:
    located = queries.force_at(lat=float(row["lat"]), lon=float(row["lon"]))
    assert (located.where, located.force.slug if located.force else "") == (row["where"], row["force"])


def test_the_table_has_every_territorial_force() -> None:
    territorial = {f.slug for f in queries.forces() if f.kind is Kind.TERRITORIAL}
    assert len(territorial) == 45
    assert {row["force"] for row in POINTS if row["where"] == "inside"} == territorial


def test_a_point_beside_a_boundary_names_the_neighbour() -> None:
    # Liverpool Street station lies in the City, 100 m from Hackney and Tower Hamlets.
    located = queries.force_at(lat=51.5180, lon=-0.0813)
    assert located.force and {located.force.slug, *(f.slug for f in located.also)} == {"city-of-london", "metropolitan"}
    assert not queries.force_at(lat=52.48, lon=-1.903).also


def test_the_middle_of_an_estuary_names_both_shores() -> None:
    # The mouth of the Wye, between Beachley and the Welsh shore.
    located = queries.force_at(lat=51.6100, lon=-2.6620)
    assert located.where is Where.NEAR and located.force
    assert {located.force.slug, *(f.slug for f in located.also)} == {"gloucestershire", "gwent"}


@pytest.mark.parametrize(
    ("name", "lat", "lon", "also"),
    [
        ("Muff, 250 m from the drawn border", 55.0672, -7.2686, ["northern-ireland"]),
        ("Lifford, across the bridge from Strabane", 54.8320, -7.4800, ["northern-ireland"]),
        ("Omeath, across the lough from Warrenpoint", 54.0870, -6.2600, []),
        ("Greencastle, across the lough from Magilligan", 55.2035, -6.9830, []),
    ],
)
def test_nobody_is_moved_across_the_irish_border(name: str, lat: float, lon: float, also: list[str]) -> None:
    located = queries.force_at(lat=lat, lon=lon)
    assert located.where is Where.OUTSIDE and located.force is None and located.irish_border
    assert [f.slug for f in located.also] == also


def test_the_north_of_the_irish_border_says_that_it_is_near() -> None:
    assert queries.force_at(lat=54.8270, lon=-7.4750).irish_border  # Strabane, by the river
    assert not queries.force_at(lat=54.597, lon=-5.93).irish_border
    assert not queries.force_at(lat=51.5, lon=-0.1).irish_border


def test_tidal_water_of_the_north_side_is_near() -> None:
    located = queries.force_at(lat=55.090, lon=-7.020)  # Lough Foyle, off Ballykelly
    assert located.where is Where.NEAR and located.force and located.force.slug == "northern-ireland"


def test_two_kilometres_off_the_coast_is_the_limit() -> None:
    south_of_brighton = [queries.force_at(lat=50.819 - metres / 111_195, lon=-0.15) for metres in range(0, 4_001, 100)]
    wheres = [located.where for located in south_of_brighton]
    assert wheres == sorted(wheres, key=[Where.INSIDE, Where.NEAR, Where.OUTSIDE].index)
    near = [located for located in south_of_brighton if located.where is Where.NEAR]
    assert 1_850 <= near[-1].distance_m <= NEAR_M and len(near) in range(18, 22)


def test_distance_is_in_metres_at_every_latitude() -> None:
    square = [[[(-1.0, 60.0), (-0.9, 60.0), (-0.9, 60.1), (-1.0, 60.1), (-1.0, 60.0)]]]
    scotland = queries.force_by_slug("scotland")
    locator = Locator(forces={"scotland": scotland}, areas={"scotland": square}, ireland=[])
    # 0.02 degrees of longitude at 60.05 north is 1,110 m; the same of latitude would be 2,224 m.
    assert locator.locate(lat=60.05, lon=-0.88).distance_m == pytest.approx(1_110, abs=3)
    assert locator.locate(lat=59.99, lon=-0.95).distance_m == pytest.approx(1_112, abs=3)
    assert locator.locate(lat=59.98, lon=-0.95).where is Where.OUTSIDE


def test_a_point_on_a_common_boundary_always_gives_the_same_answer() -> None:
    def square(west: float) -> list[list[list[tuple[float, float]]]]:
        east = west + 0.1
        return [[[(west, 52.0), (east, 52.0), (east, 52.1), (west, 52.1), (west, 52.0)]]]

    forces = {slug: queries.force_by_slug(slug) for slug in ("suffolk", "norfolk")}
    for areas in ({"suffolk": square(0.0), "norfolk": square(0.1)}, {"norfolk": square(0.1), "suffolk": square(0.0)}):
        located = Locator(forces=forces, areas=areas, ireland=[]).locate(lat=52.05, lon=0.1)
        assert (
            located.where is Where.INSIDE
            and located.force == forces["norfolk"]
            and located.also == (forces["suffolk"],)
        )


def test_a_body_without_an_area_is_never_the_answer() -> None:
    king_s_cross = queries.force_at(lat=51.5308, lon=-0.1238)
    assert king_s_cross.force and king_s_cross.force.slug == "metropolitan"


@given(lat=LATS, lon=LONS)
def test_every_answer_holds_together(lat: float, lon: float) -> None:
    located = queries.force_at(lat=lat, lon=lon)
    assert located == queries.force_at(lat=lat, lon=lon)
    assert (located.force is None) == (located.where is Where.OUTSIDE)
    assert located.force not in located.also and len(set(located.also)) == len(located.also)
    assert all(f.kind is Kind.TERRITORIAL for f in (*located.also, *([located.force] if located.force else [])))
    if located.where is Where.INSIDE:
        assert located.distance_m == 0
    assert 0 <= located.distance_m <= NEAR_M


@given(lat=LATS, lon=LONS, bearing=st.floats(0, 2 * math.pi))
def test_a_step_within_the_tolerance_leads_to_a_force_that_was_named(lat: float, lon: float, bearing: float) -> None:
    here = queries.force_at(lat=lat, lon=lon)
    if here.where is not Where.INSIDE:
        return
    step = (TOLERANCE_M - 20) / 111_195
    there = queries.force_at(
        lat=lat + step * math.cos(bearing), lon=lon + step * math.sin(bearing) / math.cos(math.radians(lat))
    )
    if there.where is Where.INSIDE:
        assert there.force in (here.force, *here.also)


def test_forces_are_facts() -> None:
    forces = queries.forces()
    assert len(forces) == 49 and len({f.slug for f in forces}) == 49
    bodies = {f.slug for f in forces if f.kind is Kind.NON_TERRITORIAL}
    assert bodies == {"btp", "civil-nuclear", "ministry-of-defence", "national-crime-agency"}
    for force in forces:
        assert bool(force.code) == (force.kind is Kind.TERRITORIAL) == (not force.covers)
        assert bool(force.name_cy) == (force.nation == "wales" or force.slug == "btp")
    assert queries.force_by_code("E23000034").name == "City of London Police"
    assert queries.force_by_code("W15000001") == queries.force_by_slug("north-wales")
    with pytest.raises(KeyError):
        queries.force_by_code("")


@pytest.mark.parametrize(
    ("slug", "known"), [("kent", True), ("btp", True), ("Kent", False), ("", False), ("E23000032", False)]
)
def test_is_force(slug: str, known: bool) -> None:
    assert queries.is_force(slug) is known


def test_a_force_that_stands_twice_is_refused() -> None:
    row = {k: str(v) for k, v in asdict(queries.force_by_slug("kent")).items()}
    with pytest.raises(ValueError, match="twice"):
        read_forces([row, {**row, "slug": "other"}])


def test_a_boundary_comes_back_as_it_was_packed() -> None:
    ring = [(-0.1, 51.5), (0.00001, 51.50001), (-7.123, 60.99999), (-0.1, 51.5)]
    assert decode(encode({"coordinates": [[ring]]})) == [[ring]]


def test_the_attributions_are_kept_with_the_data() -> None:
    boundaries, names = queries.attributions()
    assert "Office for National Statistics licensed under the Open Government Licence v.3.0" in boundaries
    assert "Contains OS data © Crown copyright and database right 2023" in boundaries
    assert "GeoNames" in names
    page = (Path(__file__).parents[3] / "docs/reference/places.md").read_text(encoding="utf-8")
    assert boundaries in page and names in page


def test_the_packaged_data_stays_small() -> None:
    folder = Path(str(queries.DATA))
    assert {file.name for file in folder.iterdir()} == {"boundaries.json", "forces.csv", "names.json"}
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_500_000
