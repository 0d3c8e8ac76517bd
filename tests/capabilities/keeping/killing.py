"""Kills a backup or a restore at its steps, in a forked process each: run by test_keeping_killed.py on its own home.
Or lets the disk be full from a step on: run by test_keeping_disk.py.

Python tells of every file opened for writing, rename, link, connection ("audit events"). A first run lists them; then,
each time from the same beginning, a child ends itself by SIGKILL before the n-th. The parent looks at what is left and
(after every third kill of a backup) does the work once more, to the end. Every step of the commit is tried, and each
other kind of step (which call in which function of ours) where it happens first and last. BLUELAMP_KILL=all tries every
step. Prints what it saw as JSON.
"""

import errno
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

from bluelamp.project.keeping import backup, placing, restoring  # noqa: E402
from bluelamp.project.keeping.archive import KeepingError, read_manifest, wrong_with  # noqa: E402
from bluelamp.project.keeping.backup import KeysWanted, finished, make_backup  # noqa: E402

HOME = Path(settings.BLUELAMP_HOME)
BEGINNING = HOME.parent.with_name("beginning")
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
FILLING = ("os.link", "os.mkdir", "sqlite3.connect", "open")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
Hook = Callable[[str], None]


def in_a_child(work: Callable[[], object], hook: Hook) -> int:
    """Run with a hook that hears of every step; gives how the child ended."""
    child = os.fork()
    if child == 0:

        def hear(event: str, args: tuple[Any, ...]) -> None:
            if event in STEPS or (event == "open" and args[2] & WRITING):
                hook(event)

        sys.addaudithook(hear)
        try:
            work()
        except KeepingError:
            os._exit(3)
        except OSError as problem:
            os._exit(3 if problem.errno == errno.ENOSPC else 4)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def listed(work: Callable[[], object]) -> list[str]:
    """Every step of the work: the event, and the functions of ours that led to it."""
    steps = HOME.with_name("steps")
    out = steps.open("w")

    def note(event: str) -> None:
        frame, names = sys._getframe(2), []
        while frame.f_back and len(names) < 4:
            if "/bluelamp/" in frame.f_code.co_filename:
                names.append(frame.f_code.co_name)
            frame = frame.f_back
        out.write(f"{event} {' < '.join(names)}\n")
        out.flush()

    assert in_a_child(work, note) == 0
    found = steps.read_text().splitlines()
    steps.unlink()
    begin_again()
    return found


def chosen(steps: list[str], commit: Callable[[str], bool], *, only: bool = False) -> list[int]:
    """The numbers of the steps to be killed at, counted from 1; with `only` those of the commit and the one before."""
    last = {step: number for number, step in enumerate(steps, start=1)}
    first = {step: number for number, step in reversed(list(enumerate(steps, start=1)))}
    committing = {number for number, step in enumerate(steps, start=1) if commit(step)}
    assert len(committing) > 3, steps
    if only:
        return sorted({min(committing) - 1} | committing)
    everything = set(range(1, len(steps) + 1)) if os.environ.get("BLUELAMP_KILL") == "all" else set()
    return sorted({*last.values(), *first.values()} | committing | everything)


def kill_at(number: int, work: Callable[[], object]) -> None:
    """Run in a child that ends before its n-th step."""
    left = number

    def count(_event: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(work, count) == -signal.SIGKILL, f"step {number} was not reached"


def full_from(number: int, work: Callable[[], object]) -> bool:
    """Run in a child for which the disk is full from its n-th step on; whether it ended with a sentence."""
    left = number

    def fill(event: str) -> None:
        nonlocal left
        left -= 1
        if left <= 0 and event in FILLING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "some file")

    code = in_a_child(work, fill)
    assert code in (0, 3), f"full from step {number}: ended with {code}"
    return code == 3


def again(work: Callable[[], object]) -> None:
    """Once more, to the end."""
    assert in_a_child(work, lambda _event: None) == 0


def begin_again() -> None:
    shutil.rmtree(HOME.parent)
    shutil.copytree(BEGINNING, HOME.parent)


def now() -> datetime:
    return datetime.now(tz=UTC)


def whole(folder: Path) -> bool:
    manifest = read_manifest(folder)
    entries = [(f.path, f) for f in manifest.files] + ([(manifest.keys.file, manifest.keys)] if manifest.keys else [])
    return not any(wrong_with(path=folder / name, entry=entry, name=name) for name, entry in entries)


def backups() -> dict[str, Any]:
    def work() -> None:
        make_backup(to=None, keys=KeysWanted(), now=now())

    steps = listed(work)
    numbers = chosen(steps, lambda step: backup._publish.__name__ in step)
    folder, halves, new = HOME / "backups", 0, 0
    before = len(finished(folder))
    for number in numbers:
        kill_at(number, work)
        there = finished(folder)
        at = f"after step {number}: {steps[number - 1]}"
        assert len(there) in (before, before + 1) and all(map(whole, there)), at
        halves += any(p.name.startswith(".") and p.is_dir() for p in folder.iterdir())
        new += len(there) > before
        if number % 3 == 0 or len(there) > before:
            again(work)
            assert all(map(whole, finished(folder))) and len(finished(folder)) == len(there) + 1
            left = [p.name for p in folder.iterdir() if p.name.startswith(".") and p.name != ".lock"]
            assert not left, f"the next backup leaves {left} {at}"
        begin_again()
    return {"steps": len(steps), "kills": len(numbers), "halves": halves, "new": new}


