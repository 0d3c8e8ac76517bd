"""Sending reports under load, and through ten kills. `make bench`.

    python scripts/bench_reports.py            how long sending takes at 50 a second, while another process writes
    python scripts/bench_reports.py --workers 2    the same with so many workers of the server, not its usual number
    python scripts/bench_reports.py --killed   10,000 sent, the server killed ten times: each is there exactly once

Reports are sent by the last page of the journey, over HTTP, to the real server, each from a draft of
its own with every question answered. The database is SQLite, or PostgreSQL where PGHOST, PGPORT, PGUSER and PGPASSWORD
say so (under `pg_virtualenv`). Sensors are not built yet: what writes meanwhile is a process that stores batches of 500
rows, 20 a second, where their stream will live. A second run asks a bare page of the same server as the baseline.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bench_pages import free_port

BIN = Path(sys.executable).parent
RATE, SECONDS = 50, 30
SENT, KILLS, AT_ONCE = 10_000, 10, 8
CSRF = "b" * 32


def main() -> None:
    """Measure and print a row each."""
    options = argparse.ArgumentParser()
    options.add_argument("--killed", action="store_true")
    options.add_argument("--number", type=int, default=0)
    options.add_argument("--workers", type=int, default=0)
    options.add_argument("--drafts", type=int, default=0, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.drafts:
        write_drafts(chosen.drafts)
        return
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder))
        if chosen.workers:
            env["BLUELAMP_WORKERS"] = str(chosen.workers)
        subprocess.run([BIN / "bluelamp", "setup"], env=env, check=True, capture_output=True)
        number = chosen.number or (SENT if chosen.killed else RATE * SECONDS)
        tokens, address = drafts(env, number)
        if chosen.killed:
            killed(env, tokens, address)
        else:
            loaded(env, tokens, address)


def environment(home: Path) -> dict[str, str]:
    """A home of its own, and PostgreSQL where the environment names one."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {
        **kept,
        "BLUELAMP_HOME": str(home),
        "BLUELAMP_PORT": str(free_port()),
        "BLUELAMP_PROXIES": "1",
    }
    if "PGHOST" in os.environ:
        user, password, host, port = (os.environ.get(f"PG{name}", "") for name in ("USER", "PASSWORD", "HOST", "PORT"))
        env["BLUELAMP_DATABASE_URL"] = f"postgresql://{user}:{password}@{host}:{port}/postgres"
    return env


# Drafts


def drafts(env: Mapping[str, str], number: int) -> tuple[list[str], str]:
    """The cookies of so many finished drafts, and the address of the page that sends."""
    command = [sys.executable, __file__, "--drafts", str(number)]
    done = subprocess.run(command, env=dict(env), check=True, capture_output=True, text=True)
    held = json.loads(done.stdout)
    return held["tokens"], held["address"]


def write_drafts(number: int) -> None:
    """Write drafts into the database of this environment and print their cookies."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    import django

    django.setup()
    from datetime import UTC, datetime, timedelta

    from report_answers import chosen, finish  # type: ignore[import-not-found]

    from bluelamp.reporting.operations.drafts import answer_all, begin
    from bluelamp.reporting.web.journey_codes import address_of

    codes = {"danger": "no", "seen-by": "no", "urgent": "none", "what-happened": "account-hacked", "where": "online"}
    answers, _ = finish(pick=chosen({**codes, "affected": "account", "contact-choice": "anonymous"}))
    del answers["check"]
    tokens = []
    for _number in range(number):
        # Begun a while ago, as a person's is: the brake on floods is for drafts of a moment.
        now = datetime.now(tz=UTC) - timedelta(minutes=10)
        _draft, token = begin(language="en", now=now)
        answer_all(token=token, given=answers, now=now)
        tokens.append(token)
    print(json.dumps({"tokens": tokens, "address": address_of("check")}))


# Servers


@contextmanager
def server(env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The real server, in a group of its own so that it can be killed whole."""
    quiet = subprocess.DEVNULL
    command = [str(BIN / "bluelamp"), "serve"]
    with subprocess.Popen(command, env=dict(env), stdout=quiet, stderr=quiet, start_new_session=True) as process:
        try:
            wait_for(env["BLUELAMP_PORT"])
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(port: str) -> None:
    """Until the server answers."""
    for _ in range(400):
        with suppress(OSError):
            if asyncio.run(ask(int(port), "GET", "/healthz", "")) == 200:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not answer")


@contextmanager
def ingesting(env: Mapping[str, str]) -> Iterator[None]:
    """Another process that stores batches where the sensors' stream will live."""
    if "BLUELAMP_DATABASE_URL" in env:
        script = (
            "import sys,time,psycopg\nc=psycopg.connect(sys.argv[1],autocommit=True)\n"
            "c.execute('CREATE TABLE IF NOT EXISTS bench_stream (id bigserial, at float8, value float8)')\n"
            "while True:\n with c.cursor().copy('COPY bench_stream (at, value) FROM STDIN') as out:\n"
            "  [out.write_row((time.time(), i)) for i in range(500)]\n time.sleep(0.05)"
        )
        where = env["BLUELAMP_DATABASE_URL"]
    else:
        script = (
            "import sys,time,sqlite3\nc=sqlite3.connect(sys.argv[1],timeout=20)\nc.execute('PRAGMA journal_mode=WAL')\n"
            "c.execute('CREATE TABLE IF NOT EXISTS bench_stream (at, value)')\n"
            "while True:\n with c:\n  c.executemany('INSERT INTO bench_stream VALUES (?, ?)', "
            "[(time.time(), i) for i in range(500)])\n time.sleep(0.05)"
        )
        where = str(Path(env["BLUELAMP_HOME"]) / "stream.db")
    with subprocess.Popen([sys.executable, "-c", script, where]) as process:
        yield
        process.kill()


