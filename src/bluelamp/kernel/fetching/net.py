"""One connection: names resolved once and checked, the checked address connected to, a deadline nothing outlasts."""

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import make_headers

from bluelamp.kernel.fetching.domain.addresses import Target, host_refusal, refusal
from bluelamp.kernel.fetching.domain.results import FetchError, Limits

Resolve = Callable[[str, int], list[str]]
Dial = Callable[[str, int, float], socket.socket]
_CHUNK = 64 * 1024
_MOST_ADDRESSES = 4
_SHORTEST = 0.001


def system_resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a name, as the operating system gives them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def system_dial(address: str, port: int, timeout: float) -> socket.socket:
    """A TCP connection to one IP address (or, for the proxy, its name). Raises OSError."""
    return socket.create_connection((address, port), timeout)


class Deadline:
    """The time that is left of a whole fetch, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds left; at least a sliver, so that no timeout of nothing means for ever."""
        return max(self._end - time.monotonic(), _SHORTEST)

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return time.monotonic() >= self._end

    def error(self) -> FetchError:
        """What is raised when it is over."""
        return FetchError(f"The fetch took longer than {self.seconds:g} seconds in all, so it was stopped.", False)


class _Alarm:
    """Cuts a socket at the deadline from a second thread.

    A timeout of one read starts again with each byte, so a server that drips, in headers, TLS or chunk sizes, would
    never meet it. A duplicate is cut, because TLS takes the first socket over.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(deadline.left(), self._cut)
        self._timer.daemon = True

    def watch(self, sock: socket.socket) -> None:
        """Cut this socket too."""
        self._sockets.append(sock.dup())

    def _cut(self) -> None:
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        for sock in self._sockets:
            sock.close()


class _PlainConnection(HTTPConnection):
    """HTTP over a socket that we opened; host, and so the Host header, stay those of the address asked for."""

    opened: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.opened


class _SecureConnection(HTTPSConnection):
    """HTTPS over a socket that we opened: server name and certificate are checked against the name asked for."""

    opened: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.opened


@dataclass(frozen=True)
class Answer:
    """A server's answer; the body comes with `chunks`."""

    status: int
    headers: dict[str, str]
    url: str
    response: HTTPResponse
    deadline: Deadline

    def chunks(self) -> Iterator[bytes]:
        """The body as sent, not unpacked. Raises FetchError where it ends early or the deadline passes."""
        while True:
            try:
                # One read of the socket at a time: a loop that fills a buffer would hide a slow drip.
                chunk = self.response.read1(_CHUNK, decode_content=False)
            except (HTTPError, HTTPException, OSError, ValueError) as problem:
                raise _trouble(problem, self.deadline) from problem
            if self.deadline.over:
                raise self.deadline.error()
            if not chunk:
                return
            yield chunk


