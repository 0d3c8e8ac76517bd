"""How long things are kept: one list of rules, run daily by the worker. docs/reference/retention.md shows it.

What is not in the list is kept: the audit log, editions with their frozen input, evidence (an edition may need it), and
the marks of erased records.
"""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from bluelamp.index.models import Edition
from bluelamp.index.queries import editions_folder
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.clients.models import Call
from bluelamp.kernel.clients.operations import CALLS_KEPT, forget_calls
from bluelamp.kernel.evidence.models import QuarantinedRow
from bluelamp.kernel.outbox.operations import tidy
from bluelamp.kernel.outbox.queries import KEPT_DAYS, tidied
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.recovery import remove_factors
from bluelamp.project.keeping.archive import MANIFEST, KeepingError, read_manifest
from bluelamp.project.keeping.backup import KEYS_DAYS, finished, finished_of_ours, remove_backup
from bluelamp.project.keeping.folders import only_one
from bluelamp.project.keeping.keys import old_secret_path
from bluelamp.project.keeping.keyspart import PLAIN, SEALED
from bluelamp.reporting.models import Draft, DutyWatch, OfflineAnswer, Upload
from bluelamp.reporting.operations import drafts, uploads
from bluelamp.reporting.operations.offline import forget_answers
from bluelamp.reporting.operations.triage.ageing import (
    erase_old_parts,
    erase_unreviewed,
    part_days,
    past_review,
    past_their_time,
)

BACKUP_DAYS = 35
_OPENING = timedelta(hours=1)
_QUARANTINE = timedelta(days=180)
_CLOSED = timedelta(days=30)
_OLD_SECRET = timedelta(days=2)
_WATCHES = timedelta(days=90)
_LEFT_OVER = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """One thing that is not kept for ever: what, how long, and what removes it and tells how many there were."""

    name: str
    what: str
    kept: str
    run: Callable[..., int]


@dataclass(frozen=True)
class Ran:
    """What one rule did, or would do; `error` is empty where it went well."""

    rule: Rule
    count: int
    error: str = ""


class RetentionError(RuntimeError):
    """Rules that could not be carried out; they are tried again the next time."""


def _sessions(*, now: datetime, dry_run: bool) -> int:
    ended = Session.objects.filter(expire_date__lt=now)
    count = int(ended.count())
    if not dry_run:
        ended.delete()
    return count


def _traces(*, now: datetime, dry_run: bool) -> int:
    """Address and browser of sessions that are over. A session that is being opened has a trace before its row."""
    old = UserSession.objects.filter(created_at__lt=now - _OPENING)
    over = old.exclude(session_key__in=Session.objects.values("session_key"))
    count = int(over.count())
    if not dry_run:
        over.delete()
    return count


def _counters(*, now: datetime, dry_run: bool) -> int:
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    limit = connection.ops.adapt_datetimefield_value(now.astimezone(UTC).replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE expires < %s", [limit])  # noqa: S608 - our own table
        count = int(cursor.fetchone()[0])
        if not dry_run:
            cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [limit])  # noqa: S608 - our own table
    return count


def _closed_accounts(*, now: datetime, dry_run: bool) -> int:
    """Password and second factors of accounts that were closed long ago. The account stays: the log names it."""
    closed = User.objects.filter(is_active=False)
    count = 0
    usable = closed.exclude(password__startswith="!")  # noqa: S106 - Django's mark of an unusable one
    for user in usable | closed.filter(pk__in=Authenticator.objects.values("user")):
        last = Entry.objects.filter(subject=f"user:{user.pk}", action="people.close").aggregate(at=Max("at"))["at"]
        if last is None or last > now - _CLOSED:
            continue
        count += 1
        if not dry_run:
            remove_factors(user=user, now=now)
            user.set_unusable_password()
            user.save(update_fields=["password"])
    return count


def _quarantine(*, now: datetime, dry_run: bool) -> int:
    old = QuarantinedRow.objects.filter(load__added_at__lt=now - _QUARANTINE)
    count = old.count()
    if not dry_run:
        old.delete()
    return count


def _outbox(*, now: datetime, dry_run: bool) -> int:
    return tidied(now=now).count() if dry_run else tidy(now=now)


