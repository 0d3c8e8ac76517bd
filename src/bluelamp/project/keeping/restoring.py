"""Trying a backup, and living with it: a copy is built beside, examined, and takes its place in one step."""

import errno
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings

from bluelamp.kernel.vault.erasures import Erasure, erasures_path, read_erasures, write_erasures
from bluelamp.kernel.vault.keyfiles import file_lock
from bluelamp.project.keeping import keyspart, naming, postgres, sqlite
from bluelamp.project.keeping.archive import KeepingError, Manifest, fetch, is_full, read_manifest, wrong_with
from bluelamp.project.keeping.backup import (
    ERASURES,
    KEYS_DAYS,
    RECORDS_DUMP,
    VAULT_DUMP,
    finished,
    read_last,
    write_last,
)
from bluelamp.project.keeping.examining import Question
from bluelamp.project.keeping.folders import backups_folder, only_one, unused
from bluelamp.project.keeping.migrating import newer_than_program
from bluelamp.project.keeping.placing import begin_copy, holds_data, settle, take_place

_HELD = {
    "messages_held": "messages are held: they may have been sent since the backup. See: bluelamp messages held",
    "deliveries_held": "deliveries are held: they may have been made since the backup. See: bluelamp outbox dead",
}


@dataclass(frozen=True)
class Chosen:
    """A backup, and what is used with it: a keys part (None: the fitting one beside it), a list of erasures, a head.

    `despite`: restore although the log, the vault or the files are not as they should be; bytes must still be right.
    """

    folder: Path
    keys: Path | None = None
    without_keys: bool = False
    erasures: Path | None = None
    anchor: Path | None = None
    despite: bool = False


@dataclass
class Findings:
    """What is wrong with a backup, what is worth knowing, and counts."""

    manifest: Manifest
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Restored:
    """A restored home; `aside` is where the replaced one is."""

    home: Path
    aside: Path | None
    findings: Findings


def verify_backup(*, chosen: Chosen, now: datetime) -> Findings:
    """Try a backup: every hash, every database, the log, the files, in a copy that is removed. Raises KeepingError."""
    home = Path(settings.BLUELAMP_HOME)
    own = backups_folder(home)
    with file_lock(path=own / ".checking", exclusive=True):
        for left in own.glob(".check-*"):
            shutil.rmtree(left)
        copy = own / f".check-{secrets.token_hex(6)}"
        copy.mkdir(mode=0o700)
        try:
            findings = _stage(chosen, copy, link=True)
            findings.problems += [
                f"{name} was not there when the backup was made." for name in findings.manifest.missing
            ]
            findings.problems += _lost_keys(findings.manifest, chosen, now)
            if not findings.problems:
                with _database(findings.manifest, copy) as url:
                    _examine(findings, chosen, copy, url, restored=False)
        finally:
            shutil.rmtree(copy, ignore_errors=True)
    last = read_last(home)
    if last and last["path"] == str(chosen.folder.absolute()):
        write_last(
            home=home, path=chosen.folder.absolute(), at=findings.manifest.started, verified=not findings.problems
        )
    return findings


def restore_backup(*, chosen: Chosen, home: Path, replace: bool, now: datetime) -> Restored:
    """Put a backup in a home's place, or where none is. Raises KeepingError, and then nothing has changed.

    The copy is built beside the home and examined first. On Linux the two change names in one step; elsewhere a kill
    between two renames leaves the old home beside, as HOME.replaced-TIME.
    """
    home = home.resolve()
    if holds_data(home) and not replace:
        raise KeepingError(f"{home} holds data. Name an empty place with --home, or put the old one aside: --replace")
    url = settings.CONFIG.database_url
    with ExitStack() as held:
        if home.is_dir():
            held.enter_context(unused(home))
            held.enter_context(only_one(home))
        home.parent.mkdir(parents=True, exist_ok=True)
        settle(home)
        try:
            copy = begin_copy(home=home, now=now)
            findings = _build(chosen, copy, home=home, url=url)
            aside = take_place(copy=copy, home=home)
        finally:
            settle(home)
    return Restored(home=home, aside=aside, findings=findings)


