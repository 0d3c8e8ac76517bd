"""Homes, made once and copied, and empty databases."""

import hashlib
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from keeping_homes import URL, Home, ask_forks
from made_once import made_once
from warm import Warmly

from bluelamp.project.keeping import restoring

SAMPLE = Path(__file__).parents[2] / "samples" / "home-0.1.0.sql"


@pytest.fixture(autouse=True)
def warm_examinations(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy is examined in a fork of a loaded program, but for tests that ask for a cold one."""
    monkeypatch.setattr(restoring, "subprocess", Warmly(ask_forks))


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a little of everything, on SQLite; to be copied."""
    if URL:
        pytest.skip("the same without PostgreSQL")

    def make(part: Path) -> None:
        home = Home(path=part)
        home.ask("make")
        home.backup()

    return made_once(tmp_path_factory, "small-home", make)


@pytest.fixture
def home(small_home: Path, tmp_path: Path, settings: LazySettings) -> Home:
    """A copy of it for one test, with one backup; it is this process's home too."""
    settings.BLUELAMP_HOME = tmp_path / "home"
    return Home(path=shutil.copytree(small_home, tmp_path / "home"))


@pytest.fixture
def folder(home: Home) -> Path:
    """The backup that the home has."""
    return next((home.path / "backups").glob("2*"))


@pytest.fixture
def old_home(tmp_path: Path) -> Home:
    """A home as release 0.1.0 left it."""
    home = tmp_path / "home"
    home.mkdir()
    _, *parts = SAMPLE.read_text().split("-- database: ")
    for part in parts:
        name, _, script = part.partition("\n")
        with closing(sqlite3.connect(home / name)) as database:
            database.executescript(script)
    for folder, words in (("evidence", ["evidence"]), ("editions", ["counts", "products"])):
        (home / folder).mkdir()
        for word in words:
            (home / folder / f"{hashlib.sha256(word.encode()).hexdigest()}.parquet").write_text(word)
    return Home(path=home)


@pytest.fixture
def alone(small_home: Path, tmp_path: Path) -> Home:
    """A home in a folder of its own, which killing.py puts back as it was each time."""
    return Home(path=shutil.copytree(small_home, tmp_path / "place" / "home"))


@pytest.fixture
def new_database() -> Iterator[Any]:
    """A function that makes an empty PostgreSQL database and gives its address; all are dropped at the end."""
    if not URL:
        pytest.skip("needs PostgreSQL")
    import psycopg

    names: list[str] = []

    def make() -> str:
        names.append(f"keeping_{secrets.token_hex(6)}")
        with psycopg.connect(URL, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {names[-1]}")
        return urlsplit(URL)._replace(path=f"/{names[-1]}").geturl()

    yield make
    with psycopg.connect(URL, autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
