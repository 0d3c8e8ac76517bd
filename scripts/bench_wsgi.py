"""A browser without a network: calls a WSGI application as a web server does, and keeps its cookies.

No test client: that would add the same time to both sides of a comparison and so make them look alike.
"""

import io
import sys
import time
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import WSGIApplication


class Visitor:
    """Somebody with cookies who asks one application for pages. Raises RuntimeError for an answer not looked for."""

    def __init__(self, application: WSGIApplication, cookies: dict[str, str]) -> None:
        self._application: Callable[..., Iterable[bytes]] = application
        self._cookies = cookies

    def get(self, address: str) -> bytes:
        """The body of a page."""
        return self._ask(address, wanted="200")

    def post(self, address: str, **fields: str) -> None:
        """Send a form of a page looked at before; the answer sends the browser on."""
        form = urlencode({**fields, "csrfmiddlewaretoken": self._cookies["csrftoken"]}).encode()
        kind = "application/x-www-form-urlencoded"
        sent = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(form))}
        self._ask(address, wanted="302", **sent, **{"wsgi.input": io.BytesIO(form)})

    def took(self, address: str, *, times: int) -> tuple[float, float]:
        """Seconds that so many pages take, one after another: by the clock, and of the processor's time."""
        began, busy = time.perf_counter(), time.process_time()
        for _ in range(times):
            self.get(address)
        return time.perf_counter() - began, time.process_time() - busy

    def _ask(self, address: str, *, wanted: str, **more: Any) -> bytes:
        began: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {**self._environ(address), **more}
        answer = self._application(environ, lambda status, headers: began.append((status, headers)))
        body = b"".join(answer)
        close = getattr(answer, "close", None)
        if close:
            close()  # ends the request: Django then looks after its database connections
        status, headers = began[0]
        if not status.startswith(wanted):
            raise RuntimeError(f"{address} answered {status}")
        for name, value in headers:
            if name == "Set-Cookie":
                self._cookies.update({key: found.value for key, found in SimpleCookie(value).items()})
        return body

    def _environ(self, address: str) -> dict[str, Any]:
        path, _mark, query = address.partition("?")
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_ACCEPT": "text/html,application/xhtml+xml",
            "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
