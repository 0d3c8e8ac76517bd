"""Failures that no code can help: the database or the disk is gone. Pages then say so (503), and nothing was saved."""

import errno
from enum import Enum

from django.db.utils import DatabaseError, InterfaceError, OperationalError

RETRY_SECONDS = 60


class Outage(Enum):
    """What is gone."""

    DATABASE = "database"
    READ_ONLY = "read-only"
    FULL = "full"


# Primary result codes of SQLite (https://www.sqlite.org/rescode.html). Code 1, an error in a statement, is our own.
_SQLITE = {
    5: Outage.DATABASE,  # busy
    6: Outage.DATABASE,  # locked
    8: Outage.READ_ONLY,
    10: Outage.DATABASE,  # input or output failed
    11: Outage.DATABASE,  # damaged
    13: Outage.FULL,
    14: Outage.DATABASE,  # cannot be opened
    15: Outage.DATABASE,  # locking protocol
    26: Outage.DATABASE,  # no database
}
# Classes and codes of PostgreSQL's SQLSTATE, longest first.
_POSTGRESQL = {
    "25006": Outage.READ_ONLY,
    "53100": Outage.FULL,
    "08": Outage.DATABASE,  # connection
    "53": Outage.DATABASE,  # out of memory or connections
    "42P01": Outage.DATABASE,  # an empty database where ours was
    "55P03": Outage.DATABASE,  # lock not available
    "57": Outage.DATABASE,  # shut down, cancelled
    "58": Outage.DATABASE,  # the system under it
    "40": Outage.DATABASE,  # deadlock
}
_ERRNO = {
    errno.ENOSPC: Outage.FULL,
    errno.EDQUOT: Outage.FULL,
    errno.EROFS: Outage.READ_ONLY,
}
_WORDS = {
    "readonly database": Outage.READ_ONLY,
    "read-only": Outage.READ_ONLY,
    "is full": Outage.FULL,
    "no such table": Outage.DATABASE,  # an empty file where the database was
}


def outage_of(error: BaseException | None) -> Outage | None:
    """What is gone, where that is what the error (or the one it came from) says; None for failures of our own."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        found = _of_one(error)
        if found:
            return found
        error = error.__cause__
    return None


def _of_one(error: BaseException) -> Outage | None:
    if isinstance(error, DatabaseError | InterfaceError):
        return _of_database(error)
    return _ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_database(error: Exception) -> Outage | None:
    text = str(error).lower()
    for words, outage in _WORDS.items():
        if words in text:
            return outage
    driver = error.__cause__
    code = getattr(driver, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF)
    state = getattr(driver, "sqlstate", None) or ""
    for start, outage in _POSTGRESQL.items():
        if state.startswith(start):
            return outage
    # Without a code: the connection itself failed.
    return Outage.DATABASE if isinstance(error, OperationalError | InterfaceError) and not state else None
