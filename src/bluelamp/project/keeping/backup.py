"""Making a backup while the program runs: written beside, flushed, renamed. The next one clears what a kill left.

Order matters. Signed heads first: what is in a file is in the database that is copied later. Then the rows, then the
files that they name (immutable, and not swept meanwhile), then the vault: a row's key is committed before the row.
"""

import json
import secrets
import shutil
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path

from django.conf import settings

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.evidence.operations import keep_files
from bluelamp.kernel.vault.erasures import Erasure, erasures_path, read_erasures, write_erasures
from bluelamp.kernel.vault.keyfiles import create_private, flush_folder, replace_private
from bluelamp.kernel.vault.master import one_rotation
from bluelamp.project.keeping import keyspart, naming, postgres, sqlite
from bluelamp.project.keeping.archive import (
    MANIFEST,
    FileEntry,
    KeepingError,
    KeysPart,
    Manifest,
    copy_file,
    hash_file,
    private_folder,
    read_manifest,
    write_manifest,
)
from bluelamp.project.keeping.folders import backups_folder, flush_tree, only_one
from bluelamp.project.keeping.placing import settle

KEYS_DAYS = 7
HOME_FILES = ("backtest.json", "installation")
LAST = "last.json"
ERASURES = "erasures.jsonl"
RECORDS_DUMP, VAULT_DUMP = "records.dump", "vault.dump"


@dataclass(frozen=True)
class KeysWanted:
    """What becomes of the keys part: in the backup, in a file elsewhere, or left out."""

    left_out: bool = False
    elsewhere: Path | None = None


@dataclass(frozen=True)
class Made:
    """A finished backup. `keys` is the file of the keys part, None where it was left out."""

    folder: Path
    keys: Path | None
    manifest: Manifest


@dataclass
class _Making:
    """A backup that is being made: `part` is what is renamed at the end, `spool` is for keys, in the home."""

    home: Path
    part: Path
    spool: Path
    before: Path | None
    entries: list[FileEntry]
    missing: list[str]

    @property
    def vault(self) -> Path:
        """What becomes the keys part."""
        return self.spool / "held"

    def add(self, source: Path, name: str) -> None:
        """Copy a file of the home; one that is not there is noted."""
        if not source.is_file():
            self.missing.append(name)
            return
        twin = self.before / name if self.before else None
        entry = copy_file(source=source, target=self.part / name, twin=twin)
        self.entries.append(replace(entry, path=name))

    def note(self, name: str) -> None:
        """Take in a file that was written into the backup."""
        self.entries.append(replace(hash_file(self.part / name), path=name))


@dataclass(frozen=True)
class _Copied:
    engine: str
    engine_version: str
    schema: Mapping[str, Sequence[str]]
    said: naming.Said
    tombstones: Sequence[Erasure]


def make_backup(*, to: Path | None, keys: KeysWanted, now: datetime) -> Made:
    """Make a backup in HOME/backups or another folder. Raises KeepingError, OSError (full disk), leaving nothing."""
    home = Path(settings.BLUELAMP_HOME)
    with only_one(home):
        return make_backup_alone(to=to, keys=keys, now=now)


def make_backup_alone(*, to: Path | None, keys: KeysWanted, now: datetime) -> Made:
    """The same, for a caller who holds the lock."""
    home = Path(settings.BLUELAMP_HOME)
    own, passphrase = backups_folder(home), keyspart.read_passphrase(settings.CONFIG.backup_passphrase_file)
    target = to.absolute() if to else own
    _check_keys_may_go(keys=keys, target=target, home=home, passphrase=passphrase)
    private_folder(target)
    settle(home.resolve())
    for left in (*(p for folder in {target, own} for p in folder.glob(f".*{_half(home)}")), *own.glob(".keys-*")):
        shutil.rmtree(left)
    for spare in own.glob(f".{LAST}.*"):
        spare.unlink()
    name = _free_name(target, now)
    making = _Making(
        home=home,
        part=target / f".{name}{_half(home)}",
        spool=own / f".keys-{secrets.token_hex(6)}",
        before=next(reversed(finished(target)), None),
        entries=[],
        missing=[],
    )
    try:
        making.part.mkdir(mode=0o700)
        private_folder(making.vault / "keys")
        with one_rotation(), keep_files():
            copied = _copy_all(making)
        part = None if keys.left_out else _pack_keys(making, keys=keys, passphrase=passphrase)
        manifest = Manifest(
            id=name,
            installation=installation(home),
            program=metadata.version("bluelamp"),
            engine=copied.engine,
            engine_version=copied.engine_version,
            started=now,
            ended=datetime.now(tz=UTC),
            schema=copied.schema,
            audit_seq=copied.said.audit_seq,
            audit_hash=copied.said.audit_hash,
            files=tuple(sorted(making.entries, key=lambda e: e.path)),
            missing=tuple(sorted(making.missing)),
            keys=part,
        )
        return _publish(making, target / name, manifest, keys=keys)
    finally:
        shutil.rmtree(making.spool, ignore_errors=True)
        shutil.rmtree(making.part, ignore_errors=True)


