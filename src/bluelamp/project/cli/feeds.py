"""`bluelamp feeds`: evidence coming in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings

from bluelamp.index.feeds import FEEDS, feed_by_id
from bluelamp.index.operations.loading import LoadRefusedError, load_path
from bluelamp.index.operations.pulling import Pulled, pull_all, pullable, scheduled
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.evidence.queries import quarantined
from bluelamp.kernel.fetching.operations import standard_fetcher
from bluelamp.kernel.fetching.queries import state_of
from bluelamp.project.cli.screen import notes, print_json, print_listed, print_table

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
            "pull_url": f.pull_url,
        }
        for f in FEEDS
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("id", "cadence", "table")
    listed = [([r[c] for c in columns], f"{r['title']}. {r['licence']}") for r in rows]
    print_listed(title="Feeds", columns=columns, rows=listed)


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
    if done.repeated:
        notes.print(f"{done.repeated:,} stood in this file or an earlier one already and are counted once.")
    if done.table == "units":
        notes.print("Build a new edition with: bluelamp index build")
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
    came = ("added_at", "feed", "status", "rows", "quarantined", "duplicates")
    columns = (*came, "to_product", "maker_only", "unmapped", "newest")
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
    cells = [[r[c] for c in columns] for r in rows]
    print_table(title=f"{every.count()} rows put aside", columns=columns, rows=cells, whole=("feed",))


@app.command()
def pull(
    feed: Annotated[list[str] | None, typer.Argument(help="Ids of feeds; see: bluelamp feeds schedule")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every feed of the schedule.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Those whose time has come, such as from cron.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch feeds from their publishers and load them; exit code 1 where one failed."""
    if bool(feed) + every + due != 1:
        raise LoadRefusedError("Name the feeds to pull, or write --all or --due. See: bluelamp feeds schedule")
    now = datetime.now(tz=UTC)
    chosen = [pullable(feed_id) for feed_id in feed or ()] or scheduled(due_at=now if due else None)
    with notes.status("Fetching ..."):
        done = pull_all(feeds=chosen, now=now, fetcher=standard_fetcher())
    if as_json:
        print_json([_pull_row(p) for p in done])
    else:
        _print_pulled(done)
    raise typer.Exit(code=int(any(p.outcome == "failed" for p in done)))


@app.command()
def schedule(as_json: Json = False) -> None:
    """What can be fetched, from where, how often; when it last was, what failed, when it is due."""
    rows = []
    for f in (f for f in FEEDS if f.pull_url):
        state = state_of(name=f.id)
        rows.append(
            {
                "feed": f.id,
                "hours": f.every.total_seconds() / 3600,
                "scheduled": f in scheduled(),
                "checked_at": _when(state.checked_at if state else None),
                "changed_at": _when(state.changed_at if state else None),
                "failures": state.failures if state else 0,
                "next_at": _when(state.next_at if state else None),
                "last_error": state.last_error if state else "",
                "url": f.pull_url,
            }
        )
    if as_json:
        print_json({"on": settings.BLUELAMP_PULL, "feeds": rows})
        return
    columns = ("feed", "hours", "scheduled", "checked_at", "changed_at", "failures", "next_at", "last_error")
    title = "Fetching on schedule is " + ("on" if settings.BLUELAMP_PULL else "off: set BLUELAMP_PULL=1")
    print_table(title=title, columns=columns, rows=[[r[c] for c in columns] for r in rows], whole=("feed",))


def _when(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _print_pulled(done: list[Pulled]) -> None:
    if not done:
        notes.print("Nothing is due.")
    for p in done:
        words = {
            "loaded": f"{p.load.rows if p.load else 0:,} rows loaded",
            "known": "the same content was loaded before",
            "unchanged": "nothing new",
            "failed": p.error,
        }
        notes.print(f"{p.feed_id}: {words[p.outcome]}", markup=False)
    if any(p.load and p.load.table == "sightings" and p.outcome == "loaded" for p in done):
        notes.print("Build a new edition with: bluelamp index build")


def _pull_row(p: Pulled) -> dict[str, Any]:
    load = _load_row(p.load) if p.load else None
    return {
        "feed": p.feed_id,
        "outcome": p.outcome,
        "bytes": p.bytes,
        "error": p.error,
        "next_at": _when(p.next_at),
        "load": load,
    }


def _load_row(item: Load) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "added_at": item.added_at.isoformat(timespec="seconds"),
        "feed": item.feed_id,
        "source": item.source_id,
        "status": item.status,
        "rows": item.rows,
        "duplicates": item.repeated,
        "quarantined": item.quarantined,
        "to_product": item.to_product,
        "maker_only": item.maker_only,
        "unmapped": item.unmapped,
        "newest": str(item.last_on or ""),
        "content_hash": item.content_hash,
    }
