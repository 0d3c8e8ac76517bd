"""`bluelamp run` as an operator has it: real web server and worker, killed, cut off from the database, stopped."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from made_once import copy_of_empty_tables, fill_postgres

URL = os.environ.get("BLUELAMP_DATABASE_URL", "")
BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))
Environment = dict[str, str]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def env(tmp_path: Path, port: int) -> Iterator[Environment]:
    """A home (and on PostgreSQL a database) of this test alone, with empty tables."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    made = {**kept, "BLUELAMP_HOME": str(tmp_path / "home"), "BLUELAMP_PORT": str(port)}
    if not URL:
        yield made
        return
    import psycopg

    name = f"run_{secrets.token_hex(6)}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield {**made, "BLUELAMP_DATABASE_URL": urlsplit(URL)._replace(path=f"/{name}").geturl()}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture
def tables(env: Environment, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tables of the program, empty."""
    if URL:
        fill_postgres(tmp_path_factory, env["BLUELAMP_DATABASE_URL"])
    else:
        copy_of_empty_tables(tmp_path_factory, Path(env["BLUELAMP_HOME"]))


def ask(env: Environment, path: str) -> tuple[int, str]:
    """Status and body; (0, reason) where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{env['BLUELAMP_PORT']}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError as nobody:
        return 0, str(nobody)


def until(happened: Callable[[], object], *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


class Running:
    """A program that runs, with what it says in files."""

    def __init__(self, env: Environment, *arguments: str, folder: Path) -> None:
        self.env, self.out, self.err = env, folder / "out", folder / "err"
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen([BLUELAMP, *arguments], env=env, stdout=out, stderr=err)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.err.read_text().splitlines()]

    def started(self, part: str) -> list[int]:
        return [line["pid"] for line in self.lines if line.get("part") == part and "pid" in line]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextmanager
def running(env: Environment, *arguments: str, folder: Path) -> Iterator[Running]:
    one = Running(env, *arguments, folder=folder)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


@contextmanager
def cut_off(env: Environment) -> Iterator[None]:
    """The database cannot be reached by anyone who comes anew."""
    if not URL:
        home = Path(env["BLUELAMP_HOME"])
        away = home.with_name("away")
        home.rename(away)
        try:
            yield
        finally:
            away.rename(home)
        return
    import psycopg

    name = urlsplit(env["BLUELAMP_DATABASE_URL"]).path[1:]
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_day_of_the_program(env: Environment, tables: None, tmp_path: Path) -> None:
    env = {**env, "BLUELAMP_WORKERS": "2"}
    with running(env, "run", folder=tmp_path) as one:
        until(lambda: ask(env, "/readyz")[0] == 200)
        assert f"Open http://localhost:{env['BLUELAMP_PORT']}" in one.out.read_text()
        until(lambda: {"check": "worker", "state": "ok"} in json.loads(ask(env, "/readyz")[1])["checks"])

        for _ in range(40):
            assert ask(env, "/methods/?q=jane@mail.example")[0] == 200
        counted = r'bluelamp_http_requests_total\{method="GET",route="index:methods",status="2xx"\} (\S+)'
        told = re.search(counted, ask(env, "/metrics")[1])
        assert told and float(told[1]) == 40, "whichever worker answers counts for both"

        with cut_off(env):
            status, page = ask(env, "/")
            assert status == 503 and "Nothing that you sent was saved." in page and "Traceback" not in page
            assert ask(env, "/api/v1/categories")[0] == ask(env, "/readyz")[0] == 503
            assert ask(env, "/healthz") == (200, "ok\n")
        until(lambda: ask(env, "/")[0] == 200, seconds=10)
        assert one.process.poll() is None and len(one.started("web")) == 1

        os.kill(one.started("web")[0], signal.SIGKILL)
        until(lambda: len(one.started("web")) == 2 and ask(env, "/readyz")[0] == 200)
        os.kill(one.started("work")[-1], signal.SIGKILL)
        until(lambda: len(one.started("work")) >= 2)
        assert one.stop() == 0
        assert ask(env, "/healthz")[0] == 0, "nothing listens any more"
        assert "jane" not in one.err.read_text() and "\x1b" not in one.err.read_text()
        assert {line["logger"] for line in one.lines} >= {"bluelamp.run", "bluelamp.request"}
        assert {line["profile"] for line in one.lines} == {"all"}


def test_a_profile_without_web_server_listens_to_nobody(env: Environment, tables: None, tmp_path: Path) -> None:
    env = {**env, "BLUELAMP_PROFILE": "work"}
    with running(env, "run", folder=tmp_path) as one:
        until(lambda: one.err.exists() and one.started("work"))
        time.sleep(1)
        assert one.started("web") == [] and ask(env, "/healthz")[0] == 0
        assert one.stop() == 0


def test_a_profile_that_only_shows_pages_runs_no_worker(env: Environment, tables: None, tmp_path: Path) -> None:
    env = {**env, "BLUELAMP_PROFILE": "public"}
    with running(env, "run", folder=tmp_path) as one:
        until(lambda: ask(env, "/healthz")[0] == 200)
        assert one.started("work") == []
        assert ask(env, "/desk/")[0] == 404 and ask(env, "/")[0] == 200
        assert one.stop() == 0


def run(env: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BLUELAMP, *arguments], env=env, capture_output=True, text=True, timeout=60)


def test_without_tables_it_says_what_to_do(env: Environment) -> None:
    done = run(env, "run")
    assert done.returncode == 1 and "migrations are missing. Run: bluelamp setup" in done.stderr
    assert done.stderr.startswith("bluelamp: ") and done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_told_before_anything_starts(env: Environment, tables: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env["BLUELAMP_PORT"])))
        taken.listen()
        done = run(env, "run")
    assert done.returncode == 1 and "cannot listen on 127.0.0.1" in done.stderr and "BLUELAMP_PORT" in done.stderr


def test_commands_of_the_wrong_profile_end_with_a_sentence(env: Environment) -> None:
    for profile, command, words in (("work", "serve", "has no web server"), ("desk", "work", "runs no jobs")):
        done = run({**env, "BLUELAMP_PROFILE": profile}, command)
        assert done.returncode == 1 and words in done.stderr and done.stderr.count("\n") == 1
    done = run({**env, "BLUELAMP_PROFILE": "everything"}, "run")
    assert done.returncode == 1 and done.stderr.startswith("bluelamp: BLUELAMP_PROFILE is 'everything': write all,")
