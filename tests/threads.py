"""Running functions in threads that start together, each with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def run_together(*functions: Callable[[], object]) -> list[object]:
    """What each function gave, or the exception it ended with, in order."""
    barrier = Barrier(len(functions))

    def one(function: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=20)
            return function()
        except Exception as problem:  # noqa: BLE001 - the test looks at every outcome
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, f) for f in functions]]