def picture(home: Path) -> str:
    """All files of a home as one hash; but for backups, locks, and SQLite's own of a connection that was cut."""
    text = ""
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        name, content = str(path.relative_to(home)), path.read_bytes()
        if (
            not name.startswith("backups/")
            and path.suffix != ".lock"
            and name != ".half"
            and not _of_sqlite(name, content)
        ):
            text += f"{name} {hashlib.sha256(content).hexdigest()}\n"
    return hashlib.sha256(text.encode()).hexdigest()


def _of_sqlite(name: str, content: bytes) -> bool:
    """Reading a database makes them; a kill leaves them. A log that holds something is no such thing."""
    return name.endswith("-shm") or (name.endswith("-wal") and not content)


def restores(*, exchange: bool = True) -> dict[str, Any]:
    """The copy is not examined here, which takes a process of its own: this is about the taking of the place."""
    restoring._examine = lambda *_args, **_kwargs: None  # type: ignore[assignment]
    if not exchange:
        placing.exchange = lambda *_args: False
    (folder,) = finished(HOME / "backups")
    medium = shutil.copytree(folder, HOME.parent.with_name("medium") / folder.name)
    picked = restoring.Chosen(folder=medium)

    def work() -> None:
        restoring.restore_backup(chosen=picked, home=HOME, replace=True, now=now())

    old = picture(HOME)
    again(work)
    new = picture(HOME)
    assert new != old
    begin_again()
    steps = listed(work)
    numbers = chosen(steps, lambda step: "take_place" in step or "settle" in step, only=not exchange)
    outcomes = []
    for number in numbers:
        kill_at(number, work)
        at = f"after step {number}: {steps[number - 1]}"
        seen = picture(HOME) if HOME.is_dir() else "gone"
        assert seen in (old, new, *([] if exchange else ["gone"])), f"neither the old nor the new home {at}"
        outcomes.append("old" if seen == old else "new" if seen == new else "gone")
        if seen != old:
            asides = [p for p in HOME.parent.glob("home.*/**/main.db") if picture(p.parent) == old]
            assert asides, f"the old home is lost {at}"
        again(work)
        assert picture(HOME) == new and not (HOME / ".half").exists(), at
        kept = [picture(p) for p in HOME.parent.iterdir() if p != HOME]
        assert old in kept and set(kept) <= {old, new} and len(kept) == 1 + (seen == new), f"{len(kept)} kept {at}"
        assert all(p == HOME or p.name.startswith("home.replaced-") for p in HOME.parent.iterdir()), at
        assert [p.name for p in finished(HOME / "backups")] == [folder.name], f"a backup is gone {at}"
        begin_again()
    return {"steps": len(steps), "kills": len(numbers), "outcomes": outcomes}


def full_backups() -> dict[str, Any]:
    def work() -> None:
        make_backup(to=None, keys=KeysWanted(), now=now())

    steps = listed(work)
    numbers = chosen(steps, lambda step: backup._publish.__name__ in step)
    folder, refused = HOME / "backups", 0
    old, before = picture(HOME), sorted(p.name for p in (HOME / "backups").iterdir() if p.is_dir())
    for number in numbers:
        at = f"full from step {number}: {steps[number - 1]}"
        ended = full_from(number, work)
        there = sorted(p.name for p in folder.iterdir() if p.is_dir())
        assert set(before) <= set(there) and all(map(whole, finished(folder))), at
        assert not [name for name in there if name.startswith(".")], f"{there} {at}"
        assert picture(HOME) == old, at
        refused += ended
        begin_again()
    return {"steps": len(steps), "tried": len(numbers), "refused": refused}


def full_restores() -> dict[str, Any]:
    restoring._examine = lambda *_args, **_kwargs: None  # type: ignore[assignment]
    (folder,) = finished(HOME / "backups")
    medium = shutil.copytree(folder, HOME.parent.with_name("medium") / folder.name)

    def work() -> None:
        restoring.restore_backup(chosen=restoring.Chosen(folder=medium), home=HOME, replace=True, now=now())

    steps = listed(work)
    numbers = chosen(steps, lambda step: "take_place" in step or "settle" in step)
    old, refused = picture(HOME), 0
    for number in numbers:
        at = f"full from step {number}: {steps[number - 1]}"
        ended = full_from(number, work)
        assert (picture(HOME) == old) == ended, at
        beside = [p.name for p in HOME.parent.iterdir() if p != HOME]
        assert len(beside) == (not ended) and not any(".restoring-" in name for name in beside), f"{beside} {at}"
        refused += ended
        begin_again()
    return {"steps": len(steps), "tried": len(numbers), "refused": refused}


if __name__ == "__main__":
    shutil.copytree(HOME.parent, BEGINNING)
    tasks = {
        "backups": backups,
        "restores": restores,
        "restores-without-exchange": lambda: restores(exchange=False),
        "full-backups": full_backups,
        "full-restores": full_restores,
    }
    print(json.dumps(tasks[sys.argv[1]]()))  # noqa: T201