@dataclass(frozen=True)
class Network:
    """How to reach servers: directly, by checked addresses, or through the proxy of the settings."""

    limits: Limits
    proxy: str
    allow_private: bool
    resolve: Resolve
    dial: Dial
    tls: ssl.SSLContext

    @contextlib.contextmanager
    def ask(self, target: Target, headers: dict[str, str], deadline: Deadline) -> Iterator[Answer]:
        """Send one GET; the connection ends with the block. Raises FetchError."""
        with _Alarm(deadline) as alarm:
            sock = self._connect(target, deadline)
            try:
                alarm.watch(sock)
                connection, path, extra = self._speak(target, sock, deadline)
                try:
                    yield self._exchange(connection, path, {**extra, **headers}, target, deadline)
                finally:
                    connection.close()
            finally:
                sock.close()

    def _exchange(
        self,
        connection: HTTPConnection,
        path: str,
        headers: dict[str, str],
        target: Target,
        deadline: Deadline,
    ) -> Answer:
        try:
            connection.request("GET", path, headers=headers, preload_content=False, decode_content=False)
            response = connection.getresponse()
        except (HTTPError, HTTPException, OSError, ValueError) as problem:
            raise _trouble(problem, deadline) from problem
        if deadline.over:
            raise deadline.error()
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, lowered, target.url, response, deadline)

    def _speak(
        self, target: Target, sock: socket.socket, deadline: Deadline
    ) -> tuple[_PlainConnection | _SecureConnection, str, dict[str, str]]:
        """The connection over an open socket, the path to ask for, and the headers that a proxy needs."""
        timeout = min(self.limits.read, deadline.left())
        sock.settimeout(timeout)
        connection: _PlainConnection | _SecureConnection
        if target.scheme == "http":
            connection = _PlainConnection(target.host, target.port, timeout=timeout)
            connection.opened = sock
            whole = bool(self.proxy)
            return connection, target.url if whole else target.path, self._proxy_headers() if whole else {}
        connection = _SecureConnection(target.host, target.port, timeout=timeout, ssl_context=self.tls)
        connection.opened = sock
        if self.proxy:
            connection.set_tunnel(target.host, target.port, headers=self._proxy_headers())
        return connection, target.path, {}

    def _proxy_headers(self) -> dict[str, str]:
        parts = urlsplit(self.proxy)
        if parts.username is None:
            return {}
        return dict(make_headers(proxy_basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}"))

    def _connect(self, target: Target, deadline: Deadline) -> socket.socket:
        """A TCP connection to an address that was checked, and to no other: nothing is resolved again."""
        if self.proxy:
            reason = "" if self.allow_private else host_refusal(target.host)
            if reason:
                raise FetchError(f"{target.host} may not be asked: {reason}.", permanent=True)
            parts = urlsplit(self.proxy)
            places, port = [parts.hostname or ""], parts.port or 3128
        else:
            places, port = self._checked_addresses(target, deadline), target.port
        problem: OSError | None = None
        for place in places[:_MOST_ADDRESSES]:
            if deadline.over:
                raise deadline.error()
            try:
                return self.dial(place, port, min(self.limits.connect, deadline.left()))
            except OSError as failed:
                problem = failed
        where = "the proxy" if self.proxy else target.host
        raise FetchError(f"No connection to {where} ({problem}).", False, again=True) from problem

    def _checked_addresses(self, target: Target, deadline: Deadline) -> list[str]:
        addresses = self._resolved(target, deadline)
        for address in addresses if not self.allow_private else ():
            reason = refusal(address)
            if reason:
                # One bad address spoils the name: who mixes them hopes that the second try takes the other.
                raise FetchError(f"{target.host} may not be asked at {address}: {reason}.", permanent=True)
        return addresses

    def _resolved(self, target: Target, deadline: Deadline) -> list[str]:
        """Resolve in a thread of its own, because the system's resolver knows no timeout."""
        answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put(self.resolve(target.host, target.port))
            except (OSError, UnicodeError) as failed:
                answers.put(failed)

        threading.Thread(target=work, daemon=True, name="resolve").start()
        try:
            found = answers.get(timeout=min(self.limits.connect, deadline.left()))
        except queue.Empty:
            raise FetchError(f"The name {target.host} was not resolved in time.", False, again=True) from None
        if isinstance(found, OSError | UnicodeError) or not found:
            raise FetchError(f"The name {target.host} cannot be resolved.", False, again=True)
        return found


def _trouble(problem: Exception, deadline: Deadline) -> FetchError:
    """What a failed exchange means."""
    if deadline.over:
        return deadline.error()
    if isinstance(problem, ssl.SSLCertVerificationError):
        return FetchError(f"The server's certificate does not hold ({problem.verify_message}).", permanent=True)
    if isinstance(problem, TimeoutError):
        return FetchError("The server did not answer in time.", False, again=True)
    said = str(problem) or type(problem).__name__
    return FetchError(f"The connection broke or was cut short ({said[:200]}).", False, again=True)
