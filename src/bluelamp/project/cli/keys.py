"""`bluelamp keys`: the key files of this home. Loss of each: docs/howto/loss-drill.md."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bluelamp.kernel.audit.operations import record
from bluelamp.project.cli.screen import notes, print_json, print_table
from bluelamp.project.keeping.keys import bring_back, key_states, rotate_secret

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def status(as_json: Json = False) -> None:
    """The key files: there or not, private or not, what each is for. Exit code 1 where one can be read by others."""
    states = key_states()
    rows = [
        {
            "name": s.use.name,
            "there": s.there,
            "private": s.private,
            "changed": s.changed.isoformat(timespec="seconds") if s.changed else None,
            "purpose": s.use.purpose,
            "new": s.use.renew,
            "lost_with_it": s.use.loss,
            "path": str(s.path),
        }
        for s in states
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ("name", "there", "private", "changed", "purpose", "new", "lost_with_it")
        print_table(title="Keys", columns=columns, rows=[[row[c] for c in columns] for row in rows])
    raise typer.Exit(code=int(not all(s.private for s in states)))


@app.command(name="rotate-secret")
def rotate(
    forget: Annotated[
        bool, typer.Option("--forget", help="The old one opens nothing: everybody signs in again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a new Django secret. Start the servers again afterwards."""
    path = rotate_secret(keep_old=not forget)
    detail: dict[str, str | int] = {"old": "forgotten" if forget else "kept for two days"}
    record(actor="system", action="keys.secret-rotated", detail=detail, now=datetime.now(tz=UTC))
    if as_json:
        print_json({"path": str(path), **detail})
    else:
        notes.print(f"New secret; the old one is {detail['old']}. Start the servers again now.")


@app.command(name="bring-back")
def bring(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", exists=True, help="A backup or its keys part.")],
    as_json: Json = False,
) -> None:
    """Copy the key files that are gone from a backup. None that is there is replaced."""
    names = bring_back(source=source)
    if as_json:
        print_json({"brought_back": names})
    else:
        notes.print(f"Brought back: {', '.join(names)}." if names else "No key was gone that the backup holds.")
