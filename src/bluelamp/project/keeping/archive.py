"""The form of a backup: a folder with `manifest.json`, which names every file with its size and hash. Knows no Django.

20261125T120000Z/
    manifest.json
    main.db stream.db        or records.dump, made by pg_dump
    evidence/ editions/ audit/heads/
    erasures.jsonl installation
    keys.tar or keys.sealed  the keys part (keyspart.py): the vault and HOME/keys; kept for a shorter time
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

FORMAT = "bluelamp-backup-v1"
MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}")
_CHUNK = 1 << 20
_LITTLE = 1_000_000


class KeepingError(RuntimeError):
    """A backup, a restore or a migration cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class FileEntry:
    """One file: its path inside the backup, size in bytes, SHA-256 (hexadecimal)."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class KeysPart:
    """The keys part. `file` is its name in the backup, empty where it was written elsewhere."""

    file: str
    size: int
    sha256: str
    sealed: bool


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    `schema` names the applied migrations by database. `audit_seq` and `audit_hash` are the end of the audit log's chain
    (0 and empty without one). `missing` names files that the rows speak of and that were not there to be copied.
    """

    id: str
    installation: str
    program: str
    engine: str
    engine_version: str
    started: datetime
    ended: datetime
    schema: Mapping[str, Sequence[str]]
    audit_seq: int
    audit_hash: str
    files: Sequence[FileEntry]
    missing: Sequence[str]
    keys: KeysPart | None

    @property
    def audited(self) -> bool:
        """Whether the databases had an audit log yet."""
        return any(name.startswith("audit.") for name in self.schema["default"])


def copy_file(*, source: Path, target: Path, twin: Path | None = None) -> FileEntry:
    """Copy a file and flush it; its entry has no path yet. Where `twin` holds the same bytes, it is linked instead."""
    digest, size = hashlib.sha256(), 0
    private_folder(target.parent)
    with source.open("rb") as stream, create(target) as out:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    entry = FileEntry(path="", size=size, sha256=digest.hexdigest())
    if twin is not None and twin.is_file() and not twin.is_symlink() and hash_file(twin) == entry:
        _link_over(twin, target)
    return entry


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, and those above it that are missing."""
    for folder in [*reversed(path.parents), path]:
        folder.mkdir(exist_ok=True, mode=0o700)


def create(path: Path) -> IO[bytes]:
    """A new file, private from its first moment; raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b")


def is_full(*folders: Path) -> bool:
    """Whether a disk has no room to speak of. SQLite cannot always tell a full disk from a broken one."""
    return any(shutil.disk_usage(folder).free < _LITTLE for folder in folders)


def hash_file(path: Path) -> FileEntry:
    """Size and hash of a file; the entry has no path yet."""
    with path.open("rb") as stream:
        return FileEntry(path="", size=path.stat().st_size, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def write_manifest(*, folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`, the last file of a backup."""
    value = {"format": FORMAT, **asdict(manifest)}
    with create(folder / MANIFEST) as out:
        out.write(json.dumps(value, indent=1, default=lambda v: v.isoformat()).encode())
        out.flush()
        os.fsync(out.fileno())


def read_manifest(folder: Path) -> Manifest:
    """What a backup says that it holds. Raises KeepingError for a folder that is no whole backup."""
    try:
        held = json.loads((folder / MANIFEST).read_bytes())
        if held.pop("format") != FORMAT:
            raise KeepingError(f"{folder} is a backup in a form that this program does not know. Update the program.")
        manifest = Manifest(
            **{
                **held,
                "started": datetime.fromisoformat(held["started"]),
                "ended": datetime.fromisoformat(held["ended"]),
                "files": tuple(FileEntry(**f) for f in held["files"]),
                "keys": KeysPart(**held["keys"]) if held["keys"] else None,
            }
        )
    except FileNotFoundError as problem:
        raise KeepingError(f"{folder} is no backup, or one that was not finished: it has no {MANIFEST}.") from problem
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise KeepingError(f"{folder / MANIFEST} is damaged: it is not the list of a backup.") from problem
    names = [f.path for f in manifest.files] + ([manifest.keys.file] if manifest.keys and manifest.keys.file else [])
    if bad := [n for n in names if not isinstance(n, str) or not _NAME.fullmatch(n)] or len(set(names)) < len(names):
        raise KeepingError(f"{folder / MANIFEST} names a file that no backup has ({bad}).")
    return manifest


def wrong_with(*, path: Path, entry: FileEntry | KeysPart, name: str, found: FileEntry | None = None) -> str:
    """What is wrong with a file of a backup, in words; empty where nothing is. `found` spares reading it again."""
    if path.is_symlink() or not path.is_file():
        return f"{name} is missing."
    if path.stat().st_size != entry.size:
        return f"{name} was cut or grew: it has {path.stat().st_size:,} bytes of {entry.size:,}."
    if (found or hash_file(path)).sha256 != entry.sha256:
        return f"{name} was changed: its bytes do not have the hash that was written down."
    return ""


def fetch(*, source: Path, target: Path, entry: FileEntry, link: bool) -> str:
    """Bring a file of a backup to another place, flushed; gives what is wrong with it, or nothing.

    With `link` it is linked where that is possible: for looking at it, not for living with it.
    """
    private_folder(target.parent)
    if source.is_symlink() or not source.is_file():
        return wrong_with(path=source, entry=entry, name=entry.path)
    if not link:
        found = copy_file(source=source, target=target)
        return wrong_with(path=source, entry=entry, name=entry.path, found=found)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return wrong_with(path=source, entry=entry, name=entry.path)


def _link_over(twin: Path, target: Path) -> None:
    """Let two backups share a file, if the file system can."""
    beside = target.with_name(f"{target.name}.link")
    try:
        os.link(twin, beside)
    except OSError:
        return
    beside.replace(target)
