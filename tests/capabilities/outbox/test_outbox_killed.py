"""Killed at any point, nothing is lost and nothing happens twice. The workers are processes: see outbox_nursery.py."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from made_once import copy_of_empty_tables, fill_postgres

URL = os.environ.get("BLUELAMP_DATABASE_URL", "")
NURSERY = Path(__file__).with_name("outbox_nursery.py")
Environment = dict[str, str]


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Environment]:
    """A home, and on PostgreSQL a database, of this test alone."""
    home = {**os.environ, "BLUELAMP_HOME": str(tmp_path)}
    if not URL:
        yield home
        return
    import psycopg

    name = f"outbox_{secrets.token_hex(6)}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        yield {**home, "BLUELAMP_DATABASE_URL": urlsplit(URL)._replace(path=f"/{name}").geturl()}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def raise_workers(scenario: str, env: Environment) -> dict[str, Any]:
    """Run a scenario; give what it reports."""
    command = [sys.executable, str(NURSERY), scenario]
    nursery = subprocess.Popen(command, env=env, stdout=-1, stderr=-1, text=True, start_new_session=True)
    try:
        out, log = nursery.communicate(timeout=240)
    finally:
        # Its workers too: a scenario that went wrong leaves none behind.
        with suppress(ProcessLookupError):
            os.killpg(nursery.pid, signal.SIGKILL)
    assert nursery.returncode == 0, log[-3000:]
    return {**json.loads(out), "log": log}


def effects(found: dict[str, Any], kind: str) -> dict[int, int]:
    """How often each number had this effect."""
    return {number: times for k, number, times in found["effects"] if k == kind}


@pytest.mark.slow
def test_killed_twenty_times_nothing_is_lost_and_nothing_happens_twice(env: Environment) -> None:
    found = raise_workers("killed", env)
    assert found["codes"] == [-signal.SIGKILL] * 20 + [0]
    deliveries = found["deliveries"]
    assert Counter(d["handler"] for d in deliveries) == {"poke": 200, "letter": 200, "echo": 200}
    assert {d["state"] for d in deliveries} == {"done"}
    once = dict.fromkeys(range(200), 1)
    assert effects(found, "poked") == once
    assert effects(found, "echoed") == once, "an event announced by a handler is of the handler's transaction"
    keys = {d["id"] for d in deliveries if d["handler"] == "letter"}
    assert set(found["keys"]) == keys, "an effect outside happens at least once, always with the delivery's key"
    assert sum(d["attempts"] > 1 for d in deliveries) >= 5 and found["left"] > 0, "the kills came amid the work"
    assert effects(found, "tick")[0] >= 2 and found["jobs"] == [{"name": "tick", "failures": 0, "last_error": ""}]


@pytest.mark.slow
def test_workers_at_once_with_failing_handlers_do_each_thing_once(env: Environment) -> None:
    found = raise_workers("together", env)
    assert found["codes"] == [0, 0, 0]
    happened = effects(found, "poked")
    for d in found["deliveries"]:
        kind = d["number"] % 10
        assert d["state"] in (("dead",) if kind in (7, 9) else ("done", "dead")), d
        assert happened.get(d["number"], 0) == (d["state"] == "done"), d
        if kind == 9:
            # Not always 1: a worker that waits for SQLite's one writer can lose its lease meanwhile.
            assert d["attempts"] < 8 and d["error"] == "PermanentError: never", d
        elif d["state"] == "dead":
            assert d["attempts"] == 8, d
    assert len(found["deliveries"]) == 60 and sum(d["state"] == "done" for d in found["deliveries"]) >= 40
    if URL:
        assert "took longer than its lease" in found["log"], "SQLite's one writer is never overtaken"


def test_asked_to_stop_a_worker_finishes_what_is_in_hand_and_takes_no_more(env: Environment) -> None:
    found = raise_workers("stopped", env)
    assert found["codes"] == [0]
    assert Counter(d["state"] for d in found["deliveries"]) == {"done": 1, "waiting": 2}
    assert list(effects(found, "poked").values()) == [1]


@pytest.mark.slow
@pytest.mark.skipif(not URL, reason="SQLite has no server that could end a connection")
def test_a_server_that_ends_connections_stops_no_worker(env: Environment) -> None:
    found = raise_workers("cut", env)
    assert found["codes"] == [0, 0] and found["cuts"] >= 8
    assert {d["state"] for d in found["deliveries"]} == {"done"}
    once = dict.fromkeys(range(200), 1)
    assert effects(found, "poked") == once and effects(found, "echoed") == once
    assert "The database cannot be used" in found["log"] and "The database answers again" in found["log"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_stops_cleanly_when_asked(
    env: Environment, number: signal.Signals, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bluelamp = str(Path(sys.executable).with_name("bluelamp"))
    refused = subprocess.run([bluelamp, "work", "--once"], env=env, capture_output=True, text=True)
    assert refused.returncode == 1 and refused.stderr == (
        "bluelamp: The database has no outbox yet. Make it with: bluelamp setup\n"
    )
    if URL:
        fill_postgres(tmp_path_factory, env["BLUELAMP_DATABASE_URL"])
    else:
        copy_of_empty_tables(tmp_path_factory, Path(env["BLUELAMP_HOME"]))
    worker = subprocess.Popen([bluelamp, "work", "--json"], env=env, stdout=-1, stderr=-1, text=True)
    assert worker.stderr and worker.stderr.readline().startswith("Working")
    time.sleep(1)
    worker.send_signal(number)
    out, err = worker.communicate(timeout=20)
    assert worker.returncode == 0 and "Traceback" not in err
    assert json.loads(out)["jobs_failed"] == 0
