"""What the web server calls: it takes in a whole request, within limits, before Django's one thread sees it.

Django answers one request at a time. Who sends a body slowly or without end, or reads an answer slowly, would otherwise
hold that thread, and with it every other reader; here he holds his own connection. ASGI to the server, WSGI to Django.
"""

import asyncio
import io
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from bluelamp.project.one_thread import OneThread
from bluelamp.ui.outages import outage_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Environ = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, IO[bytes]]

# Where Django finds the status with which a request is to be refused (project/middleware.py).
REFUSED = "bluelamp.refused"
_CHUNK = 64 * 1024
_IN_MEMORY = 4 * 1024 * 1024
_ONE_LINE = {"HTTP_COOKIE": "; "}
_ANNOUNCE_BODY = (b"content-length", b"transfer-encoding")
_log = logging.getLogger("bluelamp.front")


@dataclass(frozen=True)
class Limits:
    """Bytes and seconds. Forms are small; an address that takes files will need a way of its own.

    `bodies` bounds what is held of all requests at one time, so that slow senders do not fill the memory.
    """

    body: int = 2_000_000
    bodies: int = 100_000_000
    receive_seconds: float = 20.0
    send_seconds: float = 20.0


class _TooLargeError(ValueError):
    """The body is larger than allowed."""


class _LeftError(RuntimeError):
    """Who asked went away before the request was whole."""


class _FullError(RuntimeError):
    """Too much is held of other requests."""


@dataclass
class Front:
    """An ASGI application in front of a WSGI one, which it calls in a single thread, one request after the other."""

    wsgi: Callable[[Environ, Any], Iterable[bytes]]
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        # One thread for good: database connections and what requests keep in memory belong to a thread.
        self._thread = OneThread(name="django")
        self._held = 0

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        try:
            refused, (status, headers, content) = await self._answered(scope, receive)
        except _LeftError:
            return
        with content:
            if refused:  # the rest of the request must not be taken for the next one
                headers.append((b"connection", b"close"))
            await send({"type": "http.response.start", "status": status, "headers": headers})
            chunk = content.read(_CHUNK)
            if len(chunk) < _CHUNK:
                # With an answer in one part the server does not wait for the reader.
                await send({"type": "http.response.body", "body": chunk, "more_body": False})
                return
            await self._send_in_parts(chunk, content, send)

    async def _send_in_parts(
        self, chunk: bytes, content: IO[bytes], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Raises TimeoutError where the reader takes too long over one part."""
        more = True
        while more:
            more = len(chunk) == _CHUNK
            async with asyncio.timeout(self.limits.send_seconds):
                await send({"type": "http.response.body", "body": chunk, "more_body": more})
            chunk = content.read(_CHUNK)

    async def _answered(self, scope: Scope, receive: Callable[[], Awaitable[Message]]) -> tuple[int, Answer]:
        """The status it is refused with, or 0, and the answer. Raises _LeftError.

        The body stays in memory while it waits for Django's thread and is worked on, so it counts as held until then,
        and no longer: who reads the answer slowly holds nothing of the request.
        """
        refused, body = 0, b""
        try:
            if not _is_whole(scope):
                async with asyncio.timeout(self.limits.receive_seconds):
                    body = await self._receive(scope, receive)
        except TimeoutError:
            refused = HTTPStatus.REQUEST_TIMEOUT
        except _TooLargeError:
            refused = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        except _FullError:
            refused = HTTPStatus.SERVICE_UNAVAILABLE
        try:
            environ = environ_of(scope=scope, body=body)
            return refused, await self._thread.call(self._answer, environ, refused)
        finally:
            self._held -= len(body)

    async def _receive(self, scope: Scope, receive: Callable[[], Awaitable[Message]]) -> bytes:
        """The whole body, which the caller gives back to `_held`; what comes of a refused one is given back here.

        Raises _TooLargeError as soon as that is known, _FullError, _LeftError.
        """
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if told.isdigit() and int(told[:20]) > self.limits.body:
            raise _TooLargeError
        body, more, whole = bytearray(), True, False
        try:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _LeftError
                part, more = message.get("body", b""), message.get("more_body", False)
                body += part
                self._held += len(part)
                if len(body) > self.limits.body:
                    raise _TooLargeError
                if self._held > self.limits.bodies:
                    raise _FullError
            whole = True
            return bytes(body)
        finally:
            # Whatever ended it, a timeout from outside too.
            if not whole:
                self._held -= len(body)

    def _answer(self, environ: Environ, refused: int) -> Answer:
        """In Django's thread: the whole answer, so that a failure halfway through a long one is still told as such."""
        try:
            return self._call({**environ, REFUSED: refused})
        except Exception as failure:  # noqa: BLE001 - whatever fails while an answer is written, the reader is told
            _log.error("An answer failed while it was written", exc_info=failure)
            status = HTTPStatus.SERVICE_UNAVAILABLE if outage_of(failure) else HTTPStatus.INTERNAL_SERVER_ERROR
            return self._call({**environ, REFUSED: status, "wsgi.input": io.BytesIO()})

    def _call(self, environ: Environ) -> Answer:
        head: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            made = [(_header(name), value.encode("latin-1")) for name, value in headers]
            head[:] = [(int(status[:3]), made)]

        output = self.wsgi(environ, start_response)
        if isinstance(output, list) and len(output) < 2:  # whole already: nothing can fail in between
            return *head[0], io.BytesIO(*output)
        content: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            for part in output:
                content.write(part)
        except BaseException:
            content.close()
            raise
        finally:
            close = getattr(output, "close", None)
            if close is not None:
                close()
        content.seek(0)
        return *head[0], content


def _is_whole(scope: Scope) -> bool:
    """Whether the head is all there is: in HTTP/1 a body is announced by one of two headers (RFC 9112, 6.3)."""
    if scope["method"] not in ("GET", "HEAD") or not scope["http_version"].startswith("1"):
        return False
    return not any([name.lower() in _ANNOUNCE_BODY for name, _ in scope["headers"]])


def environ_of(*, scope: Scope, body: bytes) -> Environ:
    """The request as WSGI has it (PEP 3333).

    A header with `_` in its name is left out: it would read like the one with `-`, which only our own proxy may set.
    """
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"].encode())
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(scope["server"][0]),
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = _key(name)
        if not key:
            continue
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]}{_ONE_LINE.get(key, ',')}{text}" if key in environ else text
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


@lru_cache(maxsize=1024)
def _key(name: bytes) -> str:
    """Where WSGI has a header; "" for one that is left out."""
    text = name.decode("latin-1").upper()
    return "" if "_" in text else f"HTTP_{text.replace('-', '_')}"


@lru_cache(maxsize=256)
def _header(name: str) -> bytes:
    """The name of a header of ours as the server wants it."""
    return name.lower().encode("latin-1")
