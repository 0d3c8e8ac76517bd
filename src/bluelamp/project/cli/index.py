"""`bluelamp index`: the Security Index."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.editions import NoEvidenceError, base_numbered, build_edition, verify_edition
from bluelamp.index.operations.export import export_csv, export_json
from bluelamp.index.operations.package import package_files
from bluelamp.index.operations.printing import printed
from bluelamp.index.publishing_queries import drafts
from bluelamp.index.queries import named_rows, newest_edition, out_editions
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.project.cli.screen import console, notes, print_json, print_table
from bluelamp.project.site import write_site

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_MOST_REFS = 20
SPECIMEN = (
    "Specimen: one list, the authority's; it contains no UK crime data and counts no crimes. Not official statistics."
)


@app.command()
def build(
    base: Annotated[int | None, typer.Option(help="Number of the edition that trends are also held against.")] = None,
    as_json: Json = False,
) -> None:
    """Build an edition from the evidence loaded. The same evidence and base give the edition that is there."""
    held = None if base is None else base_numbered(number=base)
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
def show(top: Annotated[int, typer.Option(min=1, help="How many products.")] = 20, as_json: Json = False) -> None:
    """The products with the highest lower bound of the 90 % interval (sorted by it)."""
    edition = _newest()
    rows = list(named_rows(edition=edition).order_by("-low", "-last_seen", "product_key")[:top])
    if as_json:
        print_json(
            {
                "edition": _edition(edition),
                "note": SPECIMEN,
                "sorted_by": "lower bound of the 90 % interval",
                "products": [_row(r) for r in rows],
            }
        )
    else:
        _print_rows(edition, rows)


@app.command()
def verify(
    number: Annotated[int | None, typer.Argument(help="The edition's number; else the newest.")] = None,
    as_json: Json = False,
) -> None:
    """Build an edition again from its frozen input, compare every figure; exit code 1 where one differs."""
    edition = _newest() if number is None else Edition.objects.filter(number=number).order_by("-revision").first()
    if edition is None:
        raise NoEvidenceError(f"There is no edition {number}.")
    checked = verify_edition(edition=edition)
    if as_json:
        print_json({"edition": _edition(edition), "same": checked.same, "differences": list(checked.differences)})
    elif checked.same:
        notes.print(f"{edition}: {edition.rows.count()} products built again, every published figure is the same.")
    else:
        for line in checked.differences[:20]:
            notes.print(line, markup=False)
        notes.print(f"{edition} does NOT verify: {len(checked.differences)} differences.")
    raise typer.Exit(code=int(not checked.same))


@app.command()
def export(
    folder: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path(), as_json: Json = False
) -> None:
    """Write the edition as CSV, JSON and a data package; `specimen` stands in the names, the headers and every row."""
    edition = _newest()
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"bluelamp-{edition.status}-{edition.label}"
    rows = list(named_rows(edition=edition).order_by("product_key"))
    contents = {
        f"{stem}.csv": export_csv(edition=edition, rows=rows).encode(),
        f"{stem}.json": export_json(edition=edition, rows=rows).encode(),
        **{f"{stem}/{name}": content for name, content in package_files(edition=edition).items()},
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    _wrote([folder / name for name in contents], as_json=as_json)


@app.command(name="print")
def print_edition(
    out: Annotated[Path, typer.Option("--out", help="PDF file to write.")] = Path("bluelamp.pdf"),
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    as_json: Json = False,
) -> None:
    """Write the edition to print: a tagged PDF (PDF/UA-1); a specimen says so across every page."""
    if language not in ("en", "cy"):
        raise typer.BadParameter("en or cy", param_hint="--language")
    out.write_bytes(printed(edition=_newest(), language=language))
    _wrote([out], as_json=as_json)


@app.command()
def site(
    folder: Annotated[Path, typer.Option("--out", help="New folder to write to.")],
    address: Annotated[str, typer.Option(help="Where it will stand, for the feed: https://...")] = "",
    specimen: Annotated[bool, typer.Option(help="Write a specimen too, to look at; never to publish.")] = False,
    as_json: Json = False,
) -> None:
    """Write the public pages as files, in both languages, for any file server or none."""
    # A line of the log for each page would tell nobody anything.
    logging.getLogger("bluelamp.request").setLevel(logging.WARNING)
    with notes.status("Writing pages ...") as status:
        written = write_site(
            folder=folder, address=address, specimen=specimen, tell=lambda n: status.update(f"{n} files ...")
        )
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


def _wrote(paths: list[Path], *, as_json: bool) -> None:
    if as_json:
        print_json({"files": [str(p) for p in paths]})
    else:
        notes.print("\n".join(str(p) for p in paths))


def print_summary(*, top: int) -> None:
    """The table that `bluelamp start` prints."""
    edition = _newest()
    _print_rows(edition, list(named_rows(edition=edition).order_by("-low", "-last_seen", "product_key")[:top]))
    covered = edition.coverage
    console.print(
        f"{covered['entries']} entries in the period: {covered['to_product']} belong to a product, "
        f"{covered['maker_only']} to a maker only, {covered['unmapped']} to neither.\n{SPECIMEN}"
    )


def _newest() -> Edition:
    edition = newest_edition()
    if edition is None:
        raise NoEvidenceError("There is no edition yet. Make one with: bluelamp setup")
    return edition


def _print_rows(edition: Edition, rows: list[EditionRow]) -> None:
    print_table(
        title=f"{edition}: dates on which an authority confirmed exploitation, {edition.period_start} to "
        f"{edition.period_end}{_beside(edition)}; sorted by the lower bound of the 90 % interval",
        columns=("product", "category", "dates", "a year", "90 % interval", "band", "newest"),
        rows=[
            (
                r.product_name,
                CATEGORIES[r.category].singular,
                r.dates,
                f"{r.rate:.1f}",
                f"{r.low:.2f} to {r.high:.2f}",
                r.band.replace("-", " "),
                r.last_seen,
            )
            for r in rows
        ],
    )


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
