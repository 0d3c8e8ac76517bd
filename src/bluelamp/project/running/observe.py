"""One log line and one count for each request: route, method, status, time. No address, query, peer or person."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from bluelamp.project.logs import REQUEST, REQUEST_LOGGER
from bluelamp.project.running.counting import count, known_method

_log = logging.getLogger(REQUEST_LOGGER)
# Asked every few seconds by machines: told of only where the answer is bad.
_PROBES = frozenset({"running:healthz", "running:readyz", "running:metrics"})


class Observed:
    """Django middleware, next to the outermost: whatever fails inside has become an answer here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clear_contextvars()
        bind_contextvars(request_id=request.__dict__["request_id"])
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        answered(
            request_id=request.__dict__["request_id"],
            route=_route(request),
            method=known_method(request.method),
            status=response.status_code,
            seconds=seconds,
        )
        clear_contextvars()
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """From here on every line of this request names its route."""
        bind_contextvars(route=_route(request))


def answered(*, request_id: str, route: str, method: str, status: int, seconds: float) -> None:
    """Count one request and write its line."""
    count(route=route, method=method, status=status, seconds=seconds)
    level = logging.ERROR if status >= 500 else logging.INFO
    if (route in _PROBES and status < 400) or not _log.isEnabledFor(level):
        return
    ms = round(seconds * 1000)
    fields = {"request_id": request_id, "route": route, "method": method, "status": status, "ms": ms}
    # Not `_log.log`, which looks through the stack for the line of code that called it: here it is always this one.
    _log.handle(_log.makeRecord(_log.name, level, __file__, 0, REQUEST, (), None, extra=fields))


def _route(request: HttpRequest) -> str:
    """The name of the view: the same for every product, person or search."""
    match = request.resolver_match
    if match:
        return match.view_name or "unnamed"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