def choose_keys(*, folder: Path, manifest: Manifest, newest: bool) -> Path | None:
    """The keys part to use: the newest of this backup and later ones beside it, or this one's own first."""
    later = []
    for other in finished(folder.absolute().parent):
        with suppress(KeepingError):
            held = read_manifest(other)
            if held.installation == manifest.installation and held.started >= manifest.started and held.keys:
                part = other / held.keys.file
                if held.keys.file and not wrong_with(path=part, entry=held.keys, name=part.name):
                    later.append((held.started, part))
    later.sort()
    if not later:
        return None
    return later[-1][1] if newest else later[0][1]


def _lost_keys(manifest: Manifest, chosen: Chosen, now: datetime) -> list[str]:
    """A keys part that is gone before its time. Later it is removed by the rules of retention."""
    if manifest.keys is None or not manifest.keys.file or chosen.keys or chosen.without_keys:
        return []
    gone = not (chosen.folder / manifest.keys.file).exists()
    return [f"{manifest.keys.file} is missing."] if gone and now - manifest.started < timedelta(days=KEYS_DAYS) else []


def _build(chosen: Chosen, copy: Path, *, home: Path, url: str) -> Findings:
    findings = _stage(chosen, copy, link=False, home=home)
    if not findings.problems:
        with _filled(url, copy):
            _examine(findings, chosen, copy, url, restored=True)
            _check_whole(findings)
    _check_whole(findings)
    findings.notes += [f"{name} was not there when the backup was made." for name in findings.manifest.missing]
    return findings


def _check_whole(findings: Findings) -> None:
    if findings.problems:
        raise KeepingError(f"This backup is not whole, nothing was changed: {' '.join(findings.problems[:5])}")


@contextmanager
def _filled(url: str, copy: Path) -> Iterator[None]:
    """On PostgreSQL the database is filled first, and emptied again where the copy turns out not to be whole."""
    if not url:
        yield
        return
    _fill(url, copy)
    try:
        yield
    except BaseException:
        postgres.clear(url)
        raise


def _fill(url: str, copy: Path) -> None:
    dumps = [p for p in (copy / RECORDS_DUMP, copy / VAULT_DUMP) if p.exists()]
    postgres.restore(url=url, dumps=dumps, erasures=read_erasures(path=copy / ERASURES), spool=copy)
    for dump in dumps:
        dump.unlink()


def _stage(chosen: Chosen, copy: Path, *, link: bool, home: Path | None = None) -> Findings:
    """Bring the files of a backup together in one folder, checking every one."""
    folder = chosen.folder.absolute()
    manifest = read_manifest(folder)
    findings = Findings(manifest=manifest)
    unknown = newer_than_program(manifest.schema)
    if unknown:
        raise KeepingError(f"This backup was made by a newer program (it has {unknown}). Update the program.")
    if (manifest.engine == "postgresql") != bool(settings.CONFIG.database_url):
        raise KeepingError(
            "This backup is of PostgreSQL: name an empty database in BLUELAMP_DATABASE_URL."
            if manifest.engine == "postgresql"
            else "This backup is of SQLite files: leave BLUELAMP_DATABASE_URL out."
        )
    for entry in manifest.files:
        # Only what cannot change may be shared with the copy.
        shared = link and entry.path.endswith(".parquet")
        if wrong := fetch(source=folder / entry.path, target=copy / entry.path, entry=entry, link=shared):
            findings.problems.append(wrong)
    _bring_keys(chosen, copy, findings, own_first=link)
    _bring_erasures(chosen, copy, findings, home=home)
    return findings


