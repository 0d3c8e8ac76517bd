"""`bluelamp doctor`: what is wrong or soon will be, and what to do about it."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bluelamp.project.cli.screen import console, print_json
from bluelamp.project.running.checks import FAIL, OK, WARN, Finding
from bluelamp.project.running.doctor import examine

_SIGNS = {OK: "[green]ok  [/green]", WARN: "[yellow]warn[/yellow]", FAIL: "[red]FAIL[/red]"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Look at everything that should be well; exit code 1 where something is not."""
    found = examine(now=datetime.now(tz=UTC), env=os.environ)
    failed = any(finding.state == FAIL for finding in found)
    if as_json:
        print_json({"well": not failed, "checks": [asdict(finding) for finding in found]})
    else:
        _show(found)
    if failed:
        raise typer.Exit(code=1)


def _show(found: list[Finding]) -> None:
    width = max(len(finding.check) for finding in found)
    for finding in found:
        console.print(_SIGNS[finding.state], end="  ")
        console.print(f"{finding.check:<{width}}  {finding.found}", markup=False, highlight=False, soft_wrap=True)
        if finding.todo:
            console.print(f"{'':<{width + 8}}{finding.todo}", markup=False, highlight=False, soft_wrap=True)
    counts = {state: sum(finding.state == state for finding in found) for state in (OK, WARN, FAIL)}
    console.print(f"{counts[OK]} well, {counts[WARN]} to look at, {counts[FAIL]} failed.", highlight=False)
