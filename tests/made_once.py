"""Folders that take long to make and are only copied: made once in a run, whichever of its processes is first."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bluelamp.kernel.vault.keyfiles import file_lock

BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` makes at the path it is given. Never change it: copy it."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with file_lock(path=shared / f"{name}.lock", exclusive=True):
        if not folder.exists():
            part = shared / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(folder)
    return folder


def prepare(home: Path, *commands: list[str], **settings: str) -> None:
    """Run commands on a home as an operator would."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(home), **settings}
    for words in commands:
        subprocess.run([BLUELAMP, *words], env=env, check=True, capture_output=True, timeout=240)


def copy_of_empty_tables(factory: pytest.TempPathFactory, home: Path) -> None:
    """Make a home with this program's tables, SQLite files with nothing in them, and nothing else."""
    made = made_once(factory, "empty-tables", lambda part: prepare(part, ["migrate", "--no-backup"]))
    home.mkdir(mode=0o700, exist_ok=True)
    for name in ("main.db", "stream.db", "vault.db"):
        shutil.copy(made / name, home)


def fill_postgres(factory: pytest.TempPathFactory, url: str) -> None:
    """Put this program's tables, with nothing in them, in the place of what is in a PostgreSQL database."""
    import psycopg
    from psycopg.sql import SQL, Identifier

    def make(part: Path) -> None:
        part.mkdir()
        name = f"tables_{secrets.token_hex(6)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        prepare(
            part, ["migrate", "--no-backup"], BLUELAMP_DATABASE_URL=urlsplit(url)._replace(path=f"/{name}").geturl()
        )
        (part / "name").write_text(name)

    target, server = urlsplit(url).path.strip("/"), urlsplit(url)._replace(path="/postgres").geturl()
    made = (made_once(factory, "postgres-tables", make) / "name").read_text()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(target)))
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(made)))