def _bring_keys(chosen: Chosen, copy: Path, findings: Findings, *, own_first: bool) -> None:
    manifest, folder = findings.manifest, chosen.folder.absolute()
    if chosen.without_keys:
        findings.notes.append("Without the keys part sealed personal data cannot be read.")
        return
    own = folder / manifest.keys.file if manifest.keys and manifest.keys.file else None
    if own and own.exists() and manifest.keys and (wrong := wrong_with(path=own, entry=manifest.keys, name=own.name)):
        findings.problems.append(wrong)
        return
    used = chosen.keys or choose_keys(folder=folder, manifest=manifest, newest=not own_first)
    if used is None:
        said = "was removed or lies elsewhere: name it with --keys" if manifest.keys else "was left out of this backup"
        if own_first:
            findings.notes.append(f"Not tried: the keys part, which {said}.")
            return
        raise KeepingError(f"The keys part {said}. To go on without it, which opens no sealed data: --without-keys")
    if used != own:
        findings.notes.append(f"The keys part used is {used}.")
    keyspart.unpack(
        source=used,
        folder=copy,
        passphrase=keyspart.read_passphrase(settings.CONFIG.backup_passphrase_file),
    )


def _bring_erasures(chosen: Chosen, copy: Path, findings: Findings, *, home: Path | None) -> None:
    """Every list that can be found: of this backup and later ones, of this home, and the one that was named."""
    lists: list[Sequence[Erasure]] = [read_erasures(path=copy / ERASURES)]
    for other in finished(chosen.folder.absolute().parent):
        with suppress(KeepingError):
            if read_manifest(other).installation == findings.manifest.installation:
                lists.append(read_erasures(path=other / ERASURES))
    lists.append(read_erasures(path=erasures_path()))
    if chosen.erasures:
        lists.append(read_erasures(path=chosen.erasures))
    if home:
        lists += [read_erasures(path=home / ERASURES), _tombstones(home)]
    (copy / ERASURES).unlink(missing_ok=True)
    (copy / ERASURES).touch(mode=0o600)
    write_erasures(path=copy / ERASURES, erasures=naming.merged(*lists))


def _tombstones(home: Path) -> list[Erasure]:
    path = home / "vault.db"
    if not path.exists():
        return []
    try:
        with sqlite.reading(path) as connection:
            return naming.tombstones(partial(sqlite.rows, connection))
    except KeepingError:
        return []  # a damaged vault may be why one restores


@contextmanager
def _database(manifest: Manifest, copy: Path) -> Iterator[str]:
    """The database for trying: files of the copy, or a new one on the same server."""
    if manifest.engine == "sqlite":
        yield ""
        return
    with postgres.scratch(settings.CONFIG.database_url) as url:
        _fill(url, copy)
        yield url


def _examine(findings: Findings, chosen: Chosen, copy: Path, url: str, *, restored: bool) -> None:
    """Ask a process of its own whose home is the copy."""
    manifest = findings.manifest
    asked = Question(
        anchor=str(chosen.anchor.absolute()) if chosen.anchor else "",
        audit_seq=manifest.audit_seq,
        audit_hash=manifest.audit_hash,
        with_keys=(copy / "keys").is_dir(),
        restored=manifest.id if restored else "",
        missing=tuple(manifest.missing),
        despite=chosen.despite,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bluelamp.project.keeping.inside"],
        env=_environment(copy, url),
        input=json.dumps(asdict(asked)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        if done.returncode == errno.ENOSPC or is_full(copy):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(copy.parent))
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise KeepingError(f"The copy could not be examined, nothing was changed ({last}).")
    answer = json.loads(done.stdout)
    findings.problems += answer["problems"]
    (findings.notes if restored and chosen.despite else findings.problems).extend(answer["doubts"])
    findings.numbers |= answer["numbers"]
    for name, words in _HELD.items():
        if count := findings.numbers.get(name):
            findings.notes.append(f"{count:,} {words}")


def _environment(copy: Path, url: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BLUELAMP_")}
    return {**kept, "BLUELAMP_HOME": str(copy), **({"BLUELAMP_DATABASE_URL": url} if url else {})}
