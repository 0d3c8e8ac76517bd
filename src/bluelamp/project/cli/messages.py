"""`bluelamp messages`: notices to people."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bluelamp.kernel.messaging.channels import configured
from bluelamp.kernel.messaging.operations.sending import send_due
from bluelamp.kernel.messaging.queries import status as status_of_messages
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
