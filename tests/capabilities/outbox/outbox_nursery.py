"""Raises workers and ends them: run by test_outbox_killed.py as a program of its own, on a database of its own.

Each scenario announces events, lets real worker processes (forks of this one) work on them, disturbs them and prints
what became of it as JSON. Effects go to a plain table without any constraint, so that one too many can be seen.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

from bluelamp.kernel.events import Event  # noqa: E402
from bluelamp.kernel.outbox.domain.errors import PermanentError, TemporaryError  # noqa: E402
from bluelamp.kernel.outbox.models import Delivery, ScheduledJob  # noqa: E402
from bluelamp.kernel.outbox.operations import announce  # noqa: E402
from bluelamp.kernel.outbox.registry import Handler, Job, install  # noqa: E402
from bluelamp.project.cli.work import Stop, Worker  # noqa: E402

HOME = Path(os.environ["BLUELAMP_HOME"])
KEYS = HOME / "keys.txt"
rng = random.Random()


@dataclass(frozen=True)
class Poked(Event):
    number: int


@dataclass(frozen=True)
class Echoed(Event):
    number: int


def now() -> datetime:
    return datetime.now(tz=UTC)


def fast(factor: int) -> Callable[[], datetime]:
    """A clock on which hours of back-off pass in seconds, the same in every process."""
    start = now()
    return lambda: start + (now() - start) * factor


def effect(kind: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO effects VALUES (%s, %s)", [kind, number])


def poke(*, event: Poked, now: datetime) -> None:
    """Write, announce what follows, and linger, so that a kill comes before, between or after."""
    time.sleep(rng.uniform(0, 0.012))
    effect("poked", event.number)
    announce(event=Echoed(number=event.number), now=now)
    time.sleep(rng.uniform(0, 0.012))


def echo(*, event: Echoed, now: datetime) -> None:
    effect("echoed", event.number)
    time.sleep(rng.uniform(0, 0.008))


def letter(*, event: Poked, now: datetime, key: UUID) -> None:
    """An effect outside the database: it may happen twice, with the same key."""
    with KEYS.open("a") as out:
        out.write(f"{key}\n")


def moody(*, event: Poked, now: datetime) -> None:
    """Fails at random; some always, some for good, some slower than the lease at their first attempt."""
    effect("poked", event.number)
    kind = event.number % 10
    marker = HOME / f"slow-{event.number}"
    if event.number in (5, 15) and not marker.exists():
        marker.touch()
        time.sleep(1.5)
    if kind == 7:
        raise TemporaryError("always")
    if kind == 9:
        raise PermanentError("never")
    if rng.random() < (0.5 if kind == 3 else 0.1):
        raise ValueError(event.number)


def slow(*, event: Poked, now: datetime) -> None:
    effect("poked", event.number)
    (HOME / f"in-hand-{event.number}").touch()
    time.sleep(0.7)


def tick(*, now: datetime) -> None:
    effect("tick", 0)


def grow(*, seed: int, clock: Callable[[], datetime], lease: timedelta, idle_exit: bool) -> int:
    """Start a worker in a process of its own; give its id."""
    connections.close_all()
    process = os.fork()
    if process:
        return process
    rng.seed(seed)
    code = 1
    try:
        with Stop() as stop:
            Worker(clock=clock, stop=stop, lease=lease, poll=0.03).run(idle_exit=idle_exit)
        code = 0
    finally:
        connections.close_all()
        os._exit(code)


def ended(process: int) -> int:
    """Wait for a worker: its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def announce_all(count: int, *, at: datetime) -> None:
    for number in range(count):
        with transaction.atomic():
            announce(event=Poked(number=number), now=at)


def report(**more: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, number, COUNT(*) FROM effects GROUP BY kind, number ORDER BY kind, number")
        effects = [list(row) for row in cursor.fetchall()]
    deliveries = [
        {
            "id": str(d.pk),
            "handler": d.handler,
            "number": d.payload["number"],
            "attempts": d.attempts,
            "state": "dead" if d.dead_at else "done" if d.done_at else "waiting",
            "error": d.last_error,
        }
        for d in Delivery.objects.all()
    ]
    jobs = list(ScheduledJob.objects.values("name", "failures", "last_error"))
    keys = KEYS.read_text().split() if KEYS.exists() else []
    sys.stdout.write(json.dumps({"effects": effects, "deliveries": deliveries, "jobs": jobs, "keys": keys, **more}))


def killed(*, count: int = 200, kills: int = 20) -> None:
    """SIGKILL at random moments, then one worker that may finish."""
    install(
        handlers=[Handler("poke", Poked, poke), Handler("letter", Poked, letter, external=True),
                  Handler("echo", Echoed, echo)],
        jobs=[Job("tick", "Tick", timedelta(seconds=0.2), tick, longest=timedelta(seconds=0.5))],
    )  # fmt: skip
    announce_all(count, at=now())
    moments = random.Random(2026)
    lease = timedelta(seconds=1)
    codes = []
    for turn in range(kills):
        process = grow(seed=turn, clock=now, lease=lease, idle_exit=False)
        time.sleep(moments.uniform(0.03, 0.25))
        os.kill(process, signal.SIGKILL)
        codes.append(ended(process))
    left = Delivery.objects.filter(done_at=None).count()
    codes.append(ended(grow(seed=kills, clock=now, lease=lease, idle_exit=True)))
    report(codes=codes, left=left)


def together(*, count: int = 60, workers: int = 3) -> None:
    """Several at once, with handlers that fail."""
    install(handlers=[Handler("poke", Poked, moody)], jobs=[])
    # The two hours of all attempts pass in 2.4 seconds, a lease in 0.6 as long as a slow handler works for 1.5.
    clock = fast(3_000)
    announce_all(count, at=clock())
    lease = timedelta(seconds=1_800)
    processes = [grow(seed=turn, clock=clock, lease=lease, idle_exit=True) for turn in range(workers)]
    report(codes=[ended(p) for p in processes])


def stopped() -> None:
    """SIGTERM in the middle of a handler."""
    install(handlers=[Handler("poke", Poked, slow)], jobs=[])
    announce_all(3, at=now())
    process = grow(seed=1, clock=now, lease=timedelta(seconds=60), idle_exit=False)
    until = time.monotonic() + 20
    while not any(HOME.glob("in-hand-*")) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process, signal.SIGTERM)
    report(codes=[ended(process)])


def cut(*, count: int = 200, cuts: int = 8) -> None:
    """The server ends the workers' connections at random moments (PostgreSQL only)."""
    install(handlers=[Handler("poke", Poked, poke), Handler("echo", Echoed, echo)], jobs=[])
    announce_all(count, at=now())
    moments = random.Random(2026)
    clock = fast(60)
    processes = [grow(seed=turn, clock=clock, lease=timedelta(seconds=60), idle_exit=True) for turn in range(2)]
    ends = 0
    for _ in range(cuts):
        time.sleep(moments.uniform(0.05, 0.25))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            ends += cursor.fetchone()[0]
    report(codes=[ended(p) for p in processes], cuts=ends)


if __name__ == "__main__":
    call_command("migrate", "outbox", verbosity=0)
    with connection.cursor() as made:
        made.execute("CREATE TABLE effects (kind varchar(10), number integer)")
    {"killed": killed, "together": together, "stopped": stopped, "cut": cut}[sys.argv[1]]()
