"""A full disk, and one that can only be read: a sentence that says what to do, and the last good state as it was."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from keeping_homes import BLUELAMP, URL, Home, kill

from bluelamp.project.keeping.archive import hash_file
from bluelamp.project.keeping.backup import finished

pytestmark = pytest.mark.skipif(bool(URL), reason="the same without PostgreSQL")
FULL = "the disk is full"
MAKE_ROOM = "make room, then run the command again."


def test_a_disk_that_gets_full_at_any_step_of_a_backup(alone: Home) -> None:
    found = kill(alone, "full-backups")
    assert found["refused"] > 20


def test_a_disk_that_gets_full_at_any_step_of_a_restore(alone: Home) -> None:
    found = kill(alone, "full-restores")
    assert found["refused"] > 10


@cache
def _mounts() -> bool:
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode == 0


class Disk:
    """A real disk of so many KiB that holds a home; seen by one command only, and copied away as that left it."""

    def __init__(self, *, source: Path, folder: Path) -> None:
        self.source, self.folder, self.after = source, folder, folder / "after"

    def run(self, *words: str | Path, room: int | None = None, read_only: bool = False) -> str:
        """What a command says that fails on it; `room` is how many KiB it may write before the disk is full."""
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        shutil.rmtree(self.after, ignore_errors=True)
        used = sum(-(-p.stat().st_size // 4096) * 4 for p in self.source.rglob("*") if p.is_file())
        script = f"""
            set -e
            mount -t tmpfs -o size={used + room if room is not None else 50_000}k,nr_inodes=9999 tmpfs {disk}
            cp -a {self.source} {disk}/home
            {f"mount -o remount,ro {disk}" if read_only else ""}
            set +e
            {BLUELAMP} {" ".join(str(word).replace("HOME/", f"{disk}/home/") for word in words)}
            code=$?
            ls -A {disk} > {self.folder}/beside
            cp -a {disk}/home {self.after}
            exit $code
        """
        env = Home(path=disk / "home").env
        done = subprocess.run(["unshare", "-rm", "bash", "-c", script], env=env, capture_output=True, text=True)
        assert done.returncode == 1, (done.stdout, done.stderr)
        assert done.stderr.strip().count("\n") == 0, f"one sentence: {done.stderr}"
        assert (self.folder / "beside").read_text() == "home\n", "nothing half is left beside it"
        return done.stderr

    def unchanged(self) -> None:
        """Every file is as it was, but for locks and what SQLite keeps beside an open database."""
        assert _files(self.after) == _files(self.source)


def _files(home: Path) -> dict[str, str]:
    files = (p for p in home.rglob("*") if p.is_file() and not p.name.endswith((".lock", "-shm", "-wal")))
    return {str(p.relative_to(home)): hash_file(p).sha256 for p in files}


@pytest.fixture
def disk(home: Home, tmp_path: Path) -> Disk:
    if not _mounts():
        pytest.skip("no disk can be mounted here (unshare)")
    return Disk(source=home.path, folder=tmp_path)


@pytest.fixture
def old_disk(old_home: Home, tmp_path: Path) -> Disk:
    if not _mounts():
        pytest.skip("no disk can be mounted here (unshare)")
    return Disk(source=old_home.path, folder=tmp_path)


@pytest.mark.parametrize("room", [20, 700])
def test_a_backup_on_a_full_disk(disk: Disk, room: int) -> None:
    said = disk.run("backup", room=room)
    assert FULL in said and MAKE_ROOM in said
    disk.unchanged()


def test_a_restore_whose_copy_cannot_be_migrated_for_want_of_room(disk: Disk, folder: Path) -> None:
    said = disk.run("restore", f"HOME/backups/{folder.name}", "--replace", room=750)
    assert FULL in said and MAKE_ROOM in said
    disk.unchanged()


def test_a_migration_on_a_full_disk_fails_at_its_backup(old_disk: Disk) -> None:
    said = old_disk.run("migrate", room=150)
    assert FULL in said and MAKE_ROOM in said and not finished(old_disk.after / "backups")
    assert _rows(old_disk.after) == _rows(old_disk.source)


def test_a_migration_for_which_the_disk_gets_full_can_be_run_again(old_disk: Disk) -> None:
    said = old_disk.run("migrate", "--no-backup", room=400)
    assert "The disk is full. The database" in said and MAKE_ROOM in said
    assert _rows(old_disk.after) == _rows(old_disk.source)
    done = Home(path=old_disk.after).json("migrate", "--no-backup")
    assert done["steps"] and done["backup"] is None, "with room it goes on from there"
    assert _rows(old_disk.after) == _rows(old_disk.source)


def _rows(home: Path) -> list[object]:
    with closing(sqlite3.connect(home / "main.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return database.execute("SELECT id, number, input_hash FROM index_edition").fetchall()


@pytest.mark.parametrize("words", [("backup",), ("keys", "rotate-secret")])
def test_a_disk_that_can_only_be_read(disk: Disk, words: tuple[str, ...]) -> None:
    said = disk.run(*words, read_only=True)
    assert "the disk can only be read" in said and "make it writable" in said
    disk.unchanged()


def test_a_restore_onto_a_disk_that_can_only_be_read(disk: Disk, folder: Path) -> None:
    said = disk.run("restore", f"HOME/backups/{folder.name}", "--replace", read_only=True)
    assert "the disk can only be read" in said
    disk.unchanged()


def test_a_migration_on_a_disk_that_can_only_be_read(old_disk: Disk) -> None:
    said = old_disk.run("migrate", read_only=True)
    assert "the disk can only be read" in said and "make it writable" in said
    old_disk.unchanged()
