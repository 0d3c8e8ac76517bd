"""`bluelamp work`: delivers what the outbox holds and runs what the schedule says is due."""

import logging
import os
import secrets
import select
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType, TracebackType
from typing import Annotated, Self

import typer
from django.conf import settings
from django.db import close_old_connections, connections, router
from django.db.utils import InterfaceError, OperationalError

from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.operations import Outcome, claim, deliver
from bluelamp.kernel.outbox.queries import backlog
from bluelamp.kernel.outbox.schedule import claim_job, run_job
from bluelamp.project.cli.screen import notes, print_json
from bluelamp.project.keeping.folders import hold_home

LEASE = timedelta(minutes=5)
POLL_SECONDS = 1.0
_LONGEST_OUTAGE_WAIT = 30.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)

logger = logging.getLogger(__name__)
_random = secrets.SystemRandom()


class WorkError(RuntimeError):
    """The worker cannot start; the message says what to do."""


class Stop:
    """Whether the worker was asked to stop, and the sleep that this ends.

    The first signal asks; a second one ends the process at once, which loses nothing either. A pipe wakes the sleeper:
    setting a threading.Event in a signal handler can block for ever on the lock of the wait it interrupted.
    """

    def __init__(self) -> None:
        self.asked = False
        self._read, self._write = os.pipe()
        self._before = {number: signal.getsignal(number) for number in _SIGNALS}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            signal.signal(number, self._ask)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._read)
        os.close(self._write)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        self.asked = True
        os.write(self._write, b".")

    def wait(self, *, seconds: float) -> None:
        """Sleep, no longer than until the signal."""
        select.select([self._read], [], [], seconds)


@dataclass
class Tally:
    """What one worker did."""

    done: int = 0
    retry: int = 0
    dead: int = 0
    lost: int = 0
    jobs: int = 0
    jobs_failed: int = 0


@dataclass
class Worker:
    """The loop. Any number may run at once, on any number of machines."""

    clock: Callable[[], datetime]
    stop: Stop
    lease: timedelta = LEASE
    poll: float = POLL_SECONDS
    tally: Tally = field(default_factory=Tally)
    _outages: int = 0

    def run(self, *, once: bool = False, idle_exit: bool = False) -> None:
        """Work until asked to stop; with `once` until nothing is due, with `idle_exit` until nothing waits at all.

        A database that goes away is waited for, with one line in the log; with `once` its error is raised.
        """
        _check_tables()
        while not self.stop.asked:
            try:
                busy = self.step()
                ended = not busy and (once or (idle_exit and not backlog(now=self.clock()).waiting))
            except (OperationalError, InterfaceError) as problem:
                if once:
                    raise
                self._wait_for_database(problem)
                continue
            if self._outages:
                self._outages = 0
                logger.warning("The database answers again.")
            if ended:
                return
            if not busy:
                self.stop.wait(seconds=self.poll)

    def step(self) -> bool:
        """Run one job and make one delivery, where due; tell whether there was anything."""
        started = claim_job(now=self.clock())
        if started:
            result = run_job(started=started, clock=self.clock, jitter=_random.random())
            self.tally.jobs += 1
            if result.error:
                self.tally.jobs_failed += 1
                logger.warning("Job %s failed: %s", result.name, result.error)
        delivery = None if self.stop.asked else claim(now=self.clock(), lease=self.lease)
        if delivery:
            self._note(delivery, deliver(delivery=delivery, clock=self.clock, jitter=_random.random()))
        return bool(started or delivery)

    def _note(self, delivery: Delivery, outcome: Outcome) -> None:
        setattr(self.tally, outcome.value, getattr(self.tally, outcome.value) + 1)
        what = (delivery.pk, delivery.handler, delivery.attempts, delivery.last_error)
        if outcome is Outcome.RETRY:
            logger.warning("Delivery %s to %s failed at attempt %d and will be tried again: %s", *what)
        elif outcome is Outcome.DEAD:
            logger.error("Delivery %s to %s is a dead letter after attempt %d: %s", *what)
        elif outcome is Outcome.LOST:
            logger.warning("Delivery %s to %s took longer than its lease at attempt %d: undone", *what[:3])

    def _wait_for_database(self, problem: Exception) -> None:
        if not self._outages:
            logger.warning("The database cannot be used (%s). Trying again until it can.", _one_line(problem))
        self._outages += 1
        close_old_connections()
        self.stop.wait(seconds=min(self.poll * 2 ** min(self._outages - 1, 10), _LONGEST_OUTAGE_WAIT))


def _one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:200]


def _check_tables() -> None:
    try:
        there = connections[router.db_for_read(Delivery)].introspection.table_names()
    except (OperationalError, InterfaceError):
        return  # the loop waits for it
    if Delivery._meta.db_table not in there:
        raise WorkError("The database has no outbox yet. Make it with: bluelamp setup")


def work(
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing is due now.")] = False,
    idle_exit: Annotated[bool, typer.Option("--idle-exit", help="Stop when nothing waits, retries included.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON at the end.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Log only: for a service.")] = False,
) -> None:
    """Deliver events and run scheduled jobs until stopped (Ctrl+C finishes what is in hand)."""
    if not settings.BLUELAMP_PROFILE.works:
        raise WorkError(f"The profile {settings.BLUELAMP_PROFILE.name} runs no jobs. Use the profile all or work.")
    if not (once or idle_exit or quiet):
        notes.print("Working  (stop with Ctrl+C)")
    hold_home(settings.BLUELAMP_HOME)
    with Stop() as stop:
        worker = Worker(clock=lambda: datetime.now(tz=UTC), stop=stop)
        worker.run(once=once, idle_exit=idle_exit)
    tally = worker.tally
    if as_json:
        print_json(asdict(tally))
    elif not quiet:
        _tell(tally)


def _tell(tally: Tally) -> None:
    notes.print(
        f"{tally.done} delivered, {tally.retry + tally.lost} to be tried again, {tally.dead} dead letters, "
        f"{tally.jobs} jobs run, {tally.jobs_failed} of them failed."
    )
