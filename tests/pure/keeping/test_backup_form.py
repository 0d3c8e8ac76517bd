"""The form of a backup: files copied with their hashes, the list of them, and what is wrong with them in words."""

import hashlib
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.project.keeping.archive import (
    MANIFEST,
    FileEntry,
    KeepingError,
    KeysPart,
    Manifest,
    copy_file,
    create,
    fetch,
    hash_file,
    private_folder,
    read_manifest,
    write_manifest,
    wrong_with,
)

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
CONTENT = b"some bytes" * 300_000  # more than one chunk


def manifest(**changes: Any) -> Manifest:
    made = Manifest(
        id="20261125T120000Z",
        installation="x",
        program="1",
        engine="sqlite",
        engine_version="3",
        started=AT,
        ended=AT,
        schema={"default": ("audit.0001_initial",)},
        audit_seq=1,
        audit_hash="a" * 64,
        files=(FileEntry("evidence/ab.parquet", 3, "c" * 64),),
        missing=(),
        keys=KeysPart("keys.tar", 4, "d" * 64, sealed=False),
    )
    return replace(made, **changes)


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    for number, made in enumerate((manifest(), manifest(keys=None, schema={"default": ()}, missing=("a", "b")))):
        folder = tmp_path / str(number)
        folder.mkdir()
        write_manifest(folder=folder, manifest=made)
        read = read_manifest(folder)
        assert (read.files, read.keys, read.started, read.audited) == (made.files, made.keys, AT, made.audited)
        assert list(read.missing) == list(made.missing) and stat.S_IMODE((folder / MANIFEST).stat().st_mode) == 0o600
        with pytest.raises(FileExistsError):
            write_manifest(folder=folder, manifest=made)


BAD_NAMES = ("../x", "/etc/passwd", "a/../b", "a//b", ".hidden", "a/.b", "a/b/c/d/e", "", "a\n", "a b", "x/", 7, None)


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: object) -> None:
    _write(tmp_path, lambda held: held["files"].append({"path": name, "size": 1, "sha256": ""}))
    with pytest.raises(KeepingError, match="names a file that no backup has"):
        read_manifest(tmp_path)
    if name:  # without one the keys part lies elsewhere
        _write(tmp_path, lambda held: held["keys"].update(file=name))
        with pytest.raises(KeepingError, match="names a file that no backup has"):
            read_manifest(tmp_path)


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, lambda held: held["files"].append(held["files"][0]))
    with pytest.raises(KeepingError, match="no backup has"):
        read_manifest(tmp_path)
    _write(tmp_path, lambda held: held["files"][0].update(path="keys.tar"))
    with pytest.raises(KeepingError, match="no backup has"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.pop("files"),
        lambda held: held.update(started="yesterday"),
        lambda held: held.update(started=None),
        lambda held: held.update(more=1),
        lambda held: held["files"].append("main.db"),
        lambda held: held["files"].append({"path": "a"}),
        lambda held: held.update(keys="keys.tar"),
        lambda held: held.pop("format"),
    ],
)
def test_a_damaged_list_is_a_sentence(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    _write(tmp_path, change)
    with pytest.raises(KeepingError, match="is damaged"):
        read_manifest(tmp_path)


@given(content=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode), st.just(b"[" * 100_000)))
def test_no_bytes_make_anything_but_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(KeepingError, match="is damaged"):
        read_manifest(folder)


def _held() -> dict[str, Any]:
    keys = {"file": "keys.tar", "size": 4, "sha256": "d" * 64, "sealed": False}
    plain = dict.fromkeys(("id", "installation", "program", "engine", "engine_version", "audit_hash"), "x")
    files = [{"path": "main.db", "size": 3, "sha256": "c" * 64}]
    more = {"started": AT.isoformat(), "ended": AT.isoformat(), "schema": {"default": []}, "audit_seq": 0}
    return {"format": "bluelamp-backup-v1", **plain, **more, "files": files, "missing": [], "keys": keys}


def _write(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    held = _held()
    (folder / MANIFEST).write_text(json.dumps(held))
    assert read_manifest(folder).files, "good before it is spoilt"
    change(held)
    (folder / MANIFEST).write_text(json.dumps(held))


def test_a_copy_has_the_hash_of_its_bytes_and_is_private(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(CONTENT)
    target = tmp_path / "new" / "folders" / "copy"
    entry = copy_file(source=tmp_path / "source", target=target)
    assert entry == FileEntry("", len(CONTENT), hashlib.sha256(CONTENT).hexdigest()) == hash_file(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600 and stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    with pytest.raises(FileExistsError):
        copy_file(source=tmp_path / "source", target=target)


def test_a_twin_is_shared_only_with_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"abc")
    for name, content in (("same", b"abc"), ("other", b"abd"), ("shorter", b"ab")):
        twin = tmp_path / name
        twin.write_bytes(content)
        copy_file(source=tmp_path / "source", target=tmp_path / "to" / name, twin=twin)
        assert (tmp_path / "to" / name).read_bytes() == b"abc"
        assert (tmp_path / "to" / name).samefile(twin) == (name == "same")
    (tmp_path / "link").symlink_to(tmp_path / "same")
    copy_file(source=tmp_path / "source", target=tmp_path / "to" / "link", twin=tmp_path / "link")
    assert not (tmp_path / "to" / "link").samefile(tmp_path / "same")
    assert not list((tmp_path / "to").glob("*.link"))


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    path.write_bytes(b"abc")
    entry = replace(hash_file(path), path="main.db")
    assert wrong_with(path=path, entry=entry, name="main.db") == ""
    path.write_bytes(b"abd")
    assert "was changed" in wrong_with(path=path, entry=entry, name="main.db")
    path.write_bytes(b"ab")
    assert "has 2 bytes of 3" in wrong_with(path=path, entry=entry, name="main.db")
    path.unlink()
    assert "is missing" in wrong_with(path=path, entry=entry, name="main.db")
    (tmp_path / "elsewhere").write_bytes(b"abc")
    path.symlink_to(tmp_path / "elsewhere")
    assert "is missing" in wrong_with(path=path, entry=entry, name="main.db")
    path.unlink()
    path.mkdir()
    assert "is missing" in wrong_with(path=path, entry=entry, name="main.db")


@pytest.mark.parametrize("link", [True, False])
def test_a_file_is_brought_and_looked_at(tmp_path: Path, link: bool) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"abc")
    entry = replace(hash_file(source), path="a")
    target = tmp_path / "copy" / "a"
    assert fetch(source=source, target=target, entry=entry, link=link) == ""
    assert target.read_bytes() == b"abc" and target.samefile(source) == link
    source.write_bytes(b"xbc")
    assert "a was changed" in fetch(source=source, target=tmp_path / "copy" / "b", entry=entry, link=link)
    source.unlink()
    assert "a is missing" in fetch(source=source, target=tmp_path / "copy" / "c", entry=entry, link=link)
    source.symlink_to("/etc/hostname")
    assert "a is missing" in fetch(source=source, target=tmp_path / "copy" / "d", entry=entry, link=link)
    assert not (tmp_path / "copy" / "d").exists()


def test_private_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_folder(tmp_path / "a" / "b")
        create(tmp_path / "a" / "b" / "c").close()
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "a/b/c")]
    assert modes == [0o700, 0o700, 0o600]
