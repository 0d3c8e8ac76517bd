"""The supervisor with real processes that behave, die, refuse to end, and leave children behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_engine

NANNY = Path(__file__).with_name("nanny.py")
SLEEP = "time.sleep(60)"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n(folder / 'ready').touch()\ntime.sleep(60)"
SLOW_END = (
    "def end(*_):\n    time.sleep(0.4)\n    (folder / 'ended').touch()\n    sys.exit()\n"
    "signal.signal(signal.SIGTERM, end)\n(folder / 'ready').touch()\ntime.sleep(60)"
)
QUICK = {"grace": 1.0, "steady": 0.8, "long": 30.0, "first_wait": 0.05, "longest_wait": 0.2}


class Nanny:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path, parts: dict[str, str], **limits: float) -> None:
        self.folder = folder
        arguments = [a for pair in parts.items() for a in pair]
        self.process = subprocess.Popen(
            [sys.executable, str(NANNY), str(folder), json.dumps({**QUICK, **limits}), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def pids(self, name: str) -> list[int]:
        """The process ids of a part, one for each start."""
        path = self.folder / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def until(self, happened: Callable[[], object], *, seconds: float = 15) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)

    def ended(self, *, seconds: float = 15) -> tuple[int, str]:
        """The exit code, and everything that was said."""
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said


@pytest.fixture
def nanny(tmp_path: Path) -> Iterator[Callable[..., Nanny]]:
    """Makes a supervisor; ends it after the test."""
    made: list[Nanny] = []

    def make(parts: dict[str, str], **limits: float) -> Nanny:
        made.append(Nanny(tmp_path, parts, **limits))
        return made[-1]

    yield make
    for one in made:
        one.process.kill()
        one.process.wait()


def lives(pid: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_stops_every_part_and_ends_well(nanny: Callable[..., Nanny], number: signal.Signals) -> None:
    one = nanny({"web": SLEEP, "work": SLOW_END})
    one.until(lambda: one.pids("web") and (one.folder / "ready").exists())
    one.process.send_signal(number)
    code, said = one.ended()
    assert code == 0 and "Stopped" in said and "Traceback" not in said
    assert (one.folder / "ended").exists(), "a part may finish what is in hand"
    assert not any(lives(pid) for name in ("web", "work") for pid in one.pids(name))


def test_a_part_that_dies_is_started_again_prepared_anew(nanny: Callable[..., Nanny]) -> None:
    body = "(folder / f'saw-{starts}').write_text(os.environ['PREPARED'])\ntime.sleep(1.0 if starts < 3 else 60)"
    one = nanny({"web": body, "work": SLEEP})
    one.until(lambda: (one.folder / "saw-3").exists())
    assert [(one.folder / f"saw-{n}").read_text() for n in (1, 2, 3)] == ["1", "2", "3"]
    assert len(one.pids("work")) == 1 and lives(one.pids("work")[0]), "the other part is left in peace"
    one.process.terminate()
    assert one.ended()[0] == 0


def test_a_part_that_was_killed_is_started_again(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"work": SLEEP})
    for times in (1, 2, 3):
        one.until(lambda times=times: len(one.pids("work")) == times)
        os.kill(one.pids("work")[-1], signal.SIGKILL)
    one.until(lambda: len(one.pids("work")) == 4)
    one.process.terminate()
    code, said = one.ended()
    assert code == 0 and said.count("A part ended and will be started again") == 3


def test_five_failures_at_once_end_it_with_a_sentence(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"web": SLEEP, "work": "sys.exit(3)"})
    code, said = one.ended()
    assert code == 1 and len(one.pids("work")) == 5
    assert "work ended 5 times in a row within 0.8 seconds of its start, last with exit code 3." in said
    assert "Traceback" not in said and not lives(one.pids("web")[0])


def test_a_clean_end_at_once_is_a_failure_too(nanny: Callable[..., Nanny]) -> None:
    code, said = nanny({"work": ""}).ended()
    assert code == 1 and "exit code 0" in said


def test_a_part_killed_at_once_each_time_is_named_by_its_signal(nanny: Callable[..., Nanny]) -> None:
    code, said = nanny({"work": "os.kill(os.getpid(), signal.SIGSEGV)"}).ended()
    assert code == 1 and "last with SIGSEGV" in said


def test_failures_between_good_runs_do_not_add_up(nanny: Callable[..., Nanny]) -> None:
    body = "time.sleep(1.0) if starts == 4 else None\ntime.sleep(60) if starts == 8 else sys.exit(1)"
    one = nanny({"work": body})
    one.until(lambda: len(one.pids("work")) == 8)
    one.process.terminate()
    assert one.ended()[0] == 0


def test_a_program_that_is_not_there_ends_it_and_stops_the_others(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"web": SLEEP, "work": "missing"})
    code, said = one.ended()
    assert code == 1 and "No such file or directory: '/nothing/here'" in said
    assert not any(lives(pid) for pid in one.pids("web"))


def test_a_part_that_does_not_end_is_ended_after_the_grace(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"work": STUBBORN})
    one.until((one.folder / "ready").exists)
    began = time.monotonic()
    one.process.terminate()
    code, said = one.ended()
    assert code == 0 and "did not end when asked" in said and not lives(one.pids("work")[0])
    assert 0.9 <= time.monotonic() - began < 5


def test_asked_twice_it_waits_no_longer(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"work": STUBBORN}, grace=60.0)
    one.until((one.folder / "ready").exists)
    one.process.terminate()
    time.sleep(0.3)
    one.process.terminate()
    code, _ = one.ended(seconds=5)
    assert code == 0 and not lives(one.pids("work")[0])


FATHER = (
    "child = subprocess.Popen([sys.executable, '-c', 'import signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\ntime.sleep(60)'])\n"
    "(folder / 'grandchildren').open('a').write(str(child.pid) + chr(10))\n"
)


def test_what_a_dead_part_left_is_ended_before_it_is_started_again(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"web": FATHER + "time.sleep(1.0 if starts == 1 else 60)"})
    one.until(lambda: len(one.pids("grandchildren")) == 2)
    first, second = one.pids("grandchildren")
    assert not lives(first) and lives(second)
    one.process.terminate()
    assert one.ended()[0] == 0
    assert not lives(second), "nor is anything left after a stop"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_killed_it_leaves_no_part_behind(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"web": SLEEP, "work": SLEEP})
    one.until(lambda: one.pids("web") and one.pids("work"))
    one.process.kill()
    one.until(lambda: not any(lives(pid) for name in ("web", "work") for pid in one.pids(name)), seconds=5)


def test_stopped_while_a_part_waits_to_be_started_again(nanny: Callable[..., Nanny]) -> None:
    one = nanny({"work": "sys.exit(1)"}, first_wait=30.0, longest_wait=30.0)
    one.until(lambda: one.pids("work") and not lives(one.pids("work")[0]))
    time.sleep(0.2)
    one.process.terminate()
    assert one.ended(seconds=3)[0] == 0 and len(one.pids("work")) == 1
