"""Entries to look at, and hands that change them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import connection
from typer.testing import CliRunner

from bluelamp.kernel.audit.guards import guard, unguard
from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.audit.verification import Report

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
DAY, TODAY = timedelta(days=1), NOW.date()
DOCS = Path(__file__).parents[3] / "docs" / "reference" / "audit.md"
run = CliRunner().invoke


def write(count: int = 6, *, now: datetime = NOW) -> None:
    for n in range(count):
        record(
            actor=f"user:{n}",
            action="report.opened",
            subject=f"report:{n}",
            purpose="žádost № 5",
            detail={"n": n, "code": "x"},
            now=now + timedelta(microseconds=n * 100_000),
        )


@contextmanager
def tampering() -> Iterator[None]:
    """As someone who holds the database and takes the guards away."""
    if connection.vendor == "postgresql":
        change("SET session_replication_role = replica")
        yield
        change("SET session_replication_role = origin")
    else:
        unguard(connection=connection)
        yield
        guard(connection=connection)


def change(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def kinds(report: Report) -> list[tuple[str, int]]:
    return [(p.kind.value, p.seq) for p in report.problems]


def head_file(home: Path, day: date = TODAY) -> Path:
    return home / "audit" / "heads" / f"{day}.json"
