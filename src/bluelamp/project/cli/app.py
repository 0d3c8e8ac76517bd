"""All commands, and the one place that turns errors into sentences."""

import sys
from typing import Annotated

import typer
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

from bluelamp.project import logs
from bluelamp.project.cli import (
    advice,
    audit,
    clients,
    feeds,
    index,
    keeping,
    keys,
    messages,
    outbox,
    people,
    places,
    receipt,
    retention,
    vault,
    watchlist,
)
from bluelamp.project.cli.doctor import doctor
from bluelamp.project.cli.expected import EXPECTED
from bluelamp.project.cli.outages import outage_in_words
from bluelamp.project.cli.rehearse import rehearse
from bluelamp.project.cli.run import run as run_processes
from bluelamp.project.cli.serve import serve
from bluelamp.project.cli.setup import set_up
from bluelamp.project.cli.work import work

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Bluelamp: what criminals target, and what to do.")
app.add_typer(feeds.app, name="feeds", help="Evidence coming in.")
index.app.command()(rehearse)
app.add_typer(index.app, name="index", help="The Security Index.")
app.add_typer(places.app, name="places", help="Police forces and places.")
app.add_typer(watchlist.app, name="watchlist", help="The forecast, for those who act on it (local only).")
app.add_typer(outbox.app, name="outbox", help="What waits to be delivered, and what was given up.")
app.add_typer(people.app, name="people", help="Accounts and who may do what.")
app.add_typer(clients.app, name="clients", help="Programs that may use the APIs, and their keys.")
app.add_typer(audit.app, name="audit", help="The log of who did or saw what.")
app.add_typer(vault.app, name="vault", help="The keys of personal data.")
app.add_typer(advice.app, name="advice", help="What to do, and when each text is reviewed.")
app.add_typer(messages.app, name="messages", help="Notices to people.")
app.add_typer(keys.app, name="keys", help="The key files.")
app.add_typer(receipt.app, name="receipt", help="Signed receipts of reports.")
app.add_typer(retention.app, name="retention", help="How long things are kept.")
app.command(name="run")(run_processes)
app.command()(work)
app.command()(doctor)
app.command()(keeping.backup)
app.command(name="verify-backup")(keeping.verify_backup_command)
app.command()(keeping.restore)
app.command()(keeping.migrate)


@app.command()
def setup() -> None:
    """Create the databases, load the packaged evidence, build the edition. Repeats nothing."""
    set_up()


@app.command()
def start(top: Annotated[int, typer.Option(help="Rows of the summary to print.")] = 10) -> None:
    """Set up, print a summary of the Index, run web server and worker."""
    set_up()
    index.print_summary(top=top)
    run_processes()


@app.command(name="serve")
def serve_command() -> None:
    """Serve the pages and the API, without a worker."""
    serve()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, such as `manage migrate`."""
    execute_from_command_line(["bluelamp manage", *context.args])


def run() -> None:
    """Run the command line."""
    # Not app(): it would set a hook of its own that prints the values of variables.
    sys.excepthook = logs.log_crash
    try:
        typer.main.get_command(app)()
    except EXPECTED as problem:
        sys.exit(f"bluelamp: {problem}")
    except (OSError, OperationalError) as problem:
        sys.exit(f"bluelamp: {outage_in_words(problem)}")