def _reports(*, now: datetime, dry_run: bool) -> int:
    return past_review(now=now).count() if dry_run else erase_unreviewed(now=now)


def _uploads(*, now: datetime, dry_run: bool) -> int:
    return Upload.objects.filter(expires_at__lte=now).count() if dry_run else uploads.destroy_old(now=now)


def _calls(*, now: datetime, dry_run: bool) -> int:
    return Call.objects.filter(at__lt=now - CALLS_KEPT).count() if dry_run else forget_calls(now=now)


def _offline_answers(*, now: datetime, dry_run: bool) -> int:
    """Words of reports that no device may ask for again."""
    return OfflineAnswer.objects.filter(expires_at__lte=now).count() if dry_run else forget_answers(now=now)


def _backups(*, now: datetime, dry_run: bool) -> int:
    """The newest of each folder stays whatever its age: an old backup is better than none."""
    every = [folder for folders in _own_backups() for folder in folders[:-1]]
    old = [folder for folder in every if _age(folder, now) > timedelta(days=BACKUP_DAYS)]
    return _remove([*old, *_put_aside(now, days=BACKUP_DAYS)], dry_run=dry_run)


def _key_parts(*, now: datetime, dry_run: bool) -> int:
    """The newest of each folder stays; it serves the older backups too."""
    old = []
    for folders in _own_backups():
        parts = [path for folder in folders for path in (folder / PLAIN, folder / SEALED) if path.exists()]
        old += [path for path in parts[:-1] if _age(path.parent, now) > timedelta(days=KEYS_DAYS)]
    for home in _put_aside(now, days=KEYS_DAYS):
        old += [path for path in (home / "keys", *sorted(home.glob("vault.db*"))) if path.exists()]
    return _remove(old, dry_run=dry_run)


def _old_secret(*, now: datetime, dry_run: bool) -> int:
    path = old_secret_path(settings.CONFIG.secret_key_file)
    if not path.exists() or now - datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) < _OLD_SECRET:
        return 0
    return _remove([path], dry_run=dry_run)


def _edition_inputs(*, now: datetime, dry_run: bool) -> int:
    """Frozen inputs of drafts that were built anew or given up. The age spares a draft that is being made."""
    return _remove(_unnamed(now), dry_run=dry_run)


def _drafts(*, now: datetime, dry_run: bool) -> int:
    """The worker destroys them every few minutes; this counts them, and takes what it left."""
    return Draft.objects.filter(expires_at__lte=now).count() if dry_run else drafts.destroy_old(now=now)


def _watches(*, now: datetime, dry_run: bool) -> int:
    """Who was on duty when: the audit log says it too."""
    old = DutyWatch.objects.filter(ends_at__lt=now - _WATCHES)
    count = old.count()
    if not dry_run:
        old.delete()
    return count


def _part(part: str, *, now: datetime, dry_run: bool) -> int:
    return past_their_time(part=part, now=now).count() if dry_run else erase_old_parts(part=part, now=now)


def _unnamed(now: datetime) -> list[Path]:
    old = (now - _LEFT_OVER).timestamp()
    aged = [path for path in editions_folder().glob("*.parquet") if path.stat().st_mtime < old]
    named = {sha for pair in Edition.objects.values_list("input_hash", "products_hash") for sha in pair}
    return sorted(path for path in aged if path.stem not in named)


