"""One log line and one count for each request: route, method, status, time. No address, query, peer or person."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from bluelamp.project.running.counting import count, known_method

_log = logging.getLogger("bluelamp.request")
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
        route, method, status = _route(request), known_method(request.method), response.status_code
        count(route=route, method=method, status=status, seconds=seconds)
        if route not in _PROBES or status >= 400:
            fields = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000)}
            _log.log(logging.ERROR if status >= 500 else logging.INFO, "Request", extra=fields)
        clear_contextvars()
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """From here on every line of this request names its route."""
        bind_contextvars(route=_route(request))


def _route(request: HttpRequest) -> str:
    """The name of the view: the same for every product, person or search."""
    match = request.resolver_match
    if match:
        return match.view_name or "unnamed"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
