"""Immutable Parquet files named by the hash of their bytes."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class StoredFile:
    """A stored file: SHA-256 of its bytes (hexadecimal), where it is, and how many rows it has."""

    sha256: str
    path: Path
    rows: int


class FileDamagedError(ValueError):
    """A stored file's bytes do not have the hash that its name says."""


def write_table(*, table: pa.Table, folder: Path) -> StoredFile:
    """Store a table, whole or not at all: written beside, flushed to disk, then named by its hash.

    Raises OSError (such as a full disk), leaving no half-written file behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            pq.write_table(table, out, compression="zstd")
            out.flush()
            os.fsync(out.fileno())
        sha256 = file_hash(part)
        path = folder / f"{sha256}.parquet"
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return StoredFile(sha256=sha256, path=path, rows=table.num_rows)


def read_table(*, folder: Path, sha256: str) -> pa.Table:
    """A stored table. Raises FileNotFoundError, or FileDamagedError where the bytes were changed."""
    path = folder / f"{sha256}.parquet"
    if file_hash(path) != sha256:
        raise FileDamagedError(f"{path.name} was changed after it was stored. Restore it from a backup.")
    return pq.read_table(path)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sweep(*, folder: Path, keep: set[str], older_than: float) -> Iterator[Path]:
    """Remove files that no manifest row names and that were last changed before `older_than` (Unix seconds).

    The age spares a file whose manifest row is being written at this moment.
    """
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.stem not in keep and path.stat().st_mtime < older_than:
            path.unlink()
            yield path
