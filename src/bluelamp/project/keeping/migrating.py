"""Bringing the databases to this program's schema, after a backup of what was there, or saying why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from bluelamp.kernel.audit.operations import record
from bluelamp.project.keeping.archive import KeepingError
from bluelamp.project.keeping.backup import KeysWanted, make_backup_alone
from bluelamp.project.keeping.folders import only_one
from bluelamp.project.routers import APART
from bluelamp.ui.outages import Outage, outage_of

# Aliases in an order in which each may lean on those before.
_DATABASES = ("vault", "stream", "default")


@dataclass(frozen=True)
class Migrated:
    """What a migration did: how many steps by database, and the backup made before (None where nothing was to keep)."""

    steps: Mapping[str, int]
    backup: Path | None


def migrate_all(*, backup: bool, now: datetime) -> Migrated:
    """Migrate every database, after a backup where they hold data. Raises KeepingError.

    A schema that is newer than the program is refused before anything is touched. Where a step fails, what came before
    it stays: the message names the backup.
    """
    home = Path(settings.BLUELAMP_HOME)
    with only_one(home):
        waiting = {alias: steps for alias in _DATABASES if (steps := _waiting(alias))}
        # A first set-up that was killed may have come no further than another database: there is nothing to lose yet.
        held = bool(_applied("default"))
        if not waiting:
            return Migrated(steps={}, backup=None)
        made = make_backup_alone(to=None, keys=KeysWanted(), now=now).folder if backup and held else None
        for alias in waiting:
            _apply(alias, backup=made)
        if held:
            detail: dict[str, str | int] = {
                "backup": made.name if made else "none",
                "steps": sum(map(len, waiting.values())),
            }
            record(actor="system", action="keeping.migrated", detail=detail, now=now)
        return Migrated(steps={alias: len(steps) for alias, steps in waiting.items()}, backup=made)


def migrate_copy() -> None:
    """Migrate the databases of a restored copy: the backup itself is what one goes back to."""
    for alias in _DATABASES:
        if _waiting(alias):
            _apply(alias, backup=None)


def newer_than_program(schema: Mapping[str, Sequence[str]]) -> str:
    """A migration that a backup has and this program does not know; empty where there is none."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    return next((name for names in schema.values() for name in names if name not in known), "")


def _waiting(alias: str) -> list[str]:
    """The migrations to come. Raises KeepingError for a database that is newer than the program."""
    connection = connections[alias]
    connection.prepare_database()
    executor = MigrationExecutor(connection)
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)
    if unknown:
        raise KeepingError(
            f"The database is newer than this program (it has {sorted(unknown)[0]}). Update the program."
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _ in plan]


def _applied(alias: str) -> bool:
    return bool(MigrationExecutor(connections[alias]).loader.applied_migrations)


def _apply(alias: str, *, backup: Path | None) -> None:
    quiet: dict[str, Any] = {"database": alias, "verbosity": 0, "interactive": False}
    own = APART.get(alias)
    try:
        for app in sorted(own or ()):
            call_command("migrate", app, **quiet)
        # Where only some apps have tables, the steps of all others do nothing: they are noted, not worked out, which
        # would take as long as those of the database that has them.
        call_command("migrate", fake=own is not None, **quiet)
    # Whatever a step of a migration raises, a person is told where to go back to.
    except Exception as problem:
        if outage_of(problem) is Outage.FULL:
            raise KeepingError(
                f"The disk is full. The database {alias} is whole, at the step that it had reached; make room, then "
                "run the command again."
            ) from problem
        back = (
            f"What was there before is in {backup}. To go back, install the earlier program, stop everything, then: "
            f"bluelamp restore {backup} --replace"
            if backup
            else "There is no backup of this moment."
        )
        raise KeepingError(f"The database {alias} could not be migrated ({problem}). {back}") from problem