# Asking


async def ask(port: int, method: str, path: str, token: str) -> int:
    """The status of one request over a connection of its own. Raises OSError where there is no whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        body = f"csrfmiddlewaretoken={CSRF}" if method == "POST" else ""
        cookies = f"Cookie: csrftoken={CSRF}; bluelamp-report={token}\r\n" if token else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{cookies}{_proxied()}"
        head += "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = await asyncio.wait_for(reader.read(), timeout=60)
        if b"\r\n\r\n" not in answer:
            raise ConnectionResetError("no whole answer")
        return int(answer.split(b" ", 2)[1])
    except TimeoutError as late:
        raise ConnectionResetError("no answer in time") from late
    finally:
        writer.close()


def _proxied() -> str:
    """What a proxy says: an address of its own for each sender, as people have, and that they came by TLS."""
    address = ".".join(str(random.randrange(1, 255)) for _ in range(4))
    return f"X-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\nOrigin: https://localhost\r\n"


def loaded(env: Mapping[str, str], tokens: list[str], address: str) -> None:
    """Send at a steady rate, however long each takes, beside a process that writes."""
    port = int(env["BLUELAMP_PORT"])
    with server(env), ingesting(env):
        for method, path, title in (("GET", "/healthz", "bare answer"), ("POST", address, "report sent")):
            took, statuses = asyncio.run(steadily(port, method, path, tokens))
            cut = statistics.quantiles(took, n=100)
            bar = " (bar: p99 under 300 ms)" if method == "POST" else ""
            print(
                f"{title} at {RATE}/s, {engine(env)}: median {cut[49] * 1e3:.0f} ms, p95 {cut[94] * 1e3:.0f} ms, "
                f"p99 {cut[98] * 1e3:.0f} ms, slowest {max(took) * 1e3:.0f} ms; answers {dict(statuses)}{bar}",
                flush=True,
            )
    print(f"reports in the database: {len(stored(env))} of {len(tokens)}")


async def steadily(port: int, method: str, path: str, tokens: list[str]) -> tuple[list[float], Counter[int]]:
    """Seconds of each answer, counted from when it was due."""
    began = time.perf_counter() + 0.5
    took: list[float] = []
    statuses: Counter[int] = Counter()

    async def one(number: int, token: str) -> None:
        due = began + number / RATE
        await asyncio.sleep(max(0, due - time.perf_counter()))
        statuses[await ask(port, method, path, token)] += 1
        took.append(time.perf_counter() - due)

    await asyncio.gather(*(one(number, token) for number, token in enumerate(tokens)))
    return took, statuses


def killed(env: Mapping[str, str], tokens: list[str], address: str) -> None:
    """Send all, trying again until each is acknowledged, while the server is killed ten times."""
    began = time.perf_counter()
    chance, waiting = random.Random(), list(tokens)
    acknowledged: set[str] = set()
    for kill in range(KILLS + 1):
        with server(env):
            share = len(tokens) // (KILLS + 1) if kill < KILLS else len(tokens)
            until = max(1, share - chance.randrange(max(1, share // 2))) if kill < KILLS else len(waiting)
            asyncio.run(some(int(env["BLUELAMP_PORT"]), address, waiting, acknowledged, until))
        waiting = [token for token in waiting if token not in acknowledged]
    found = stored(env)
    twice = [draft for draft, number in Counter(found).items() if number > 1]
    print(
        f"{len(tokens):,} sent, {KILLS} kills, {engine(env)}: {len(acknowledged):,} acknowledged, "
        f"{len(found):,} stored, {len(twice)} twice, in {time.perf_counter() - began:.0f} s"
    )
    if len(acknowledged) != len(tokens) or len(found) != len(tokens) or twice:
        raise SystemExit("A report is missing or stands twice.")


async def some(port: int, address: str, waiting: list[str], acknowledged: set[str], until: int) -> None:
    """Send until so many more are acknowledged; the caller then kills the server under those that are on the way."""
    enough = asyncio.Event()
    goal = len(acknowledged) + until
    queue = iter(waiting)

    async def sender() -> None:
        for token in queue:
            with suppress(OSError):
                status = await ask(port, "POST", address, token)
                if status == 302:
                    acknowledged.add(token)
            if len(acknowledged) >= goal:
                enough.set()
            if enough.is_set():
                return

    senders = [asyncio.create_task(sender()) for _ in range(AT_ONCE)]
    while not enough.is_set() and not all(task.done() for task in senders):
        await asyncio.sleep(0.005)
    # The server is killed while the others wait for their answers.
    for task in senders:
        task.cancel()


def stored(env: Mapping[str, str]) -> list[str]:
    """The drafts that reports were made of."""
    if "BLUELAMP_DATABASE_URL" in env:
        import psycopg

        with psycopg.connect(env["BLUELAMP_DATABASE_URL"]) as connection:
            return [str(row[0]) for row in connection.execute("SELECT draft FROM reporting_report")]
    with sqlite3.connect(Path(env["BLUELAMP_HOME"]) / "main.db") as connection:
        return [str(row[0]) for row in connection.execute("SELECT draft FROM reporting_report")]


def engine(env: Mapping[str, str]) -> str:
    """The database's name."""
    return "PostgreSQL" if "BLUELAMP_DATABASE_URL" in env else "SQLite"


if __name__ == "__main__":
    main()
