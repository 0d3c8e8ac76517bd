"""Checks that tell whether requests can be served. Quick: /readyz makes them all every few seconds."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from bluelamp.kernel.vault.master import MasterKeyError, master_path, read_masters
from bluelamp.kernel.vault.models import RecordKey
from bluelamp.project.running.exposition import answers
from bluelamp.project.running.reads import worker_seen

State = Literal["ok", "warn", "fail"]
OK: Final = "ok"
WARN: Final = "warn"
FAIL: Final = "fail"

LEAST_FREE_MB = 100
LITTLE_FREE_MB = 1_000
WORKER_SILENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """What one check found, in a sentence, and what to do about it where anything is to be done."""

    check: str
    state: State
    found: str
    todo: str = ""


def finding(check: str, state: State, found: str, todo: str) -> Finding:
    """A finding that says what to do only where it is not well."""
    return Finding(check, state, found, "" if state == OK else todo)


Check = Callable[[datetime], Iterable[Finding]]


def readiness(*, now: datetime) -> list[Finding]:
    """Everything that must be well for requests to be served, and whether a worker was seen (a warning only)."""
    return run_checks(checks=READINESS, now=now)


def run_checks(*, checks: dict[str, Check], now: datetime) -> list[Finding]:
    """Make each check; one that the database does not let happen has failed."""
    found: list[Finding] = []
    for name, check in checks.items():
        try:
            found += check(now)
        except (DatabaseError, InterfaceError) as problem:
            told = f"The database does not let this be looked at ({type(problem).__name__})."
            found.append(Finding(name, FAIL, told, "See the check of the databases."))
        except OSError as problem:
            told = f"{problem.strerror}: {problem.filename or settings.BLUELAMP_HOME}"
            found.append(Finding(name, FAIL, told, "Check the folder BLUELAMP_HOME and who owns it."))
    return found


def databases(_now: datetime) -> Iterable[Finding]:
    """Whether each database answers."""
    for alias in settings.DATABASES:
        if answers(alias):
            yield Finding(f"database {alias}", OK, "It answers.")
        else:
            todo = "Check that the server runs, or that the file is there and can be written."
            yield Finding(f"database {alias}", FAIL, "It does not answer.", todo)


def migrations(_now: datetime) -> Iterable[Finding]:
    """Whether the tables are those of this version."""
    missing = unknown = 0
    for alias in settings.DATABASES:
        applied = set(MigrationRecorder(connections[alias]).applied_migrations())
        missing += len(_known_migrations() - applied)
        unknown += len({m for m in applied if m[0] in _apps()} - _known_migrations())
    if unknown:
        return [Finding("migrations", FAIL, "The database is newer than this program.", "Update the program.")]
    if missing:
        return [Finding("migrations", FAIL, f"{missing} migrations are missing.", "Run: bluelamp setup")]
    return [Finding("migrations", OK, "The tables are those of this version.")]


def disk(_now: datetime) -> Iterable[Finding]:
    """Whether HOME can be written and has room."""
    home = Path(settings.BLUELAMP_HOME)
    if not os.access(home, os.W_OK | os.X_OK):
        todo = "Make the disk writable, or the folder the program's own."
        return [Finding("disk", FAIL, f"{home} cannot be written.", todo)]
    free = shutil.disk_usage(home).free // 1_000_000
    state: State = FAIL if free < LEAST_FREE_MB else WARN if free < LITTLE_FREE_MB else OK
    return [finding("disk", state, f"{free:,} MB are free.", f"Make room on the disk of {home}.")]


def keys(_now: datetime) -> Iterable[Finding]:
    """Whether the keys that stored data depends on can be read."""
    secret = settings.CONFIG.secret_key_file
    if not os.access(secret, os.R_OK):
        return [Finding("keys", FAIL, f"{secret} cannot be read.", "Restore it, or make it the program's own.")]
    try:
        masters = read_masters()
    except MasterKeyError as problem:
        return [Finding("keys", FAIL, str(problem), "Restore HOME/keys from a backup.")]
    if masters is None and RecordKey.objects.filter(erased_at__isnull=True).exists():
        todo = "Restore it from a backup: a new one would open nothing."
        return [Finding("keys", FAIL, f"{master_path()} is gone, and there is data that only it opens.", todo)]
    return [Finding("keys", OK, "The keys can be read." if masters else "The keys can be read; nothing is sealed yet.")]


def worker(now: datetime) -> Iterable[Finding]:
    """Whether a worker was seen lately. Pages can be served without one, so this only warns."""
    seen = worker_seen()
    todo = "Start one: bluelamp run, or bluelamp work"
    if seen is None:
        return [Finding("worker", WARN, "No worker has ever run.", todo)]
    silence = now - seen
    if silence > WORKER_SILENCE:
        return [Finding("worker", WARN, f"No worker was seen for {whole(silence)}.", todo)]
    return [Finding("worker", OK, "A worker is at work.")]


def whole(time: timedelta) -> str:
    """A length of time in the largest unit of which there are two or more."""
    seconds = int(time.total_seconds())
    for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:,} {name}"
    return f"{seconds} seconds"


READINESS: dict[str, Check] = {
    "databases": databases,
    "migrations": migrations,
    "disk": disk,
    "keys": keys,
    "worker": worker,
}


@lru_cache(maxsize=1)
def _known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of this version. Those that a squashed one replaces are not asked for."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


@lru_cache(maxsize=1)
def _apps() -> frozenset[str]:
    return frozenset(app for app, _ in _known_migrations())
