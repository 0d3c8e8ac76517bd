"""One thread for good that works for an event loop: one call after the other, in the order in which they were made.

What a ThreadPoolExecutor with one thread does, for less than half of the processor's time: that carries each result
through two futures, their locks and a wake-up of its own. Here results wait in a row, and what is ready when the loop
looks is given out together.
"""

import asyncio
import weakref
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread, main_thread
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class OneThread:
    """Calls functions in a thread that begins with the first call.

    Whatever was asked for is done before the program ends, even where nobody waits for the result any longer, as when
    a loop was closed. The thread ends with the program, or when nobody holds this any more.
    """

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[_Call[Any] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._row: _Row | None = None

    def call(self, work: Callable[..., Result], *arguments: object) -> asyncio.Future[Result]:
        """What comes of the work, or its failure; called in a running loop. Work cancelled before its turn is not done.

        Raises RuntimeError where no thread can be begun.
        """
        loop = asyncio.get_running_loop()
        if self._row is None or self._row.loop is not loop:
            self._row = _Row(loop)
        if self._thread is None:
            self._thread = self._begun()
        future: asyncio.Future[Result] = loop.create_future()
        self._calls.put(_Call(future, self._row, work, arguments))
        return future

    def _begun(self) -> Thread:
        # First, so that where there is no room for two threads none is left that nothing would end.
        Thread(target=_end_with_program, args=(self._calls,), name=f"{self._name}-end", daemon=True).start()
        thread = Thread(target=_work, args=(self._calls,), name=self._name, daemon=False)
        thread.start()
        weakref.finalize(self, self._calls.put, None)
        return thread


class _Call(Generic[Result]):
    """One piece of work, and then what came of it."""

    __slots__ = ("_arguments", "_failure", "_result", "_work", "future", "row")

    def __init__(
        self,
        future: "asyncio.Future[Result]",
        row: "_Row",
        work: Callable[..., Result],
        arguments: tuple[object, ...],
    ) -> None:
        self.future = future
        self.row = row
        self._work = work
        self._arguments = arguments
        self._failure: BaseException | None = None
        self._result: Result

    def run(self) -> None:
        """In the thread."""
        try:
            self._result = self._work(*self._arguments)
        except StopIteration as failure:  # which no future takes
            self._failure = RuntimeError("The work raised StopIteration")
            self._failure.__cause__ = failure
        except BaseException as failure:  # noqa: BLE001 - it is raised where the work was asked for
            self._failure = failure

    def settle(self) -> None:
        """In the loop."""
        if self.future.done():  # cancelled meanwhile
            return
        if self._failure is None:
            self.future.set_result(self._result)
        else:
            self.future.set_exception(self._failure)


class _Row:
    """The calls that are done and on their way to one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._done: deque[_Call[Any]] = deque()
        self._woken = False

    def add(self, call: _Call[Any]) -> None:
        """In the thread. The loop is woken once for all that stands in the row when it looks."""
        self._done.append(call)
        # Read after the append, as `_settle` looks after it has written: what it does not see, wakes it again.
        if self._woken:
            return
        self._woken = True
        try:
            self.loop.call_soon_threadsafe(self._settle)
        except RuntimeError:  # the loop is closed: nobody waits any longer
            self._woken = False
            self._done.clear()

    def _settle(self) -> None:
        self._woken = False
        while self._done:
            self._done.popleft().settle()


def _work(calls: "SimpleQueue[_Call[Any] | None]") -> None:
    while (call := calls.get()) is not None:
        if not call.future.cancelled():
            call.run()
            call.row.add(call)
        del call  # what it holds, a request's body among it, is not to stay until the next


def _end_with_program(calls: "SimpleQueue[_Call[Any] | None]") -> None:
    """Python waits at its end for the thread, which would wait for more calls."""
    main_thread().join()
    calls.put(None)
