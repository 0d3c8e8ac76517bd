"""The whole way on PostgreSQL: dump, try, restore into an empty database, erased stays erased."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from keeping_homes import Home, writing
from made_once import fill_postgres

from bluelamp.project.keeping import postgres
from bluelamp.project.keeping.archive import KeepingError

Make = Callable[[], str]


@pytest.fixture
def home(new_database: Make, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(path=tmp_path / "home", url=new_database())
    fill_postgres(tmp_path_factory, home.url)
    home.ask("make")
    return home


def test_round_trip(home: Home, new_database: Make, tmp_path: Path) -> None:
    home.ask("queue_two")
    folder = home.backup("--verify")
    gone, kept, _ = home.ask("look")["addresses"]
    assert home.ask("forget", gone) == {"erased": True}
    before = home.ask("look")

    into_full = home.run("restore", folder, "--home", tmp_path / "x", code=1).stderr
    assert "is not empty" in into_full and not (tmp_path / "x").exists()
    sqlite = Home(path=tmp_path / "x")
    assert "is of PostgreSQL" in sqlite.run("restore", folder, "--home", tmp_path / "y", code=1).stderr

    shutil.copy(home.path / "erasures.jsonl", tmp_path / "erasures.jsonl")
    other = Home(path=tmp_path / "other", url=new_database())
    other.run("restore", folder, "--erasures", tmp_path / "erasures.jsonl")
    after = other.ask("look")
    assert after["addresses"][gone] == "AddressErasedError" == before["addresses"][gone]
    assert after["addresses"][kept] == before["addresses"][kept] != "AddressErasedError"
    assert after["log_whole"] and after["sessions"] == 0 and "keeping.restored" in after["actions"]
    assert other.ask("states") == {"live": "held", "exercise": "sent"}
    assert other.backup("--verify").is_dir()

    # A dump that is not whole fills nothing.
    with (folder / "records.dump").open("r+b") as out:
        out.truncate(10_000)
    third = Home(path=tmp_path / "third", url=new_database())
    assert "records.dump was cut" in third.run("restore", folder, code=1).stderr
    assert postgres.check_empty(third.url)


def test_a_backup_is_whole_while_others_write(home: Home, new_database: Make, tmp_path: Path) -> None:
    with writing(home) as writer:
        folder = home.backup()
        later = len(home.ask("look")["addresses"])
        assert writer.poll() is None, "the writer was never refused"
    other = Home(path=tmp_path / "other", url=new_database())
    other.run("restore", folder)
    seen = other.ask("look")
    assert 3 < len(seen["addresses"]) < later and all("@" in a for a in seen["addresses"].values())
    assert seen["log_whole"]


def test_a_missing_or_old_pg_dump_is_said(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    bare = Home(path=home.path, url=home.url, also={"PATH": str(programs)})
    assert "pg_dump is missing. Install PostgreSQL's client" in bare.run("backup", code=1).stderr
    old = programs / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.2'\n")
    old.chmod(0o755)
    bare = Home(path=home.path, url=home.url, also={"PATH": f"{programs}:{os.environ['PATH']}"})
    assert "is of version pg_dump (PostgreSQL) 9.6.2; the server is of" in bare.run("backup", code=1).stderr
    assert not list((home.path / "backups").glob("*Z*"))


def test_an_address_that_leads_nowhere_is_a_sentence() -> None:
    with pytest.raises(KeepingError, match="cannot be reached"), postgres.snapshot("postgresql://u:p@127.0.0.1:1/x"):
        pass
