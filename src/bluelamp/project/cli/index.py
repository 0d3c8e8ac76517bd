"""`bluelamp index`: the Security Index."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.editions import base_numbered, build_edition, verify_edition
from bluelamp.index.operations.export import export_csv, export_json, note_of
from bluelamp.index.operations.package import package_files
from bluelamp.index.operations.printing import printed
from bluelamp.index.publishing_queries import drafts
from bluelamp.index.queries import named_rows, out_editions
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.project.cli.editions import HELP, chosen_edition, exact, newest, numbers_of
from bluelamp.project.cli.progress import pages_progress
from bluelamp.project.cli.screen import console, notes, print_json, print_listed, print_table
from bluelamp.project.site import write_site
from bluelamp.ui.figures import shown

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EditionName = Annotated[str, typer.Argument(metavar="[EDITION]", help=HELP, show_default=False)]
_MOST_REFS = 20
SPECIMEN = (
    "Specimen: one list, the authority's; it contains no UK crime data and counts no crimes. Not official statistics."
)


@app.command()
def build(
    base: Annotated[str, typer.Option(help="Edition that trends are also held against: 3 or 3.1.")] = "",
    as_json: Json = False,
) -> None:
    """Build an edition from the evidence loaded. The same evidence and base give the edition that is there."""
    number, revision = numbers_of(name=base) if base else (0, None)
    held = base_numbered(number=number, revision=revision) if base else None
    with notes.status("Building the edition ..."):
        edition, new = build_edition(now=datetime.now(tz=UTC), base=held)
    if as_json:
        print_json({**_edition(edition), "new": new})
    else:
        notes.print(
            f"{'Built' if new else 'Unchanged:'} {edition}, {edition.period_start} to {edition.period_end}"
            f"{_beside(edition)}."
        )
        for ref in edition.coverage.get("rejected", [])[:_MOST_REFS]:
            notes.print(f"{ref} was rejected: what was seen under it is left out.")


@app.command()
def show(
    name: EditionName = "",
    top: Annotated[int, typer.Option(min=1, help="How many products.")] = 20,
    as_json: Json = False,
) -> None:
    """The products with the highest lower bound of the 90 % interval (sorted by it)."""
    edition = chosen_edition(name=name)
    rows = list(named_rows(edition=edition).order_by("-low", "-last_seen", "product_key")[:top])
    if as_json:
        print_json(
            {
                "edition": _edition(edition),
                "note": note_of(edition=edition),
                "sorted_by": "lower bound of the 90 % interval",
                "products": [_row(r) for r in rows],
            }
        )
    else:
        _print_rows(edition, rows)


@app.command()
def verify(name: EditionName = "", as_json: Json = False) -> None:
    """Build an edition again from its frozen input, compare every figure; exit code 1 where one differs."""
    edition = chosen_edition(name=name, shown=False)
    checked = verify_edition(edition=edition)
    if as_json:
        print_json({"edition": _edition(edition), "same": checked.same, "differences": list(checked.differences)})
    elif checked.same:
        built = f"{edition.rows.count()} products built again, every published figure is the same."
        notes.print(f"{exact(edition=edition)}: {built}")
    else:
        for line in checked.differences[:20]:
            notes.print(line, markup=False)
        notes.print(f"{exact(edition=edition)} does NOT verify: {len(checked.differences)} differences.")
    raise typer.Exit(code=int(not checked.same))


@app.command()
def export(
    name: EditionName = "",
    folder: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path(),
    as_json: Json = False,
) -> None:
    """Write the edition as CSV, JSON and a data package; `specimen` stands in the names, the headers and every row."""
    edition = chosen_edition(name=name)
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"bluelamp-{edition.status}-{edition.label}"
    rows = list(named_rows(edition=edition).order_by("product_key"))
    contents = {
        f"{stem}.csv": export_csv(edition=edition, rows=rows).encode(),
        f"{stem}.json": export_json(edition=edition, rows=rows).encode(),
        **{f"{stem}/{file}": content for file, content in package_files(edition=edition).items()},
    }
    for path, content in contents.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    _wrote(edition, [folder / path for path in contents], as_json=as_json)


@app.command(name="print")
def print_edition(
    name: EditionName = "",
    out: Annotated[Path, typer.Option("--out", help="PDF file to write.")] = Path("bluelamp.pdf"),
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    as_json: Json = False,
) -> None:
    """Write the edition to print: a tagged PDF (PDF/UA-1); a specimen says so across every page."""
    if language not in ("en", "cy"):
        raise typer.BadParameter("en or cy", param_hint="--language")
    edition = chosen_edition(name=name)
    out.write_bytes(printed(edition=edition, language=language))
    _wrote(edition, [out], as_json=as_json)


@app.command()
def site(
    folder: Annotated[Path, typer.Option("--out", help="New folder to write to.")],
    address: Annotated[str, typer.Option(help="Where it will stand, for links in the feed: https://...")] = "",
    specimen: Annotated[bool, typer.Option(help="Write a specimen too, to look at; never to publish.")] = False,
    as_json: Json = False,
) -> None:
    """Write the public pages as files, in both languages, for any file server or none."""
    # A line of the log for each page would tell nobody anything.
    logging.getLogger("bluelamp.request").setLevel(logging.WARNING)
    with pages_progress() as tell:
        written = write_site(folder=folder, address=address, specimen=specimen, tell=tell)
    if as_json:
        print_json({"folder": str(folder), "files": len(written.files), "failed": written.failed})
    else:
        notes.print(f"{len(written.files)} files in {folder}. Open {folder / 'index.html'}")
        for line in written.failed[:20]:
            notes.print(line, markup=False)
    raise typer.Exit(code=int(bool(written.failed)))


@app.command()
def editions(as_json: Json = False) -> None:
    """Drafts, and everything that was ever published, with corrections and withdrawals."""
    found = [
        {
            "id": str(e.id),
            "number": e.label,
            "status": e.status,
            "origin": e.origin,
            "period": [str(e.period_start), str(e.period_end)],
            "published_at": e.published_at.isoformat() if e.published_at else None,
            "reason": e.withdrawn_reason or e.reason,
        }
        for e in (*drafts(), *out_editions())
    ]
    if as_json:
        print_json({"editions": found})
    else:
        columns = ("number", "status", "origin", "period", "published_at", "reason")
        print_table(title="Editions", columns=columns, rows=[[_told(e[c]) for c in columns] for e in found])


def _told(value: object) -> object:
    return " to ".join(value) if isinstance(value, list) else "" if value is None else value


def _wrote(edition: Edition, paths: list[Path], *, as_json: bool) -> None:
    if as_json:
        print_json({"edition": f"{edition.number}.{edition.revision}", "files": [str(p) for p in paths]})
    else:
        notes.print(f"{exact(edition=edition)}:")
        notes.print("\n".join(str(p) for p in paths))


def print_summary(*, top: int) -> None:
    """The table that `bluelamp start` prints."""
    edition = newest()
    _print_rows(edition, list(named_rows(edition=edition).order_by("-low", "-last_seen", "product_key")[:top]))
    covered = edition.coverage
    console.print(
        f"{covered['entries']} entries in the period: {covered['to_product']} belong to a product, "
        f"{covered['maker_only']} to a maker only, {covered['unmapped']} to neither.\n{SPECIMEN}"
    )


def _print_rows(edition: Edition, rows: list[EditionRow]) -> None:
    period = f"{edition.period_start} to {edition.period_end}"
    print_listed(
        title=f"{exact(edition=edition)}: dates on which an authority confirmed exploitation, {period}"
        f"{_beside(edition)}; sorted by the lower bound of the 90 % interval. A year: mean and 90 % interval, with "
        "what products of the same kind show, and counted alone.",
        columns=("product", "dates", "a year", "counted alone", "band"),
        rows=[
            (
                (
                    r.product_name,
                    r.dates,
                    _yearly(r.shrunk, r.low, r.high),
                    _yearly(r.rate, r.jeffreys_low, r.jeffreys_high),
                    r.band.replace("-", " "),
                ),
                f"{CATEGORIES[r.category].singular}, newest {r.last_seen}",
            )
            for r in rows
        ],
    )


def _yearly(mean: float, low: float, high: float) -> str:
    return f"{shown(mean)} ({shown(low)} to {shown(high)})"


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "id": str(edition.id),
        "number": edition.number,
        "revision": edition.revision,
        "status": edition.status,
        "period": [str(edition.period_start), str(edition.period_end)],
        "base": _base(edition.base) if edition.base else None,
        "input_hash": edition.input_hash,
        "figures_hash": edition.figures_hash,
        "code_version": edition.code_version,
        "coverage": edition.coverage,
    }


def _base(base: Edition) -> dict[str, Any]:
    return {"number": base.label, "status": base.status, "period": [str(base.period_start), str(base.period_end)]}


def _beside(edition: Edition) -> str:
    """The base edition in words; "" without one."""
    base = edition.base
    return f", beside edition {base.label} ({base.period_start} to {base.period_end})" if base else ""


def _row(row: EditionRow) -> dict[str, Any]:
    names = (
        "product_key",
        "product_name",
        "maker_name",
        "category",
        "dates",
        "dates_before",
        "rate",
        "shrunk",
        "low",
        "high",
        "jeffreys_low",
        "jeffreys_high",
        "band",
        "rank_low",
        "rank_high",
        "trend",
        "base_dates",
        "since_base",
        "base_trend",
        "first_seen",
        "last_seen",
    )
    return {"status": row.edition.status, **{n: getattr(row, n) for n in names}}