RULES: tuple[Rule, ...] = (
    Rule("sessions", "Sessions that are over", "until they end", _sessions),
    Rule("session-traces", "Address and browser of sessions that are over", "until the session ends", _traces),
    Rule("counters", "Counts of failed sign-ins and the like", "until they expire (minutes)", _counters),
    Rule("closed-accounts", "Password and second factors of closed accounts", f"{_CLOSED.days} days", _closed_accounts),
    Rule("quarantine", "Rows of evidence that were put aside", f"{_QUARANTINE.days} days", _quarantine),
    Rule("edition-inputs", "Frozen inputs that no edition names (drafts built anew)", "1 day", _edition_inputs),
    Rule("drafts", "Reports that were begun and not sent", "an hour, a day, or 30 days where saved", _drafts),
    Rule("duty-watches", "Who was on duty", f"{_WATCHES.days} days", _watches),
    Rule(
        "report-contacts",
        "How to reach a reporter, where no duty is open",
        f"{part_days(part='contact')} days after the report was closed",
        partial(_part, "contact"),
    ),
    Rule(
        "report-safety",
        "The safety part of a report, where no duty is open",
        f"{part_days(part='safety')} days after the report was closed",
        partial(_part, "safety"),
    ),
    Rule("outbox", "Deliveries that are done or discarded", f"{KEPT_DAYS} days", _outbox),
    Rule(
        "reports", "Reports without a recorded crime that nobody reviewed in time", "13 months after closing", _reports
    ),
    Rule("uploads", "Files of many reports that were not sent, and words of what was", "a day, an hour", _uploads),
    Rule("calls-of-programs", "What programs sent under which key of theirs", f"{CALLS_KEPT.days} days", _calls),
    Rule("offline-answers", "Sealed words of reports from a device's queue", "24 hours", _offline_answers),
    Rule("keys-of-backups", "Keys parts of backups, keys of homes put aside", f"{KEYS_DAYS} days", _key_parts),
    Rule(
        "backups",
        "Backups, daily ones too; homes put aside by a restore",
        f"{BACKUP_DAYS} days",
        _backups,
    ),
    Rule("old-secret", "The Django secret before the present one", f"{_OLD_SECRET.days} days", _old_secret),
)


def run_rules(*, now: datetime, dry_run: bool) -> list[Ran]:
    """Carry out every rule, each with its row in the audit log; with `dry_run` count only, and write nothing.

    A rule that fails is written down as failed and does not stop the others.
    """
    return [_count(rule, now) if dry_run else _carry_out(rule, now) for rule in RULES]


def run_retention(*, now: datetime) -> None:
    """The daily job. Raises RetentionError after all rules were tried."""
    failed = [ran.rule.name for ran in run_rules(now=now, dry_run=False) if ran.error]
    if failed:
        raise RetentionError(f"not carried out: {', '.join(failed)}")


def _count(rule: Rule, now: datetime) -> Ran:
    return Ran(rule=rule, count=rule.run(now=now, dry_run=True))


def _carry_out(rule: Rule, now: datetime) -> Ran:
    action = f"retention.{rule.name}"
    try:
        with transaction.atomic():
            count = rule.run(now=now, dry_run=False)
            record(actor="system", action=action, detail={"count": count, "kept": rule.kept}, now=now)
    except (DatabaseError, OSError, KeepingError) as problem:
        error = type(problem).__name__
        record(actor="system", action=action, outcome="failed", detail={"error": error}, now=now)
        return Ran(rule=rule, count=0, error=error)
    return Ran(rule=rule, count=count)


def _own_backups() -> list[list[Path]]:
    """The backups in HOME/backups, and in the folder of the daily backup, oldest first."""
    own, named = Path(settings.BLUELAMP_HOME) / "backups", settings.CONFIG.backup_folder
    others = finished_of_ours(named) if named and named.resolve() != own.resolve() else []
    return [finished(own), others]


def _age(folder: Path, now: datetime) -> timedelta:
    """How long ago a backup was begun; one whose list is damaged counts from its last change."""
    try:
        return now - read_manifest(folder).started
    except KeepingError:
        return now - datetime.fromtimestamp(folder.stat().st_mtime, tz=UTC)


def _put_aside(now: datetime, *, days: int) -> list[Path]:
    """Homes that a restore put aside longer ago than so many days, by the time in their name."""
    home = Path(settings.BLUELAMP_HOME).resolve()
    found = []
    for path in sorted(home.parent.glob(f"{home.name}.replaced-*")):
        try:
            at = datetime.strptime(path.name.rpartition(".replaced-")[2][:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            continue
        if now - at > timedelta(days=days):
            found.append(path)
    return found


def _remove(paths: Iterable[Path], *, dry_run: bool) -> int:
    """Remove files, backups and folders, so that a kill leaves nothing that looks whole."""
    chosen = list(paths)
    if dry_run or not chosen:
        return len(chosen)
    with only_one(Path(settings.BLUELAMP_HOME)):
        for path in chosen:
            if (path / MANIFEST).exists():
                remove_backup(path)
            elif path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return len(chosen)
