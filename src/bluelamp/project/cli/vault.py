"""`bluelamp vault`: the keys of personal data."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.vault import queries
from bluelamp.kernel.vault.operations import rotate_master
from bluelamp.project.cli.screen import notes, print_json

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def rotate(as_json: Json = False) -> None:
    """Make a new master key and wrap every record's key anew. Cut short, the next run goes on."""
    now = datetime.now(tz=UTC)
    with notes.status("Wrapping the keys anew ..."):
        done = rotate_master(now=now)
    detail: dict[str, str | int] = {"master": done.master, "rewrapped": done.rewrapped}
    record(actor="system", action="vault.rotated", detail=detail, now=now)
    if as_json:
        print_json(detail)
    else:
        notes.print(f"{done.rewrapped:,} keys are wrapped by the new master key {done.master}. Back up HOME/keys.")


@app.command()
def status(as_json: Json = False) -> None:
    """Count the keys; exit code 1 where one cannot be opened with the master keys here."""
    found = queries.status()
    if as_json:
        print_json(asdict(found))
    else:
        notes.print(
            f"Master key {found.master or 'not made yet'}: {found.live:,} keys in use, {found.erased:,} erased."
        )
        if found.waiting:
            notes.print(f"{found.waiting:,} wait for the new master key. Run: bluelamp vault rotate")
        if found.lost:
            notes.print(f"{found.lost:,} need a master key that is not here. Restore HOME/keys/master from a backup.")
    raise typer.Exit(code=int(bool(found.lost)))
