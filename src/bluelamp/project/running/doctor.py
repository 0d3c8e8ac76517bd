"""What `bluelamp doctor` looks at beyond readiness: the machine, the files, and what nobody would notice in time."""

import json
import platform
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections

from bluelamp.index.feeds.base import Feed
from bluelamp.index.operations.pulling import scheduled
from bluelamp.kernel.audit.queries import newest_head
from bluelamp.kernel.evidence.queries import visible_loads
from bluelamp.kernel.fetching.queries import state_of
from bluelamp.kernel.outbox.queries import backlog
from bluelamp.kernel.people.queries import administrators
from bluelamp.project.running.checks import FAIL, OK, READINESS, WARN, Check, Finding, State, finding, run_checks, whole
from bluelamp.project.running.reads import newest_row, oldest_unsealed
from bluelamp.project.setting_table import SETTINGS

# No build of this version can be older, so that a clock before it is wrong.
NOT_BEFORE = datetime(2026, 8, 1, tzinfo=UTC)
CLOCK_STEP = timedelta(minutes=5)
SEALED_WITHIN = timedelta(hours=1)
OUTBOX_SLOW, OUTBOX_STUCK = timedelta(minutes=5), timedelta(hours=1)
FEED_CYCLES = 3
EVIDENCE_OLD = timedelta(days=60)
BACKUP_OLD = timedelta(days=2)
# When corrections of security faults end (https://devguide.python.org/versions/).
_PYTHON_ENDS = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}


def examine(*, now: datetime, env: Mapping[str, str]) -> list[Finding]:
    """Every check, in the order in which a person would look."""
    first: dict[str, Check] = {"python": python, "settings": lambda _now: settings_used(env), "home": home}
    return run_checks(checks={**first, **READINESS, **_MORE}, now=now)


def python(now: datetime) -> Iterable[Finding]:
    """Whether this Python still gets corrections. An older one than 3.11 could not have come here."""
    found = f"Python {platform.python_version()}"
    last = _PYTHON_ENDS.get(sys.version_info[:2])
    if last and now.date() > last:
        return [Finding("python", WARN, f"{found} gets no corrections since {last}.", "Install a newer Python.")]
    return [Finding("python", OK, found)]


