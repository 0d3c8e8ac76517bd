"""Kills a backup or a restore at every step, in a forked process each: run by test_keeping_killed.py on its own home.

Python tells of every file opened for writing, rename, link, connection ("audit events"): a child counts them and ends
itself by SIGKILL at the n-th. After each kill the parent looks at what is left. Prints what it saw as JSON.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
django.setup()

from django.conf import settings  # noqa: E402

from bluelamp.project.keeping import restoring  # noqa: E402
from bluelamp.project.keeping.archive import read_manifest, wrong_with  # noqa: E402
from bluelamp.project.keeping.backup import KeysWanted, finished, make_backup  # noqa: E402

HOME = Path(settings.BLUELAMP_HOME)
STEPS = (
    "os.rename",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "shutil.rmtree",
    "sqlite3.connect",
    "ctypes.dlsym",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Run in a child that ends at its n-th step; whether it came that far."""
    child = os.fork()
    if child == 0:
        left = number

        def count(event: str, args: tuple[Any, ...]) -> None:
            nonlocal left
            if event in STEPS or (event == "open" and args[2] & WRITING):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, f"ended by an error at step {number}"
    return False


def now() -> datetime:
    return datetime.now(tz=UTC)


def back_up() -> None:
    make_backup(to=None, keys=KeysWanted(), now=now())


def whole(folder: Path) -> bool:
    manifest = read_manifest(folder)
    entries = [(f.path, f) for f in manifest.files] + ([(manifest.keys.file, manifest.keys)] if manifest.keys else [])
    return not any(wrong_with(path=folder / name, entry=entry, name=name) for name, entry in entries)


def backups() -> dict[str, Any]:
    kills, halves = 0, 0
    while killed_at(1 + kills, back_up):
        kills += 1
        assert all(whole(folder) for folder in finished(HOME / "backups")), f"after kill {kills}"
        halves += any(p.name.startswith(".") and p.is_dir() for p in (HOME / "backups").iterdir())
    left = [p.name for p in (HOME / "backups").iterdir() if p.is_dir() and p.name.startswith(".")]
    return {"kills": kills, "halves": halves, "left": left, "finished": len(finished(HOME / "backups"))}


def picture(home: Path) -> str:
    """All files of a home as one hash; but for backups, locks, and SQLite's own of a connection that was cut."""
    every = (p for p in home.rglob("*") if p.is_file() and "backups" not in p.parts)
    files = sorted(p for p in every if p.suffix != ".lock" and not p.name.endswith(("-shm", "-wal")))
    text = "".join(f"{p.relative_to(home)} {hashlib.sha256(p.read_bytes()).hexdigest()}\n" for p in files)
    return hashlib.sha256(text.encode()).hexdigest()


def restores() -> dict[str, Any]:
    """The copy is not examined here, which takes a process of its own: this is about the taking of the place."""
    restoring._examine = lambda *_args, **_kwargs: None  # type: ignore[assignment]
    (folder,) = finished(HOME / "backups")
    chosen = restoring.Chosen(folder=folder)
    old = picture(HOME)
    kept = shutil.copytree(HOME, HOME.with_name("kept"))

    def again() -> None:
        restoring.restore_backup(chosen=chosen, home=HOME, replace=True, now=now())

    kills, outcomes, new = 0, [], ""
    while killed_at(1 + kills, again):
        kills += 1
        assert HOME.is_dir(), f"the home is gone after kill {kills}"
        seen = picture(HOME)
        new = new or (seen if seen != old else "")
        assert seen in (old, new), f"neither the old nor the new home after kill {kills}"
        outcomes.append("old" if seen == old else "new")
        if seen != old:
            # From the beginning again: what is beside it is the old home, whole, under one name or another.
            asides = [p for p in HOME.parent.glob("home.*/**/main.db") if picture(p.parent) == old]
            assert asides, f"the old home is lost after kill {kills}"
            shutil.rmtree(HOME)
            for left in HOME.parent.glob("home.*"):
                shutil.rmtree(left)
            shutil.copytree(kept, HOME)
    left = sorted(p.name.split("-")[0] for p in HOME.parent.iterdir())
    return {"kills": kills, "outcomes": outcomes, "last_is_new": picture(HOME) == new, "left": left}


if __name__ == "__main__":
    print(json.dumps({"backups": backups, "restores": restores}[sys.argv[1]]()))  # noqa: T201
