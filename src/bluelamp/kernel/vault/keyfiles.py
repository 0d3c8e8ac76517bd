"""Files that hold keys: readable by the owner only (0600), whole or not there at all."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def keys_folder() -> Path:
    """Where the keys are, made (0700) where it is not."""
    folder = Path(settings.BLUELAMP_HOME) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def create_private(*, path: Path, content: bytes) -> bool:
    """Write a new file; False, with nothing changed, where there is one already (another process was quicker)."""
    part = _written_beside(path, content)
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    finally:
        part.unlink()
    flush_folder(path.parent)
    return True


def replace_private(*, path: Path, content: bytes) -> None:
    """Put new content in the place of a file's old one: a reader, or a kill, sees the one or the other."""
    part = _written_beside(path, content)
    try:
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    flush_folder(path.parent)


@contextlib.contextmanager
def file_lock(*, path: Path, exclusive: bool, wait: bool = True) -> Iterator[None]:
    """Hold a lock between the processes of this machine: many may share it, or one holds it alone.

    Without `wait` raises BlockingIOError where another holds it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


def _written_beside(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except OSError:
        part.unlink()
        raise
    return part


def flush_folder(folder: Path) -> None:
    """Have what was made, renamed or removed in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
