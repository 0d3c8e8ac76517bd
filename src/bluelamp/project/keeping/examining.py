"""Looking into a restored copy: is it whole, does this program take it, is its log as it was sealed, does it forget."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from bluelamp.kernel.audit.domain.heads import HeadError
from bluelamp.kernel.audit.models import Link
from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.audit.verification import verify
from bluelamp.kernel.messaging.operations.holding import hold_unsent
from bluelamp.kernel.outbox.operations import hold_external
from bluelamp.kernel.vault.erasures import erasures_path, read_erasures
from bluelamp.kernel.vault.master import MasterKeyError
from bluelamp.kernel.vault.operations import erase_again
from bluelamp.kernel.vault.queries import status
from bluelamp.project.keeping import naming, sqlite
from bluelamp.project.keeping.archive import KeepingError
from bluelamp.project.keeping.migrating import migrate_copy
from bluelamp.ui.outages import outage_of

_MOST = 20


@dataclass(frozen=True)
class Question:
    """What to look at. `restored` names the backup where the copy is to be lived with, not only looked at.

    `despite`: live with it although the log, the vault or the files are not as they should be.
    """

    anchor: str = ""
    audit_seq: int = 0
    audit_hash: str = ""
    with_keys: bool = True
    restored: str = ""
    missing: tuple[str, ...] = ()
    despite: bool = False


def examine(asked: Question) -> dict[str, object]:
    """Migrate the copy, make it forget what was erased, check it; give problems in words and numbers."""
    numbers: dict[str, int] = {}
    doubts: list[str] = []
    try:
        problems = _damaged()
        if not problems:
            migrate_copy()
            _forget(numbers)
            doubts += [*_missing_files(asked, numbers), *_log(asked, numbers)]
            if asked.with_keys:
                doubts += _vault(numbers)
            if asked.restored and (asked.despite or not doubts):
                _begin_life(asked.restored, numbers)
    except (KeepingError, MasterKeyError, HeadError) as problem:
        if outage_of(problem):
            raise  # the disk's fault, not the backup's
        problems = [str(problem)]
    return {"problems": problems, "doubts": doubts, "numbers": numbers}


def _damaged() -> list[str]:
    files = [Path(str(held["NAME"])) for held in settings.DATABASES.values()] if connection.vendor == "sqlite" else []
    return [f"{path.name}: {words}." for path in files if path.exists() for words in sqlite.damage(path)]


def _forget(numbers: dict[str, int]) -> None:
    erasures = read_erasures(path=erasures_path())
    numbers["erasures"], numbers["erased_again"] = len(erasures), erase_again(erasures=erasures)


def _missing_files(asked: Question, numbers: dict[str, int]) -> list[str]:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))

        def rows(table: str, columns: str, rest: str = "") -> list[tuple[str, ...]]:
            if table not in tables:
                return []
            cursor.execute(f"SELECT {columns} FROM {table} {rest}")  # noqa: S608 - our own words
            return list(cursor.fetchall())

        said = naming.read_rows(rows)
    numbers["files"] = len(said.files)
    home = Path(settings.BLUELAMP_HOME)
    lost = [name for name in said.files if not (home / name).is_file() and name not in asked.missing]
    return [f"{name} is spoken of in the database and is not in the backup." for name in lost[:_MOST]]


def _log(asked: Question, numbers: dict[str, int]) -> list[str]:
    report = verify(anchor=Path(asked.anchor) if asked.anchor else None)
    numbers["audit_rows"], numbers["audit_heads"] = report.rows, report.heads
    found = [f"Audit log: {problem.text}" for problem in report.problems[:_MOST]]
    if asked.audit_seq and not Link.objects.filter(seq=asked.audit_seq, hash=asked.audit_hash).exists():
        found.append(f"Audit log: link {asked.audit_seq} is not the one that the backup was made with.")
    return found


def _vault(numbers: dict[str, int]) -> list[str]:
    vault = status()
    numbers["keys"], numbers["keys_erased"] = vault.live, vault.erased
    return [f"{vault.lost:,} keys need a master key that is not in the keys part."] if vault.lost else []


def _begin_life(backup: str, numbers: dict[str, int]) -> None:
    """Nobody stays signed in: a session that was ended since would be open again. Nothing is sent twice.

    The log tells of the restore.
    """
    now = datetime.now(tz=UTC)
    with transaction.atomic():
        Session.objects.all().delete()
        UserSession.objects.all().delete()
        numbers["messages_held"], numbers["deliveries_held"] = hold_unsent(now=now), hold_external(now=now)
        record(actor="system", action="keeping.restored", detail={"backup": backup}, now=now)
