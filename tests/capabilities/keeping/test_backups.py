"""Backups: whole while others write, tried, refused where something is wrong, and true to what was erased since."""

import fcntl
import json
import shutil
import socket
import sqlite3
import stat
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from keeping_homes import BLUELAMP, Home, writing

from bluelamp.project.keeping import keyspart, sqlite
from bluelamp.project.keeping.archive import KeepingError, hash_file, read_manifest


def test_a_backup_is_whole_while_others_write(home: Home, tmp_path: Path) -> None:
    with writing(home) as writer:
        folders = [home.backup() for _ in range(3)]
        assert writer.poll() is None, "the writer was never refused"
    sizes = []
    for folder in folders:
        keyspart.unpack(source=folder / "keys.tar", folder=tmp_path / folder.name, passphrase=None)
        with sqlite.reading(folder / "main.db") as rows, sqlite.reading(tmp_path / folder.name / "vault.db") as vault:
            people = {f"contact:{UUID(pk)}" for (pk,) in rows.execute("SELECT id FROM messaging_contact")}
            told = {s for (s,) in rows.execute("SELECT subject FROM audit_entry WHERE action = 'test.added'")}
            assert people == told, "a person and their entry: both or neither"
            assert people <= {r for (r,) in vault.execute("SELECT record FROM vault_recordkey")}, "a key for every row"
        sizes.append(len(people))
    assert 3 < sizes[0] < sizes[1] < sizes[2], "each at its own moment"
    seen = home.restore(folders[0], to=tmp_path / "copy").ask("look")
    assert len(seen["addresses"]) == sizes[0] and all("@" in a for a in seen["addresses"].values())


def test_a_backup_says_what_it_holds_and_is_private(home: Home) -> None:
    folder = home.backup("--verify")
    manifest = read_manifest(folder)
    assert {f.path for f in manifest.files} >= {"main.db", "stream.db", "erasures.jsonl", "installation"}
    assert sum(f.path.startswith("evidence/") for f in manifest.files) == 1 and not manifest.missing
    assert manifest.audit_seq == 6 and len(manifest.audit_hash) == 64 and manifest.engine == "sqlite"
    assert "vault.0001_initial" in manifest.schema["vault"] and manifest.started < manifest.ended
    assert not (folder / "vault.db").exists() and not (folder / "keys").exists(), "keys are in their own part"
    for path in [folder, *folder.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    last = json.loads((home.path / "backups" / "last.json").read_text())
    assert last == {"at": manifest.started.isoformat(), "path": str(folder), "verified": True}
    with sqlite.reading(home.path / "main.db") as rows:
        (detail,) = rows.execute(
            "SELECT detail FROM audit_entry WHERE action = 'keeping.backed-up' ORDER BY id DESC"
        ).fetchone()
    assert json.loads(detail) == {"backup": folder.name, "manifest": hash_file(folder / "manifest.json").sha256}
    second = home.backup()
    (evidence,) = (f.path for f in manifest.files if f.path.startswith("evidence/"))
    assert (folder / evidence).stat().st_ino == (second / evidence).stat().st_ino, "backups share what did not change"
    assert (home.path / evidence).stat().st_ino != (second / evidence).stat().st_ino, "but never with the home"


def _cut(folder: Path) -> str:
    with (folder / "main.db").open("r+b") as out:
        out.truncate(50_000)
    return "main.db was cut"


def _change(folder: Path) -> str:
    (path,) = (folder / "evidence").iterdir()
    content = path.read_bytes()
    path.write_bytes(b"A" + content[1:])
    return "was changed"


def _lose(folder: Path) -> str:
    (path,) = (folder / "evidence").iterdir()
    path.unlink()
    return "is missing"


def _point_elsewhere(folder: Path) -> str:
    (folder / "stream.db").rename(folder.with_name("elsewhere"))
    (folder / "stream.db").symlink_to(folder.with_name("elsewhere"))
    return "stream.db is missing"


def _spoil_keys(folder: Path) -> str:
    with (folder / "keys.tar").open("r+b") as out:
        out.seek(2_000)
        out.write(b"\xff")
    return "keys.tar was changed"


def _lose_keys(folder: Path) -> str:
    (folder / "keys.tar").unlink()
    return "keys.tar is missing"


@pytest.mark.parametrize("spoil", [_cut, _change, _lose, _point_elsewhere, _spoil_keys, _lose_keys])
def test_what_was_cut_changed_or_lost_is_named(home: Home, folder: Path, spoil: Callable[[Path], str]) -> None:
    says = spoil(folder)
    problems = home.verify(folder).problems
    assert any(says in problem for problem in problems), problems


def test_the_command_ends_with_one_where_something_is_wrong(home: Home, folder: Path) -> None:
    _cut(folder)
    assert "main.db was cut" in home.run("verify-backup", folder, code=1).stderr


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "was not finished"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "is damaged"),
        (lambda folder: _edit(folder, lambda m: m["files"][0].update(path="../../etc/passwd")), "no backup has"),
        (lambda folder: _edit(folder, lambda m: m["schema"]["default"].append("index.9999_later")), "newer program"),
        (lambda folder: _edit(folder, lambda m: m.update(format="bluelamp-backup-v9")), "Update the program"),
    ],
)
def test_what_is_no_backup_of_ours_is_refused(
    home: Home, folder: Path, spoil: Callable[[Path], None], says: str
) -> None:
    spoil(folder)
    before = hash_file(home.path / "main.db").sha256
    with pytest.raises(KeepingError, match=says):
        home.verify(folder)
    with pytest.raises(KeepingError, match=says):
        home.restore(folder, replace=True)
    assert hash_file(home.path / "main.db").sha256 == before


