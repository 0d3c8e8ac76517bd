"""`bluelamp audit`: the log of who did or saw what."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bluelamp.kernel.audit import queries
from bluelamp.kernel.audit.models import Entry, SignedHead
from bluelamp.kernel.audit.operations import record, seal_entries, sign_head
from bluelamp.kernel.audit.verification import Report
from bluelamp.kernel.audit.verification import verify as verify_log
from bluelamp.project.cli.screen import notes, print_json, print_table

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Actor = Annotated[str, typer.Option(help="Who: user:ID, system, anonymous.")]
Action = Annotated[str, typer.Option(help="What; with a dot at the end everything under it, such as vault.")]
Subject = Annotated[str, typer.Option(help="On what, such as report:ID.")]
From = Annotated[str, typer.Option("--from", metavar="TIME", help="This day or time (UTC unless it says) and later.")]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="Before this day or time.")]
Outcome = Annotated[str, typer.Option(help="done, refused or failed.")]


@app.command()
def seal(as_json: Json = False) -> None:
    """Link the entries that wait to the chain."""
    sealed = seal_entries(now=datetime.now(tz=UTC), whole=True)
    if as_json:
        print_json({"sealed": sealed})
    else:
        notes.print(f"{sealed:,} entries sealed.")


@app.command()
def head(
    new_key: Annotated[bool, typer.Option("--new-key", help="Begin with a new signing key.")] = False,
    as_json: Json = False,
) -> None:
    """Seal, sign today's end of the chain (once a day, UTC), export it. Keep the file on another machine."""
    signed = sign_head(now=datetime.now(tz=UTC), new_key=new_key)
    if as_json:
        print_json(_head(signed) if signed else None)
    elif signed:
        file = queries.heads_folder() / f"{signed.day}.json"
        notes.print(
            f"Head of {signed.day}: link {signed.seq:,}, {signed.hash}, key {signed.key_id}.\n{file}", soft_wrap=True
        )
    else:
        notes.print("The log is empty: there is nothing to sign.")


@app.command()
def verify(
    anchor: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, readable=True, help="A head that was kept elsewhere.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the whole chain, its signed heads and an anchor; exit code 1 where something is wrong."""
    with notes.status("Checking the log ..."):
        report = verify_log(anchor=anchor)
    if as_json:
        print_json({"whole": report.whole, **asdict(report)})
    else:
        _say(report, anchored=anchor is not None)
    raise typer.Exit(code=int(not report.whole))


@app.command()
def search(
    actor: Actor = "",
    action: Action = "",
    subject: Subject = "",
    start: From = "",
    end: To = "",
    outcome: Outcome = "",
    limit: Annotated[int, typer.Option(min=1, help="The most entries.")] = 50,
    as_json: Json = False,
) -> None:
    """Entries, newest first. That you looked is an entry too."""
    filters = _filters(actor, action, subject, start, end, outcome, limit)
    _record_look("audit.searched", filters)
    rows = [_entry(e) for e in queries.search(filters=filters)]
    if as_json:
        print_json(rows)
        return
    columns = ("id", "seq", "at", "actor", "action", "subject", "outcome", "detail")
    print_table(title="Entries, newest first", columns=columns, rows=[_cells(r, columns) for r in rows])


@app.command()
def export(
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="File to write; else the screen.")] = None,
    actor: Actor = "",
    action: Action = "",
    subject: Subject = "",
    start: From = "",
    end: To = "",
    outcome: Outcome = "",
    limit: Annotated[int | None, typer.Option(min=1, help="The most entries.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Lines are JSON in any case.")] = False,  # noqa: ARG001
) -> None:
    """Sealed entries with their hashes as JSON Lines, oldest first, and the signed heads. That is an entry too."""
    filters = _filters(actor, action, subject, start, end, outcome, limit)
    _record_look("audit.exported", filters)
    seal_entries(now=datetime.now(tz=UTC))
    lines = 0
    stream = out.open("w", encoding="utf-8") if out else sys.stdout
    try:
        for line in queries.export(filters=filters):
            stream.write(json.dumps(line, default=lambda v: v.isoformat()) + "\n")
            lines += line["kind"] == "entry"
    finally:
        if out:
            stream.close()
    notes.print(f"{lines:,} entries exported.")


def _filters(
    actor: str, action: str, subject: str, start: str, end: str, outcome: str, limit: int | None
) -> queries.AuditFilters:
    if outcome and outcome not in Entry.Outcome.values:
        raise typer.BadParameter(f"{outcome!r} is none of: done, refused, failed.")
    return queries.AuditFilters(
        actor=actor,
        action=action,
        subject=subject,
        outcome=outcome,
        start=_time(start),
        end=_time(end),
        limit=limit,
    )


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{text!r} is no time. Write 2026-08-31 or 2026-08-31T14:30.") from problem
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _record_look(action: str, filters: queries.AuditFilters) -> None:
    """Before the look: a look that cannot be recorded does not happen."""
    detail = {name: str(value) for name, value in asdict(filters).items() if value not in (None, "")}
    record(actor="system", action=action, detail=detail, now=datetime.now(tz=UTC))


def _say(report: Report, *, anchored: bool) -> None:
    for problem in report.problems[:50]:
        notes.print(f"{problem.kind}: {problem.text}", markup=False)
    count = len(report.problems) + report.more
    if count > 50:
        notes.print(f"... and {count - 50:,} more.")
    if report.unsealed:
        notes.print(f"{report.unsealed:,} entries wait to be sealed, the oldest since {report.oldest_unsealed}.")
    against = f"{report.heads:,} signed heads" + (
        "" if anchored else "; without --anchor FILE nobody can tell a log that was written anew with a new key"
    )
    state = "whole" if report.whole else f"NOT whole: {count:,} problems"
    notes.print(f"{report.rows:,} entries, the last is link {report.last_seq:,}: the log is {state} ({against}).")


def _cells(row: dict[str, Any], columns: tuple[str, ...]) -> list[object]:
    """A row for people: seconds are enough, and an entry that is not sealed yet has no number."""
    detail = ", ".join(f"{name} {value}" for name, value in row["detail"].items())
    shown = {**row, "at": row["at"][:19], "seq": row["seq"] or "", "detail": detail}
    return [shown[c] for c in columns]


def _head(row: SignedHead) -> dict[str, Any]:
    return {**asdict(queries.as_head(row)), "file": str(queries.heads_folder() / f"{row.day}.json")}


def _entry(entry: Entry) -> dict[str, Any]:
    link = getattr(entry, "link", None)
    return {
        "id": entry.pk,
        "seq": link.seq if link else None,
        "hash": link.hash if link else None,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "capacity": entry.capacity,
        "purpose": entry.purpose,
        "scope": entry.scope,
        "action": entry.action,
        "subject": entry.subject,
        "outcome": entry.outcome,
        "detail": entry.detail,
        "request_id": entry.request_id,
    }
