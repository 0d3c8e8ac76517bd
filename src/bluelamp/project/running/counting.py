"""Counts and times of requests, by the name of the route. Never by address, user or query.

With several worker processes each counts in files of its own below HOME/run (PROMETHEUS_MULTIPROC_DIR, set by `serve`),
which are added up when Prometheus asks; with one, in memory.
"""

import os
from functools import cache
from pathlib import Path

from prometheus_client import Counter, Histogram, disable_created_metrics

_KINDS = ("counter", "histogram")
# All series of all routes fit in, so that no file ever grows.
_BYTES = 8 * 1024 * 1024
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

disable_created_metrics()  # type: ignore[no-untyped-call]
_requests = Counter("bluelamp_http_requests", "Requests answered.", ["route", "method", "status"])
_seconds = Histogram("bluelamp_http_request_seconds", "Time to the answer.", ["route", "method"], buckets=_BUCKETS)


def shared_folder() -> str:
    """The folder in which the worker processes count, or "" where this process counts for itself."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")


def known_method(method: str | None) -> str:
    """A method of HTTP, or `other`: a client can send any word."""
    return method if method in _METHODS else "other"


def count(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one request."""
    if _can_count():
        requests, times = _series(route, method, status // 100)
        requests.inc()
        times.observe(seconds)


@cache
def _series(route: str, method: str, hundreds: int) -> tuple[Counter, Histogram]:
    """Where such requests are counted; there are as many as there are routes, methods and kinds of status."""
    return _requests.labels(route, method, f"{hundreds}xx"), _seconds.labels(route, method)


def _can_count() -> bool:
    """Whether there is room to count in.

    The files are written through memory: on a full disk a page without room would kill the process, so room is taken
    before anything is counted.
    """
    folder = shared_folder()
    if not folder:
        return True
    pid = os.getpid()
    if pid not in _rooms:
        _rooms[pid] = all(_make_room(Path(folder) / f"{kind}_{pid}.db") for kind in _KINDS)
    return _rooms[pid]


_rooms: dict[int, bool] = {}


def _make_room(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, _BYTES)
        finally:
            os.close(handle)
    except OSError:
        path.unlink(missing_ok=True)
        return False
    return True