def write_down(*, made: Made, now: datetime) -> str:
    """An entry of the log for a backup, where there is a log; give the hash of the backup's list."""
    sha256 = hash_file(made.folder / MANIFEST).sha256
    if made.manifest.audited:
        detail: dict[str, str | int] = {"backup": made.folder.name, "manifest": sha256}
        record(actor="system", action="keeping.backed-up", detail=detail, now=now)
    return sha256


def write_last(*, home: Path, path: Path, at: datetime, verified: bool) -> None:
    """Note the newest backup for whoever watches its age (`bluelamp doctor`)."""
    value = {"at": at.isoformat(), "path": str(path), "verified": verified}
    replace_private(path=backups_folder(home) / LAST, content=json.dumps(value).encode())


def read_last(home: Path) -> dict[str, object] | None:
    """What was noted; None without a backup or where the note cannot be read."""
    with suppress(OSError, ValueError):
        found = json.loads((home / "backups" / LAST).read_bytes())
        return found if isinstance(found, dict) else None
    return None


def installation(home: Path) -> str:
    """The id of this installation, made once: keys and erasures of another one never mix with it."""
    path = home / "installation"
    if not path.exists():
        create_private(path=path, content=str(uuid.uuid4()).encode() + b"\n")
    return path.read_text(encoding="utf-8").strip()


def finished(folder: Path) -> list[Path]:
    """The finished backups in a folder, oldest first."""
    return sorted(p.parent for p in folder.glob("[0-9]*Z*/manifest.json")) if folder.is_dir() else []


def finished_of_ours(folder: Path) -> list[Path]:
    """The same of this installation only: another one may keep its backups in the same folder."""
    ours = installation(Path(settings.BLUELAMP_HOME))
    found = []
    for path in finished(folder):
        with suppress(KeepingError):
            if read_manifest(path).installation == ours:
                found.append(path)
    return found


def remove_backup(folder: Path) -> None:
    """Remove a finished backup. It loses its name first, so that the next backup clears what a kill here leaves."""
    half = folder.with_name(f".{folder.name}{_half(Path(settings.BLUELAMP_HOME))}")
    folder.rename(half)
    shutil.rmtree(half)


def _half(home: Path) -> str:
    """How the name of a half backup ends: of this installation only, as another one may be writing beside it."""
    return f".{installation(home)[:8]}.part"


def _free_name(target: Path, now: datetime) -> str:
    name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = [name, *(f"{name}-{n}" for n in range(2, 100))]
    return next(n for n in names if not (target / n).exists())


def _check_keys_may_go(*, keys: KeysWanted, target: Path, home: Path, passphrase: bytes | None) -> None:
    place = keys.elsewhere.absolute() if keys.elsewhere else target
    if keys.elsewhere and keys.elsewhere.exists():
        raise KeepingError(f"{keys.elsewhere} is there already. Name a new file.")
    if passphrase is None and not keys.left_out and not place.resolve().is_relative_to(home.resolve()):
        raise KeepingError(
            "The keys would lie readable outside the home. Name a file with a passphrase in "
            "BLUELAMP_BACKUP_PASSPHRASE_FILE, or leave the keys out (--without-keys)."
        )


