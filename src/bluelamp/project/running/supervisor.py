"""Keeps the processes of a profile running: starts them, starts them again when they die, stops them together.

Each child leads a process group of its own, so that Ctrl+C reaches only this process, and so that what a dead child
left behind (a web server's workers still hold the port) can be ended before it is started again.
"""

import contextlib
import ctypes
import fcntl
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Self

_log = logging.getLogger("bluelamp.run")
_ASKS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


class PartFailedError(RuntimeError):
    """A part cannot be kept running; the message says which and what it ended with."""


@dataclass(frozen=True)
class Part:
    """One process: its name, what to execute, and what to do before each start, which gives environment variables."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True)
class Limits:
    """Times in seconds. Who lives for `steady` was started well; who lives for `long` begins its waits anew."""

    grace: float = 20.0
    steady: float = 10.0
    long: float = 60.0
    first_wait: float = 0.5
    longest_wait: float = 30.0
    at_once: int = 5


@dataclass
class _Child:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    again_at: float = 0.0
    deaths: int = 0
    quick_deaths: int = 0


def wait_before(*, deaths: int, limits: Limits) -> float:
    """Seconds to wait after so many deaths in a row: doubled each time, capped."""
    return min(limits.longest_wait, limits.first_wait * 2.0 ** min(deaths - 1, 16))


class Signals:
    """How often the process was asked to stop, and a sleep that any signal ends (a child's death among them)."""

    def __init__(self) -> None:
        self.asked = 0
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            fcntl.fcntl(end, fcntl.F_SETFL, fcntl.fcntl(end, fcntl.F_GETFL) | os.O_NONBLOCK)

    def __enter__(self) -> Self:
        self._before = {number: signal.getsignal(number) for number in (*_ASKS, signal.SIGCHLD)}
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in _ASKS:
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._read)
        os.close(self._write)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1

    def wait(self, *, seconds: float | None) -> None:
        """Sleep until a signal comes, no longer than `seconds` (None: for ever)."""
        select.select([self._read], [], [], None if seconds is None else max(0.0, seconds))
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 4096)


@dataclass
class Supervisor:
    """Runs parts until it is asked to stop. On any way out every child is stopped."""

    parts: Sequence[Part]
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic

    def run(self) -> None:
        """Return after a clean stop. Raises PartFailedError where a part ended `at_once` times in a row."""
        children = [_Child(part) for part in self.parts]
        with Signals() as signals:
            try:
                while not signals.asked:
                    for child in children:
                        self._look_after(child)
                    if not signals.asked:
                        signals.wait(seconds=self._until_next_start(children))
            finally:
                self._stop(children, signals)

    def _look_after(self, child: _Child) -> None:
        if child.process is not None:
            code = _end_of(child.process)
            if code is None:
                return
            self._note_death(child, code)
        if self.clock() >= child.again_at:
            self._start(child)

    def _note_death(self, child: _Child, code: int) -> None:
        child.process = None
        lived = self.clock() - child.started
        child.deaths = 1 if lived >= self.limits.long else child.deaths + 1
        child.quick_deaths = 0 if lived >= self.limits.steady else child.quick_deaths + 1
        if child.quick_deaths >= self.limits.at_once:
            raise PartFailedError(
                f"{child.part.name} ended {child.quick_deaths} times in a row within {self.limits.steady:g} seconds of "
                f"its start, last with {_in_words(code)}. What it said stands above; everything was stopped."
            )
        wait = wait_before(deaths=child.deaths, limits=self.limits)
        child.again_at = self.clock() + wait
        fields = {"part": child.part.name, "exit": code, "wait_seconds": wait}
        _log.warning("A part ended and will be started again", extra=fields)

    def _start(self, child: _Child) -> None:
        child.started = self.clock()
        environment = {**os.environ, **child.part.prepare()}
        child.process = subprocess.Popen(
            child.part.command, env=environment, start_new_session=True, preexec_fn=_end_with(os.getpid())
        )
        _log.info("A part was started", extra={"part": child.part.name, "pid": child.process.pid})

    def _until_next_start(self, children: Sequence[_Child]) -> float | None:
        waits = [child.again_at - self.clock() for child in children if child.process is None]
        return min(waits, default=None)

    def _stop(self, children: Sequence[_Child], signals: Signals) -> None:
        """Ask each child to end; after the grace, or when asked again, end them."""
        living = [child for child in children if child.process is not None]
        for child in living:
            _tell(child, signal.SIGTERM)
        deadline, asked = self.clock() + self.limits.grace, max(1, signals.asked)
        while True:
            living = [child for child in living if child.process is not None and _end_of(child.process) is None]
            left = deadline - self.clock()
            if not living or left <= 0 or signals.asked > asked:
                break
            signals.wait(seconds=left)
        for child in living:
            if child.process is not None:
                _log.warning("A part did not end when asked and was ended", extra={"part": child.part.name})
                _end_group(child.process.pid)
                child.process.wait()
        _log.info("Stopped")


def _end_of(process: subprocess.Popen[bytes]) -> int | None:
    """How a child ended, or None while it lives. What it left of its group is ended before its number is given up."""
    if process.returncode is not None:
        return process.returncode
    if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    _end_group(process.pid)
    return process.wait()


def _end_group(number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)


def _tell(child: _Child, number: signal.Signals) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(number)


def _in_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _end_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask Linux to end it when this process dies, even by SIGKILL."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
