"""`bluelamp places`: which force polices a point, and where a place is."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from bluelamp.kernel.places import queries
from bluelamp.kernel.places.domain.force import Force
from bluelamp.kernel.places.domain.locator import Located, Where
from bluelamp.project.cli.screen import console, notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class PlaceError(Exception):
    """A point or a name that cannot be looked up; the text says why."""


# A longitude west of Greenwich begins with a minus and is no option.
@app.command(context_settings={"ignore_unknown_options": True})
def force(lat: float, lon: float, as_json: Json = False) -> None:
    """The force of a point: latitude, then longitude, in degrees."""
    try:
        located = queries.force_at(lat=lat, lon=lon)
    except ValueError as problem:
        raise PlaceError(str(problem)) from problem
    if as_json:
        print_json(
            {
                "where": located.where,
                "force": asdict(located.force) if located.force else None,
                "also": [asdict(other) for other in located.also],
                "distance_m": located.distance_m,
                "irish_border": located.irish_border,
                "attribution": queries.attributions()[0],
            }
        )
    else:
        console.print(_sentence(located), markup=False)
        notes.print(queries.attributions()[0], markup=False)


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="A name; a county, force or nation may stand after a comma.")],
    limit: Annotated[int, typer.Option(help="How many places, at most.")] = 10,
    as_json: Json = False,
) -> None:
    """Places of that name, or nearly that name."""
    try:
        found = queries.find_place(text=text, limit=limit)
    except ValueError as problem:
        raise PlaceError(str(problem)) from problem
    if as_json:
        print_json({"places": [asdict(f) for f in found], "attribution": queries.attributions()[1]})
        return
    print_table(
        title=f"Places like {text}",
        columns=("name", "authority (2021)", "force", "latitude, longitude", "match"),
        rows=[
            (", ".join(filter(None, (p.name, p.name_cy))), p.area, p.force.slug, f"{p.lat} {p.lon}", f.score)
            for f in found
            for p in (f.place,)
        ],
    )
    notes.print(queries.attributions()[1], markup=False)


@app.command(name="list")
def list_forces(as_json: Json = False) -> None:
    """All forces, with the slug that stands in a scope."""
    rows: list[dict[str, Any]] = [asdict(f) for f in queries.forces()]
    if as_json:
        print_json(rows)
        return
    columns = ("slug", "code", "name", "name_cy", "kind", "covers")
    print_table(title="Police forces", columns=columns, rows=[[row[c] for c in columns] for row in rows])


def _sentence(located: Located) -> str:
    also = f" It may belong to {_names(located.also)}: the boundary is near." if located.also else ""
    if located.force is None:
        return f"No force's area: at sea or abroad.{also}"
    near = f" ({located.distance_m} m off its land)" if located.where is Where.NEAR else ""
    border = " The border with Ireland is near." if located.irish_border else ""
    return f"{located.force.name}{near}.{also}{border}"


def _names(forces: tuple[Force, ...]) -> str:
    return " or ".join(force.name for force in forces)
