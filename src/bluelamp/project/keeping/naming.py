"""What a copy of the databases says about itself: schema, files it speaks of, end of the audit log, erasures.

Read by hand and not through the models, because a backup is made before a migration, of any earlier schema.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bluelamp.kernel.vault.erasures import Erasure

Rows = Callable[..., Sequence[tuple[Any, ...]]]

# Which tables name files: folder in the home, table, columns with hashes.
NAMED = (
    ("evidence", "evidence_load", ("file_hash",)),
    ("editions", "index_edition", ("input_hash", "products_hash")),
)


@dataclass(frozen=True)
class Said:
    """What the rows say: applied migrations, files (relative to the home), the end of the audit log (0: none)."""

    schema: tuple[str, ...]
    files: tuple[str, ...]
    audit_seq: int
    audit_hash: str


def read_rows(rows: Rows) -> Said:
    """Read it. `rows(table, columns, rest)` gives no rows for a table that is not there."""
    files = {
        f"{folder}/{value}.parquet"
        for folder, table, columns in NAMED
        for row in rows(table, ", ".join(columns))
        for value in row
        if value
    }
    end = rows("audit_link", "seq, hash", "ORDER BY seq DESC LIMIT 1")
    seq, sha256 = end[0] if end else (0, "")
    return Said(schema=migrations(rows), files=tuple(sorted(files)), audit_seq=seq, audit_hash=sha256)


def migrations(rows: Rows, *, table: str = "django_migrations") -> tuple[str, ...]:
    """The applied migrations as `app.name`, sorted."""
    return tuple(sorted(f"{app}.{name}" for app, name in rows(table, "app, name")))


def tombstones(rows: Rows, *, table: str = "vault_recordkey") -> list[Erasure]:
    """What the vault itself remembers as erased."""
    return [Erasure(record=r, at=_time(t)) for r, t in rows(table, "record, erased_at", "WHERE erased_at IS NOT NULL")]


def merged(*lists: Iterable[Erasure]) -> list[Erasure]:
    """Several lists as one: each record once, at the time it was erased first."""
    first: dict[str, Erasure] = {}
    for erasure in sorted((e for found in lists for e in found), key=lambda e: (e.at, e.record)):
        first.setdefault(erasure.record, erasure)
    return list(first.values())


def _time(value: datetime | str) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
