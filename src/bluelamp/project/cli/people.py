"""`bluelamp people`: the first administrator, and the table of who may do what."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from django.conf import settings

from bluelamp.kernel.people.operations.accounts import first_administrator, sign_in_path
from bluelamp.kernel.people.operations.recovery import recover_administrator as remove_factor
from bluelamp.project.cli.screen import console, notes, print_json, print_table
from bluelamp.project.matrix import markdown, rows

app = typer.Typer(no_args_is_help=True)
Email = Annotated[str, typer.Option(help="The person's e-mail address.")]


@app.command(name="first-administrator")
def first(email: Email, name: Annotated[str, typer.Option(help="The person's name.")] = "") -> None:
    """Make the first administrator and print the one-time link with which they choose a password."""
    user = first_administrator(email=email, name=name, now=datetime.now(tz=UTC))
    notes.print("Open this link within a day, choose a password, sign in, set up a second factor:")
    console.print(_address(sign_in_path(user=user)), soft_wrap=True, highlight=False)
    notes.print("Then name a second administrator at the desk: a lost second factor takes two.")


@app.command(name="recover-administrator")
def recover_administrator(email: Email) -> None:
    """Remove the lost second factor of the only administrator, and print a new one-time link."""
    user = remove_factor(email=email, now=datetime.now(tz=UTC))
    console.print(_address(sign_in_path(user=user)), soft_wrap=True, highlight=False)


@app.command()
def matrix(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/reference/permissions.md.")] = False,
) -> None:
    """Who may do what: every action by capacity, and the rule of every address."""
    if as_markdown:
        typer.echo(markdown(), nl=False)
    elif as_json:
        print_json([row.__dict__ for row in rows()])
    else:
        columns = ("address", "name", "rule", "capacities")
        print_table(
            title="Every address", columns=columns, rows=[(r.address, r.name, r.rule, r.capacities) for r in rows()]
        )


def _address(path: str) -> str:
    config = settings.CONFIG
    if config.outside:
        return f"https://{config.hosts[0]}{path}"
    return f"http://localhost:{config.port}{path}"
