"""`bluelamp clients`: programs that may use our APIs."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from bluelamp.kernel.clients import operations
from bluelamp.kernel.clients.domain.scopes import SCOPES
from bluelamp.kernel.clients.models import Client
from bluelamp.kernel.clients.operations import ClientError
from bluelamp.kernel.clients.queries import clients, state_of
from bluelamp.kernel.people.queries import organisations
from bluelamp.project.cli.screen import console, notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[UUID, typer.Argument(help="The program's id (see list).")]
COLUMNS = ("id", "name", "organisation", "state", "origin", "scopes", "keys", "expires", "last_used", "uses")


@app.command(name="add")
def add(
    name: Annotated[str, typer.Option(help="The program's name.")],
    scope: Annotated[list[str], typer.Option(help=f"What it may do, once for each: {', '.join(SCOPES)}.")],
    origin: Annotated[str, typer.Option(help="live, or test for a sandbox: everything it sends is a test.")] = "test",
    organisation: Annotated[str, typer.Option(help="The name of its organisation.")] = "",
    days: Annotated[int, typer.Option(min=1, help="For how many days it is let in.")] = 365,
    per_minute: Annotated[int, typer.Option(min=1, help="How often it may ask in a minute.")] = 60,
    as_json: Json = False,
) -> None:
    """Let a program in and print its key, once: only a digest of it is kept."""
    client, key = operations.add_client(
        actor=None,
        name=name,
        scopes=scope,
        origin=origin,
        organisation=_organisation(organisation) if organisation else None,
        lives=timedelta(days=days),
        per_minute=per_minute,
        now=datetime.now(tz=UTC),
    )
    _tell(client_id=client.pk, key=key, as_json=as_json)


@app.command(name="list")
def list_clients(as_json: Json = False) -> None:
    """Every program: whose it is, what it may do, its keys by their beginnings, its use."""
    now = datetime.now(tz=UTC)
    rows = [_row(client, now) for client in clients(now=now)]
    if as_json:
        print_json(rows)
        return
    print_table(title="Programs", columns=COLUMNS, rows=[[row[c] for c in COLUMNS] for row in rows])


@app.command()
def rotate(
    client: Which,
    overlap: Annotated[int, typer.Option(min=0, help="For how many days the key before goes on working.")] = 7,
    as_json: Json = False,
) -> None:
    """Print a new key; the one before ends after the overlap."""
    overlapping = timedelta(days=overlap)
    key = operations.rotate(actor=None, client_id=client, overlap=overlapping, now=datetime.now(tz=UTC))
    _tell(client_id=client, key=key, as_json=as_json)


@app.command()
def revoke(client: Which) -> None:
    """Shut a program out at once, with every key."""
    operations.revoke(actor=None, client_id=client, now=datetime.now(tz=UTC))
    notes.print("Shut out. What it sent stays.")


def _tell(*, client_id: UUID, key: str, as_json: bool) -> None:
    if as_json:
        print_json({"id": str(client_id), "key": key})
        return
    notes.print(f"Program {client_id}. Its key is shown once; pass it on by a safe way:")
    console.print(key, soft_wrap=True, highlight=False)


def _organisation(name: str) -> UUID:
    found = organisations().filter(name__iexact=name.strip()).first()
    if found is None:
        raise ClientError(f"There is no organisation named {name.strip()}: add it at the desk first.")
    return found.pk


def _row(client: Client, now: datetime) -> dict[str, Any]:
    return {
        "id": str(client.pk),
        "name": client.name,
        "organisation": client.organisation.name if client.organisation else "",
        "state": state_of(client=client, now=now),
        "origin": client.origin,
        "scopes": " ".join(client.scopes),
        "keys": " ".join(key.prefix for key in client.__dict__["live_keys"]),
        "expires": str(client.expires_at.date()),
        "last_used": str(client.last_used_on or ""),
        "uses": client.__dict__["uses"] or 0,
    }
