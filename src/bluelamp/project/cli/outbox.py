"""`bluelamp outbox`: what waits to be delivered, what was given up, what runs when."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from django.db import transaction

from bluelamp.kernel.outbox import operations
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.queries import JobState, backlog, dead_letters, schedule
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Ids = Annotated[list[UUID], typer.Argument(metavar="ID...", help="Ids that `bluelamp outbox dead` shows.")]


@app.command()
def status(as_json: Json = False) -> None:
    """How much waits, and when each job ran and will run."""
    now = datetime.now(tz=UTC)
    waiting, jobs = backlog(now=now), [_job(state) for state in schedule(now=now)]
    age = None if waiting.oldest is None else round(waiting.oldest.total_seconds())
    counts = {
        "waiting": waiting.waiting,
        "leased": waiting.leased,
        "failing": waiting.failing,
        "dead": waiting.dead,
        "unknown": waiting.unknown,
        "oldest_seconds": age,
    }
    if as_json:
        print_json({"deliveries": counts, "jobs": jobs})
        return
    columns = ("name", "title", "next", "finished", "failures", "error")
    print_table(title="Jobs", columns=columns, rows=[[job[c] or "" for c in columns] for job in jobs])
    notes.print(
        f"{waiting.waiting} deliveries wait ({waiting.leased} in work, {waiting.failing} failed so far), "
        f"{waiting.dead} dead letters." + ("" if age is None else f" The oldest has waited {age:,} seconds.")
    )
    for name, number in waiting.unknown.items():
        notes.print(f"{number} are kept for {name!r}, which this version of the program does not know.", markup=False)


@app.command()
def dead(
    limit: Annotated[int, typer.Option(min=1, help="The most rows to print.")] = 50, as_json: Json = False
) -> None:
    """Dead letters, oldest first: what was given up, and why."""
    every = dead_letters()
    rows = [_letter(letter) for letter in every[:limit]]
    if as_json:
        print_json({"total": every.count(), "rows": rows})
        return
    columns = ("id", "event", "handler", "attempts", "dead", "error")
    print_table(title=f"{every.count()} dead letters", columns=columns, rows=[[r[c] for c in columns] for r in rows])


@app.command()
def revive(ids: Ids, as_json: Json = False) -> None:
    """Let dead letters be tried again: all that are named, or none where one is no dead letter."""
    with transaction.atomic():
        for delivery_id in ids:
            operations.revive(delivery_id=delivery_id, now=datetime.now(tz=UTC))
    _say(ids, "will be tried again", as_json)


@app.command()
def discard(ids: Ids, as_json: Json = False) -> None:
    """Put dead letters away for good: all that are named, or none where one is no dead letter."""
    with transaction.atomic():
        for delivery_id in ids:
            operations.discard(delivery_id=delivery_id, now=datetime.now(tz=UTC))
    _say(ids, "put away", as_json)


def _say(ids: list[UUID], what: str, as_json: bool) -> None:
    if as_json:
        print_json({"ids": [str(i) for i in ids]})
    else:
        notes.print(f"{len(ids)} {what}.")


def _letter(row: Delivery) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "event": row.event,
        "payload": row.payload,
        "handler": row.handler,
        "attempts": row.attempts,
        "created": _time(row.created_at),
        "dead": _time(row.dead_at),
        "error": row.last_error,
    }


def _job(state: JobState) -> dict[str, Any]:
    return {
        "name": state.name,
        "title": state.title or "not known to this version",
        "known": state.title is not None,
        "every_seconds": None if state.every is None else int(state.every.total_seconds()),
        "next": _time(state.next_at),
        "started": _time(state.last_started),
        "finished": _time(state.last_finished),
        "failures": state.failures,
        "error": state.last_error,
        "running": state.running,
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None
