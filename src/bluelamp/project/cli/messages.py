"""`bluelamp messages`: notices to people."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from bluelamp.kernel.messaging.channels import configured
from bluelamp.kernel.messaging.operations import holding
from bluelamp.kernel.messaging.operations.sending import send_due
from bluelamp.kernel.messaging.queries import held as held_messages
from bluelamp.kernel.messaging.queries import status as status_of_messages
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Ids = Annotated[list[UUID] | None, typer.Argument(metavar="[ID]...", help="Ids of held messages.")]
All = Annotated[bool, typer.Option("--all", help="All held messages.")]


@app.command()
def status(as_json: Json = False) -> None:
    """How many messages are in each state, and which channels are set up."""
    found = status_of_messages(now=datetime.now(tz=UTC))
    channels = {kind: channel.id for kind, channel in configured().items()}
    if as_json:
        print_json({**asdict(found), "channels": channels})
        return
    print_table(title="Messages", columns=("state", "number"), rows=found.states.items())
    for kind in ("email", "sms"):
        notes.print(f"{kind}: {channels.get(kind, 'no channel is set up; live messages wait')}")
    since = f", the oldest since {found.oldest_due_at:%Y-%m-%d %H:%M}" if found.oldest_due_at else ""
    notes.print(f"{found.due} due{since}.")
    notes.print(f"Contacts: {found.suppressed_contacts} suppressed, {found.unsafe_contacts} not safe.")


@app.command()
def send(
    limit: Annotated[int, typer.Option(min=1, help="The most messages to hand over.")] = 100, as_json: Json = False
) -> None:
    """Hand over what is due now. What is not live goes to the sink and reaches nobody."""
    done = send_due(now=datetime.now(tz=UTC), channels=configured(), limit=limit)
    if as_json:
        print_json(done)
        return
    notes.print(", ".join(f"{number} {state}" for state, number in sorted(done.items())) or "Nothing was due.")


@app.command()
def held(as_json: Json = False) -> None:
    """Messages that a restore holds: they were waiting in the backup and may have been sent since."""
    rows = [
        {
            "id": str(m.pk),
            "queued": m.added_at.isoformat(timespec="seconds"),
            "contact": str(m.contact_id),
            "template": m.template,
        }
        for m in held_messages()
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ("id", "queued", "contact", "template")
        print_table(title="Held messages", columns=columns, rows=[list(row.values()) for row in rows])


@app.command()
def release(ids: Ids = None, everything: All = False, as_json: Json = False) -> None:
    """Let held messages be sent."""
    chosen, now = _chosen(ids, everything), datetime.now(tz=UTC)
    for message_id in chosen:
        holding.release(message_id=message_id, by="system", now=now)
    _tell("released", chosen, as_json=as_json)


@app.command()
def drop(ids: Ids = None, everything: All = False, as_json: Json = False) -> None:
    """Never send held messages."""
    chosen, now = _chosen(ids, everything), datetime.now(tz=UTC)
    for message_id in chosen:
        holding.drop(message_id=message_id, by="system", now=now)
    _tell("dropped", chosen, as_json=as_json)


def _chosen(ids: list[UUID] | None, everything: bool) -> list[UUID]:
    if bool(ids) == everything:
        raise typer.BadParameter("Name the messages, or --all.")
    return list(dict.fromkeys(ids)) if ids else [m.pk for m in held_messages()]


def _tell(what: str, chosen: list[UUID], *, as_json: bool) -> None:
    if as_json:
        print_json({what: [str(message_id) for message_id in chosen]})
    else:
        notes.print(f"{len(chosen)} {what}.")