def _copy_all(making: _Making) -> _Copied:
    """Copy heads, rows, files, stream, vault, small files, the list of erasures, keys: in this order."""
    for head in sorted((making.home / "audit" / "heads").glob("????-??-??.json")):
        making.add(head, f"audit/heads/{head.name}")
    url = settings.CONFIG.database_url
    copied = _copy_postgres(making, url) if url else _copy_sqlite(making)
    for name in HOME_FILES:
        if (making.home / name).exists():
            making.add(making.home / name, name)
    _copy_erasures(making, copied.tombstones)
    for path in sorted((making.home / "keys").iterdir()):
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".lock":
            copy_file(source=path, target=making.vault / "keys" / path.name)
    return copied


def _copy_sqlite(making: _Making) -> _Copied:
    schema, said = {}, naming.Said(schema=(), files=(), audit_seq=0, audit_hash="")
    tombstones: list[Erasure] = []
    for alias in ("default", "stream", "vault"):
        source = Path(str(settings.DATABASES[alias]["NAME"]))
        if not source.is_file():
            continue
        copy = (making.vault if alias == "vault" else making.part) / source.name
        sqlite.copy_database(source=source, target=copy)
        with sqlite.reading(copy) as connection:
            rows = partial(sqlite.rows, connection)
            schema[alias] = naming.migrations(rows)
            if alias == "default":
                said = naming.read_rows(rows)
            elif alias == "vault":
                tombstones = naming.tombstones(rows)
        if alias == "default":
            _copy_named(making, said)
        if alias != "vault":
            making.note(source.name)
    _check_some(said)
    return _Copied("sqlite", sqlite3.sqlite_version, schema, said, tombstones)


def _copy_postgres(making: _Making, url: str) -> _Copied:
    """One snapshot for all: whoever sees a row in it sees its key, which was committed before."""
    with postgres.snapshot(url) as held:
        said = naming.read_rows(held.rows)
        _check_some(said)
        others = {a: naming.migrations(held.rows, table=f"{a}.django_migrations") for a in ("stream", "vault")}
        schema = {"default": said.schema, **{alias: names for alias, names in others.items() if names}}
        postgres.dump(url=url, target=making.part / RECORDS_DUMP, held=held, vault=False)
        _copy_named(making, said)
        making.note(RECORDS_DUMP)
        tombstones = naming.tombstones(held.rows, table="vault.vault_recordkey")
        if "vault" in schema:
            postgres.dump(url=url, target=making.vault / VAULT_DUMP, held=held, vault=True)
        return _Copied("postgresql", str(held.version), schema, said, tombstones)


def _check_some(said: naming.Said) -> None:
    if not said.schema:
        raise KeepingError("There is nothing to back up yet. Make the databases first: bluelamp setup")


def _copy_named(making: _Making, said: naming.Said) -> None:
    for name in said.files:
        making.add(making.home / name, name)


def _copy_erasures(making: _Making, tombstones: Sequence[Erasure]) -> None:
    """The list goes with the records, and is made whole by what the vault remembers."""
    listed = read_erasures(path=erasures_path())
    known = {e.record for e in listed}
    write_erasures(path=erasures_path(), erasures=[e for e in tombstones if e.record not in known])
    (making.part / ERASURES).touch(mode=0o600)
    write_erasures(path=making.part / ERASURES, erasures=naming.merged(listed, tombstones))
    making.note(ERASURES)


def _pack_keys(making: _Making, *, keys: KeysWanted, passphrase: bytes | None) -> KeysPart:
    name = keyspart.PLAIN if passphrase is None else keyspart.SEALED
    packed = making.spool / name
    keyspart.pack(folder=making.vault, target=packed, passphrase=passphrase)
    place = keys.elsewhere.absolute() if keys.elsewhere else making.part / name
    beside = place.with_name(f"{place.name}.part")
    beside.unlink(missing_ok=True)
    entry = copy_file(source=packed, target=beside)
    beside.rename(place)
    flush_folder(place.parent)
    return KeysPart("" if keys.elsewhere else name, entry.size, entry.sha256, sealed=passphrase is not None)


def _publish(making: _Making, final: Path, manifest: Manifest, *, keys: KeysWanted) -> Made:
    write_manifest(folder=making.part, manifest=manifest)
    flush_tree(making.part)
    making.part.rename(final)
    flush_folder(final.parent)
    write_last(home=making.home, path=final, at=manifest.started, verified=False)
    place = None if manifest.keys is None else keys.elsewhere or final / manifest.keys.file
    return Made(folder=final, keys=place, manifest=manifest)