def settings_used(env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether each setting is known, and whether they go together. An unusable value ends the program earlier."""
    known = {setting.name for setting in SETTINGS}
    config, wrong = settings.CONFIG, False
    for name in sorted(name for name in env if name.startswith("BLUELAMP_") and name not in known):
        wrong = True
        yield Finding("settings", WARN, f"There is no setting {name}.", "See docs/reference/settings.md")
    if config.outside and not config.proxies:
        wrong = True
        todo = "Put a proxy with TLS before it and set BLUELAMP_PROXIES=1: see docs/howto/run.md"
        yield Finding("settings", WARN, "The program can be reached from outside without a proxy.", todo)
    if not wrong:
        yield Finding("settings", OK, f"Profile {config.profile}.")


def home(_now: datetime) -> Iterator[Finding]:
    """Whether only the program's own user can look into HOME (0700), and keys are their own (0600)."""
    folder = Path(settings.BLUELAMP_HOME)
    wrong = False
    for path in (folder, folder / "keys"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            wrong = True
            yield Finding("home", WARN, f"Others can look into {path}.", f"Run: chmod 700 {path}")
    for path in _key_files(folder / "keys"):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            wrong = True
            todo = f"Run: chmod 600 {path}. Where others use this machine, change the key."
            yield Finding("home", FAIL, f"Others can read {path}.", todo)
    if not wrong:
        yield Finding("home", OK, f"{folder} is the program's own.")


def _key_files(folder: Path) -> list[Path]:
    config = settings.CONFIG
    named = (config.secret_key_file, config.metrics_token_file, config.smtp_password_file, config.sms_token_file)
    every = [*(folder.iterdir() if folder.is_dir() else ()), *(path for path in named if path)]
    return sorted({path.resolve() for path in every if path.is_file()})


def integrity(_now: datetime) -> Iterator[Finding]:
    """SQLite's own check of each file. PostgreSQL checks its pages itself where checksums are on."""
    for alias in settings.DATABASES:
        connection, name = connections[alias], f"integrity {alias}"
        if connection.vendor != "sqlite":
            yield Finding(name, OK, "The server looks after it.")
            continue
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            told = str(cursor.fetchone()[0])
        if told == "ok":
            yield Finding(name, OK, "SQLite finds nothing wrong.")
        else:
            yield Finding(name, FAIL, f"SQLite finds: {told}", "Stop the program and restore the newest good backup.")


def clock(now: datetime) -> Iterable[Finding]:
    """Whether the clock can be right: not before this version was made, not before what was already written."""
    todo = "Set the clock, and keep it set: timedatectl set-ntp true"
    if now < NOT_BEFORE:
        return [Finding("clock", FAIL, f"It says {now:%Y-%m-%d}, before this version was made.", todo)]
    newest = newest_row()
    if newest and newest - now > CLOCK_STEP:
        return [Finding("clock", FAIL, f"It is {whole(newest - now)} behind the newest row.", todo)]
    return [Finding("clock", OK, f"{now:%Y-%m-%d %H:%M} UTC")]


def audit(now: datetime) -> Iterator[Finding]:
    """Whether the audit log is sealed and signed as it goes."""
    todo = "See that a worker runs. If one does: bluelamp outbox status"
    oldest = oldest_unsealed()
    if oldest and now - oldest > SEALED_WITHIN:
        yield Finding("audit seal", FAIL, f"An entry has waited {whole(now - oldest)} to be sealed.", todo)
    else:
        yield Finding("audit seal", OK, "Entries are sealed." if not oldest else "The newest entries are being sealed.")
    head, today = newest_head(), now.astimezone(UTC).date()
    if head is None:
        yield finding("audit head", WARN if oldest else OK, "No day was signed yet.", todo)
    elif today - head.day > timedelta(days=1):
        yield Finding("audit head", FAIL, f"The last day that was signed is {head.day}.", todo)
    else:
        yield Finding("audit head", OK, f"{head.day} is signed.")


def outbox(now: datetime) -> Iterator[Finding]:
    """Whether events are delivered in time and none was given up."""
    waiting = backlog(now=now)
    oldest = waiting.oldest or timedelta()
    state: State = FAIL if oldest > OUTBOX_STUCK else WARN if oldest > OUTBOX_SLOW else OK
    told = f"{waiting.waiting} deliveries wait" + (f", the oldest for {whole(oldest)}." if waiting.oldest else ".")
    yield finding("outbox", state, told, "See: bluelamp outbox status")
    todo = "Look at them, then revive or discard: bluelamp outbox dead"
    yield finding("dead letters", WARN if waiting.dead else OK, f"{waiting.dead} dead letters.", todo)


def feeds(now: datetime) -> Iterator[Finding]:
    """Whether the evidence is fresh: by each feed's own cycle where they are fetched, else by its newest date."""
    if settings.BLUELAMP_PULL:
        late = [feed.id for feed in scheduled() if _late(feed, now)]
        told = f"Not fetched for {FEED_CYCLES} cycles: {', '.join(late)}." if late else "All were fetched in time."
        yield finding("feeds", WARN if late else OK, told, "See: bluelamp feeds schedule")
        return
    dates = visible_loads(table="sightings").values_list("last_on", flat=True)
    newest: date | None = max((on for on in dates if on), default=None)
    if newest is None:
        yield Finding("feeds", WARN, "There is no evidence yet.", "Run: bluelamp setup")
    elif now.date() - newest > EVIDENCE_OLD:
        todo = "Load a newer file (bluelamp feeds load), or let feeds be fetched: BLUELAMP_PULL=1"
        yield Finding("feeds", WARN, f"The newest evidence is of {newest}.", todo)
    else:
        yield Finding("feeds", OK, f"The newest evidence is of {newest}.")


def _late(feed: Feed, now: datetime) -> bool:
    state = state_of(name=feed.id)
    return state is None or state.checked_at is None or now - state.checked_at > FEED_CYCLES * feed.every


def people(now: datetime) -> Iterable[Finding]:
    """Whether two people can administer: it takes two to give a capacity or to replace a lost second factor."""
    number = administrators(now=now).count()
    if number >= 2:
        return [Finding("administrators", OK, f"{number} administrators.")]
    todo = "Invite another at the desk." if number else "Run: bluelamp people first-administrator --email ADDRESS"
    return [Finding("administrators", WARN, "One administrator." if number else "No administrator.", todo)]


def backup(now: datetime) -> Iterable[Finding]:
    """How old the newest backup is and whether it was tried, by HOME/backups/last.json (keeping/backup.py)."""
    path = Path(settings.BLUELAMP_HOME) / "backups" / "last.json"
    todo = "Back up daily (BLUELAMP_BACKUP_FOLDER) or by hand (bluelamp backup): see docs/howto/backup.md"
    try:
        last = json.loads(path.read_bytes())
        age = now - datetime.fromisoformat(last["at"])
        tried = last.get("verified", True)
    except FileNotFoundError:
        return [Finding("backup", WARN, "There is no record of a backup.", todo)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [Finding("backup", WARN, f"{path} cannot be understood.", todo)]
    told = f"The newest backup is {whole(max(age, timedelta()))} old."
    if not tried:
        return [Finding("backup", WARN, f"{told} It was not tried, or it is not whole.", "Run: bluelamp verify-backup")]
    return [finding("backup", WARN if age > BACKUP_OLD else OK, told, todo)]


_MORE: dict[str, Check] = {
    "integrity": integrity,
    "clock": clock,
    "audit": audit,
    "outbox": outbox,
    "feeds": feeds,
    "administrators": people,
    "backup": backup,
}
