"""Folders that appear whole or not at all, and the locks that keep backup, restore and the running program apart."""

import ctypes
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bluelamp.kernel.vault.keyfiles import file_lock, flush_folder
from bluelamp.project.keeping.archive import KeepingError, private_folder

HALF = ".half"
_AT_CWD, _EXCHANGE = -100, 2


def backups_folder(home: Path) -> Path:
    """Where backups go that are not sent elsewhere; private, because they hold what the home holds."""
    folder = home / "backups"
    private_folder(folder)
    return folder


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Held by a backup, a migration or a clearing of backups: no two at once. Raises KeepingError."""
    try:
        with file_lock(path=backups_folder(home) / ".lock", exclusive=True, wait=False):
            yield
    except BlockingIOError as problem:
        raise KeepingError("Another backup or migration is running. Wait for its end, then try again.") from problem


def hold_home(home: Path) -> None:
    """Mark a home as in use until this process, and what it turns into, ends. Raises KeepingError during a restore."""
    path = home / "running.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(handle, True)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        held = path.exists() and os.path.samestat(os.fstat(handle), path.stat())
    except BlockingIOError:
        held = False
    # Not held, or of a home that was put aside between opening and locking.
    if not held:
        os.close(handle)
        raise KeepingError(f"{home} is being restored. Start again when that is done.")


@contextmanager
def unused(home: Path) -> Iterator[None]:
    """Hold a home that nothing uses. Raises KeepingError where a server or a worker runs on it."""
    if not home.is_dir():
        yield
        return
    try:
        with file_lock(path=home / "running.lock", exclusive=True, wait=False):
            yield
    except BlockingIOError as problem:
        raise KeepingError(f"A server or a worker is running on {home}. Stop them first.") from problem


def flush_tree(folder: Path) -> None:
    """Have every folder below this one, and itself, survive a power cut (files are flushed when written)."""
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        flush_folder(path)


def begin_half(folder: Path) -> Path:
    """Make a private folder marked as half made: whatever finds the mark later may remove it."""
    folder.mkdir(mode=0o700)
    (folder / HALF).touch()
    return folder


def clear_half(*, parent: Path, pattern: str) -> None:
    """Remove half-made folders that a kill left. The mark goes last, so that a kill here leaves it too."""
    for folder in parent.glob(pattern):
        if (folder / HALF).exists():
            for path in folder.iterdir():
                if path.name != HALF:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            (folder / HALF).unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where this system cannot. Raises OSError."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if swap is None:
        return False
    if swap(_AT_CWD, os.fsencode(one), _AT_CWD, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (38, 22):  # no such call here, or not on this file system
        return False
    raise OSError(number, os.strerror(number), str(other))
