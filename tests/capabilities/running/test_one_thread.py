"""The thread behind the event loop: in order, one at a time, nothing lost, and an end when the program ends."""

import asyncio
import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from bluelamp.project.one_thread import OneThread

pytestmark = pytest.mark.any_engine
WAIT = 20.0


class Held:
    """Something that an argument or a result can be told by."""


def waiting(begun: Event, go_on: Event) -> str:
    begun.set()
    assert go_on.wait(timeout=WAIT)
    return "done"


async def begun_by(thread: OneThread, go_on: Event) -> "asyncio.Future[str]":
    """A call that is at work and waits for `go_on`."""
    begun = Event()
    call = thread.call(waiting, begun, go_on)
    while not begun.is_set():
        await asyncio.sleep(0.005)
    return call


def test_calls_are_done_in_their_order_by_one_thread() -> None:
    thread, done, threads = OneThread(name="t"), [], set()

    def work(number: int) -> int:
        threads.add(threading.current_thread())
        done.append(number)
        return number * 2

    async def one(number: int) -> int:
        return await thread.call(work, number)

    async def scene() -> list[int]:
        return await asyncio.gather(*(one(number) for number in range(200)))

    for _ in range(2):  # in a second loop too
        done.clear()
        assert asyncio.run(scene()) == [number * 2 for number in range(200)] and done == list(range(200))
    assert [t.name for t in threads] == ["t"] and threading.current_thread() not in threads


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, asyncio.CancelledError, StopIteration])
def test_a_failure_is_raised_where_the_work_was_asked_for(kind: type[BaseException]) -> None:
    thread = OneThread(name="t")

    def fails() -> None:
        raise kind("no")

    async def scene() -> BaseException | None:
        call = thread.call(fails)
        await asyncio.wait([call])
        told = call.exception()
        assert await thread.call(len, "abc") == 3, "the thread goes on"
        return told

    told = asyncio.run(scene())
    if kind is StopIteration:  # as a generator that raises it
        assert isinstance(told, RuntimeError) and isinstance(told.__cause__, StopIteration)
    else:
        assert type(told) is kind and told.args == ("no",)


def test_what_is_cancelled_before_its_turn_is_not_done() -> None:
    thread, done, go_on = OneThread(name="t"), [], Event()

    async def scene() -> None:
        first = await begun_by(thread, go_on)
        calls = [thread.call(done.append, number) for number in range(3)]
        calls[1].cancel()
        go_on.set()
        assert await first == "done"
        await asyncio.gather(calls[0], calls[2])
        assert done == [0, 2]

    asyncio.run(scene())


def test_what_is_cancelled_while_it_is_done_disturbs_nobody() -> None:
    thread, go_on = OneThread(name="t"), Event()

    async def scene() -> None:
        first = await begun_by(thread, go_on)
        second = thread.call(len, "abc")
        first.cancel()
        go_on.set()
        assert await second == 3 and first.cancelled()

    asyncio.run(scene())


def test_an_answer_does_not_wait_for_the_next() -> None:
    thread, go_on = OneThread(name="t"), Event()

    async def scene() -> None:
        first = thread.call(len, "abc")
        second = thread.call(waiting, Event(), go_on)
        assert await asyncio.wait_for(first, WAIT) == 3 and not second.done()
        go_on.set()
        assert await second == "done"

    asyncio.run(scene())


def test_answers_that_are_ready_share_a_wake_up() -> None:
    thread = OneThread(name="t")

    async def scene() -> int:
        loop, woken = asyncio.get_running_loop(), []
        usual = loop.call_soon_threadsafe

        def counted(callback: Callable[..., Any], *given: Any, **more: Any) -> Any:
            woken.append(callback)
            return usual(callback, *given, **more)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign]
        last = Event()
        calls = [thread.call(len, "abc") for _ in range(20)] + [thread.call(last.set)]
        assert last.wait(timeout=WAIT)  # the loop stands still meanwhile
        assert (await asyncio.gather(*calls))[:20] == [3] * 20
        return len(woken)

    # The last one's own answer is on its way only after it was seen to be done: it may need another.
    assert asyncio.run(scene()) <= 2


def test_a_loop_that_is_closed_loses_no_work_and_ends_no_thread() -> None:
    thread, done, go_on = OneThread(name="t"), [], Event()

    async def left() -> None:
        loop = asyncio.get_running_loop()
        await begun_by(thread, go_on)
        thread.call(done.append, "asked for before the end")
        loop.call_soon(loop.stop)

    loop = asyncio.new_event_loop()
    task = loop.create_task(left())
    loop.run_forever()
    assert task.done()
    loop.close()
    go_on.set()

    async def later() -> list[str]:
        await thread.call(done.append, "of another loop")
        return done

    assert asyncio.run(later()) == ["asked for before the end", "of another loop"]


def test_nothing_of_a_call_stays_with_the_thread() -> None:
    thread = OneThread(name="t")

    async def scene() -> list[bool]:
        given = Held()
        made = await thread.call(lambda held: [held, Held()], given)
        kept = [weakref.ref(given), weakref.ref(made[1])]
        del given, made
        deadline = time.monotonic() + WAIT
        while any(each() is not None for each in kept) and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        return [each() is None for each in kept]

    assert asyncio.run(scene()) == [True, True]


def test_the_thread_ends_when_nobody_holds_it() -> None:
    async def worker_of(thread: OneThread) -> threading.Thread:
        return await thread.call(threading.current_thread)

    thread = OneThread(name="t")
    worker = asyncio.run(worker_of(thread))
    assert worker.is_alive() and not worker.daemon
    del thread
    gc.collect()
    worker.join(timeout=WAIT)
    assert not worker.is_alive()


PROGRAM = """
import asyncio, sys, time
from multiprocessing import get_context
from bluelamp.project.one_thread import OneThread

thread = OneThread(name="t")

def work(word):
    time.sleep(0.2)
    print(word, flush=True)

async def main():
    await thread.call(work, "awaited")
    thread.call(work, "at work")
    thread.call(work, "waits")

def program():
    loop = asyncio.new_event_loop()  # never closed, as the web server's
    loop.run_until_complete(main())

if sys.argv[1] == "alone":
    program()
else:
    child = get_context(sys.argv[1]).Process(target=program)
    child.start()
    child.join()
    sys.exit(child.exitcode)
"""


@pytest.mark.parametrize("way", ["alone", "fork"])  # the web server forks its workers
def test_the_program_ends_when_all_is_done(way: str) -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM, way], capture_output=True, text=True, timeout=WAIT)
    assert (ended.returncode, ended.stdout.split("\n")) == (0, ["awaited", "at work", "waits", ""]), ended.stderr
