"""`bluelamp retention`: how long things are kept, and removing what is older."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bluelamp.project.cli.screen import print_json, print_table
from bluelamp.project.retention import RULES, run_rules

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def show(as_json: Json = False) -> None:
    """The rules."""
    rows = [{"name": rule.name, "what": rule.what, "kept": rule.kept} for rule in RULES]
    if as_json:
        print_json(rows)
    else:
        print_table(
            title="How long things are kept", columns=("name", "what", "kept"), rows=[list(r.values()) for r in rows]
        )


@app.command()
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; remove and write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Carry out the rules now (the worker does so daily). Exit code 1 where one failed."""
    done = run_rules(now=datetime.now(tz=UTC), dry_run=dry_run)
    if as_json:
        rules = [{"name": ran.rule.name, "count": ran.count, "error": ran.error or None} for ran in done]
        print_json({"dry_run": dry_run, "rules": rules})
    else:
        title = "What would be removed" if dry_run else "What was removed"
        rows = [(ran.rule.name, ran.count, ran.error) for ran in done]
        print_table(title=title, columns=("name", "count", "error"), rows=rows)
    raise typer.Exit(code=int(any(ran.error for ran in done)))
