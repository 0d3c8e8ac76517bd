"""Homes of their own, made once and copied, and the commands run on them as a person would run them."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

URL = os.environ.get("BLUELAMP_DATABASE_URL", "")
HOUSEHOLD = Path(__file__).with_name("household.py")
BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))


@dataclass(frozen=True)
class Home:
    """A home, its settings, and what is done with it."""

    path: Path
    url: str = ""
    also: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BLUELAMP_")}
        database = {"BLUELAMP_DATABASE_URL": self.url} if self.url else {}
        return {**kept, **database, "BLUELAMP_HOME": str(self.path), "COLUMNS": "300", **self.also}

    def run(self, *words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """One command, which must end with this exit code and no traceback."""
        done = subprocess.run([BLUELAMP, *map(str, words)], env=self.env, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, (words, done.stdout, done.stderr[-3000:])
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words: str | Path, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def ask(self, *words: str) -> Any:
        """One task of household.py."""
        done = subprocess.run(
            [sys.executable, str(HOUSEHOLD), *words], env=self.env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def backup(self, *words: str | Path) -> Path:
        return Path(self.json("backup", *words)["path"])


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a little of everything, made once. On SQLite, whatever the other tests run on."""
    home = Home(path=tmp_path_factory.mktemp("keeping") / "home")
    home.ask("make")
    return home.path


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Home:
    """A copy of it for one test."""
    return Home(path=shutil.copytree(small_home, tmp_path / "home"))


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
