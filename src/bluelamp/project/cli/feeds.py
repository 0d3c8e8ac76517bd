"""`bluelamp feeds`: evidence coming in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bluelamp.index.feeds import FEEDS, feed_by_id
from bluelamp.index.operations.loading import LoadRefusedError, load_path
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.evidence.queries import quarantined
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(name="list")
def list_feeds(as_json: Json = False) -> None:
    """The feeds that can be loaded, in order of precedence."""
    rows = [
        {
            "id": f.id,
            "title": f.title,
            "publisher": f.publisher,
            "licence": f.licence,
            "cadence": f.cadence,
            "table": f.table,
            "precedence": f.precedence,
            "url": f.url,
        }
        for f in FEEDS
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("id", "title", "licence", "cadence", "table")
    print_table(title="Feeds", columns=columns, rows=[[r[c] for c in columns] for r in rows])


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    feed: Annotated[str, typer.Option(help="The feed's id; else it is recognised.")] = "",
    as_json: Json = False,
) -> None:
    """Load one file. Loading it again changes nothing."""
    try:
        chosen = feed_by_id(feed) if feed else None
    except KeyError as unknown:
        raise LoadRefusedError(f"There is no feed {feed!r}. See: bluelamp feeds list") from unknown
    with notes.status(f"Loading {file.name} ..."):
        loaded = load_path(path=file, feed=chosen, now=datetime.now(tz=UTC))
    if as_json:
        print_json({**_load_row(loaded.load), "repeated": loaded.repeated})
        return
    done = loaded.load
    if loaded.repeated:
        notes.print(f"{file.name} was loaded before; nothing changed.")
        return
    state = done.get_status_display()
    notes.print(f"{done.rows:,} rows loaded from {file.name} by {done.feed_id} ({state}), {done.quarantined} not.")
    if done.table == "sightings":
        notes.print(
            f"{done.to_product:,} belong to a product, {done.maker_only} to a maker only, {done.unmapped} to neither."
        )
        notes.print("Build a new edition with: bluelamp index build")


@app.command()
def status(as_json: Json = False) -> None:
    """Every load: what it brought and whether it is in use."""
    rows = [_load_row(item) for item in Load.objects.select_related("source")]
    if as_json:
        print_json(rows)
        return
    columns = ("added_at", "feed", "status", "rows", "quarantined", "to_product", "maker_only", "unmapped", "newest")
    print_table(title="Loads, oldest first", columns=columns, rows=[[r[c] for c in columns] for r in rows])


@app.command()
def quarantine(
    limit: Annotated[int, typer.Option(min=1, help="The most rows to print.")] = 50, as_json: Json = False
) -> None:
    """Rows that could not be used, newest load first, with the reason."""
    every = quarantined()
    rows = [{"feed": q.load.feed_id, "line": q.line, "reason": q.reason, "raw": q.raw} for q in every[:limit]]
    if as_json:
        print_json({"total": every.count(), "rows": rows})
        return
    columns = ("feed", "line", "reason")
    print_table(title=f"{every.count()} rows put aside", columns=columns, rows=[[r[c] for c in columns] for r in rows])


def _load_row(item: Load) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "added_at": item.added_at.isoformat(timespec="seconds"),
        "feed": item.feed_id,
        "source": item.source_id,
        "status": item.status,
        "rows": item.rows,
        "quarantined": item.quarantined,
        "to_product": item.to_product,
        "maker_only": item.maker_only,
        "unmapped": item.unmapped,
        "newest": str(item.last_on or ""),
        "content_hash": item.content_hash,
    }
