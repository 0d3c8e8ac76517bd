"""SQLite files: copying one that is in use, and reading what a copy says. Reads by hand: copies have any schema."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bluelamp.project.keeping.archive import KeepingError, create, is_full, private_folder

# What SQLite says of the disk, as the system would say it.
_OF_THE_DISK = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS}


def copy_database(*, source: Path, target: Path) -> None:
    """Copy one moment of a database that others write to; the copy is one file, flushed. Raises KeepingError.

    Raises OSError for a full disk, and one that can only be read.
    """
    private_folder(target.parent)
    create(target).close()
    try:
        with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(target)) as copy:
            # All pages in one step: in steps, every write in between would begin the copy anew.
            live.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as problem:
        number = _OF_THE_DISK.get(getattr(problem, "sqlite_errorcode", 0) & 0xFF)
        if not number and is_full(source.parent, target.parent):
            number = errno.ENOSPC
        if number:
            raise OSError(number, os.strerror(number), str(target)) from problem
        raise KeepingError(f"{source.name} cannot be copied ({problem}).") from problem
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write. Raises KeepingError for what is no database."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
            yield connection
    except sqlite3.DatabaseError as problem:
        raise KeepingError(f"{path.name} is no database that can be read ({problem}).") from problem


def rows(connection: sqlite3.Connection, table: str, columns: str, rest: str = "") -> list[tuple[str, ...]]:
    """Some columns of a table; no rows where an earlier schema does not have it."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    if not known:
        return []
    return connection.execute(f"SELECT {columns} FROM {table} {rest}").fetchall()  # noqa: S608 - our own words


def damage(path: Path) -> list[str]:
    """What SQLite itself finds wrong with a file: pages, indexes, foreign keys."""
    with reading(path) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
        orphans = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    return found + ([f"{orphans} rows point to rows that are not there"] if orphans else [])