def _edit(folder: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_log_that_was_rewritten_is_found_though_every_hash_fits(home: Home, folder: Path) -> None:
    anchor = next((home.path / "audit" / "heads").iterdir())
    with closing(sqlite3.connect(folder / "main.db")) as copy:
        copy.execute("DROP TRIGGER audit_entry_update")
        copy.execute("UPDATE audit_entry SET actor = 'user:other' WHERE id = 2")
        copy.commit()
    entry = hash_file(folder / "main.db")
    _edit(folder, lambda m: next(f for f in m["files"] if f["path"] == "main.db").update(sha256=entry.sha256))
    problems = home.verify(folder, anchor=anchor).problems
    assert any("entry 2 was changed" in problem for problem in problems), problems
    with pytest.raises(KeepingError, match="not whole"):
        home.restore(folder, to=home.path.with_name("other"))
    assert [p.name for p in home.path.parent.iterdir()] == ["home"], "no half is left"
    home.restore(folder, to=home.path.with_name("other"), despite=True)
    assert (home.path.with_name("other") / "main.db").exists(), "a log in doubt is better than no data"


def test_a_home_restored_elsewhere_serves_and_verifies(home: Home, folder: Path, tmp_path: Path) -> None:
    before = home.ask("look")
    home.run("restore", folder, "--home", tmp_path / "elsewhere" / "home", cold=True)
    other = Home(path=tmp_path / "elsewhere" / "home")
    after = other.ask("look")
    assert after["addresses"] == before["addresses"] and len(after["addresses"]) == 3
    assert (before["sessions"], after["sessions"]) == (1, 0), "nobody stays signed in"
    assert after["log_whole"] and "keeping.restored" in after["actions"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [BLUELAMP, "serve"], env={**other.env, "BLUELAMP_PORT": str(port)}, stderr=subprocess.DEVNULL
    )
    try:
        assert _status(f"http://127.0.0.1:{port}/") == 200
        with pytest.raises(KeepingError, match="is running"):
            home.restore(folder, to=other.path, replace=True)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _status(address: str) -> int:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
                return int(answer.status)
        except OSError:
            time.sleep(0.1)
    return 0


def test_a_home_with_data_is_put_aside_and_never_overwritten(home: Home, folder: Path) -> None:
    (home.path / "backtest.json").write_text("{}")
    assert "holds data" in home.run("restore", folder, code=1).stderr
    done = home.json("restore", folder, "--replace")
    aside = Path(done["aside"])
    assert aside.name.startswith("home.replaced-") and (aside / "backtest.json").exists()
    assert not (home.path / "backtest.json").exists()
    assert (home.path / "backups" / folder.name / "manifest.json").exists(), "backups stay with the home"
    assert {p.name for p in home.path.parent.iterdir()} == {"home", aside.name}


def test_what_was_erased_stays_erased_after_an_older_backup(home: Home, folder: Path) -> None:
    gone, kept, _ = home.ask("look")["addresses"]
    assert home.ask("forget", gone) == {"erased": True}
    home.restore(folder, replace=True)
    seen = home.ask("look")["addresses"]
    assert seen[gone] == "AddressErasedError" and seen[kept].endswith("@example.org")


def test_what_was_erased_stays_erased_where_only_the_list_was_saved(home: Home, folder: Path, tmp_path: Path) -> None:
    gone, kept, _ = home.ask("look")["addresses"]
    home.ask("forget", gone)
    elsewhere = shutil.copy(home.path / "erasures.jsonl", tmp_path / "erasures.jsonl")
    lonely = shutil.copytree(folder, tmp_path / "medium" / folder.name)
    shutil.rmtree(home.path)
    seen = home.restore(lonely, erasures=Path(elsewhere)).ask("look")["addresses"]
    assert seen[gone] == "AddressErasedError" and seen[kept].endswith("@example.org")
    assert gone in (home.path / "erasures.jsonl").read_text(), "the list goes on in the new home"


def test_what_was_erased_stays_erased_by_the_keys_of_a_later_backup(home: Home, folder: Path, tmp_path: Path) -> None:
    gone, kept, _ = home.ask("look")["addresses"]
    home.ask("forget", gone)
    later = home.backup()
    for one in (folder, later):
        shutil.copytree(one, tmp_path / "medium" / one.name)
    (tmp_path / "medium" / later.name / "erasures.jsonl").unlink()
    (tmp_path / "medium" / folder.name / "keys.tar").unlink()
    shutil.rmtree(home.path)
    seen = home.restore(tmp_path / "medium" / folder.name).ask("look")["addresses"]
    assert seen[gone] == "AddressErasedError" and seen[kept].endswith("@example.org")


def test_keys_never_lie_readable_outside_the_home(home: Home, tmp_path: Path) -> None:
    assert "readable outside" in home.run("backup", "--to", tmp_path / "usb", code=1).stderr
    bare = home.backup("--to", tmp_path / "usb", "--without-keys")
    assert read_manifest(bare).keys is None and not list(bare.glob("keys*"))
    with pytest.raises(KeepingError, match="was left out"):
        home.restore(bare, to=tmp_path / "x")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("too short")
    sealing = Home(path=home.path, also={"BLUELAMP_BACKUP_PASSPHRASE_FILE": str(passphrase)})
    assert "shorter than 16" in sealing.run("backup", "--to", tmp_path / "usb", code=1).stderr
    passphrase.write_text("correct horse battery staple\n")
    key_file = tmp_path / "safe" / "keys"
    key_file.parent.mkdir()
    apart = sealing.backup("--to", tmp_path / "usb", "--keys-to", key_file)
    assert b"vault.db" not in key_file.read_bytes() and not list(apart.glob("keys*"))
    with pytest.raises(KeepingError, match="is sealed"):
        home.restore(apart, to=tmp_path / "other", keys=key_file)
    opened = sealing.json("restore", apart, "--keys", key_file, "--home", tmp_path / "other")
    assert opened["numbers"]["keys"] == 3
    passphrase.write_text("another passphrase entirely")
    assert "does not open" in sealing.run("verify-backup", apart, "--keys", key_file, code=1).stderr


def test_a_rotation_of_the_master_key_leaves_every_backup_restorable(home: Home, folder: Path, tmp_path: Path) -> None:
    assert home.ask("rotate") == {"rewrapped": 3}
    assert not home.verify(folder).problems, "the old backup with its own keys part"
    seen = home.restore(home.backup(), to=tmp_path / "copy").ask("look")
    assert all("@" in address for address in seen["addresses"].values())


def test_a_file_that_is_missing_in_the_home_is_said_and_the_rest_is_kept(home: Home, tmp_path: Path) -> None:
    (evidence,) = (home.path / "evidence").iterdir()
    evidence.unlink()
    done = home.json("backup", code=1)
    assert done["missing"] == [f"evidence/{evidence.name}"]
    assert "was not there" in home.verify(Path(done["path"])).problems[0]
    home.restore(Path(done["path"]), to=tmp_path / "other")


def test_nothing_to_back_up_and_two_at_once(tmp_path: Path, home: Home) -> None:
    empty = Home(path=tmp_path / "empty")
    assert "nothing to back up yet" in empty.run("backup", code=1).stderr
    assert not list((empty.path / "backups").glob("2*"))
    with (home.path / "backups" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Another backup" in home.run("backup", code=1).stderr


def test_a_full_disk_leaves_no_half(home: Home) -> None:
    """The limit on a file's size ends a write as a full disk does, with an OSError."""
    before = {p.name for p in (home.path / "backups").iterdir()}
    command = f"trap '' XFSZ; ulimit -f 100; exec {BLUELAMP} backup"
    done = subprocess.run(["bash", "-c", command], env=home.env, capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert {p.name for p in (home.path / "backups").iterdir()} == before
