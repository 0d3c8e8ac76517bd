"""A local HTTP server that misbehaves as a test tells it, byte by byte, and remembers what it was asked."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bluelamp.kernel.fetching.client import Fetcher
from bluelamp.kernel.fetching.domain.results import Limits, Wanted

PUBLIC = "93.184.216.34"
OTHER = "8.8.8.8"
QUICK = Limits(connect=2, read=2, total=20, max_bytes=1_000_000, max_redirects=3, attempts=4, longest_wait=0.02)


@dataclass
class Call:
    """One request as the server got it."""

    path: str
    headers: dict[str, str]


Script = Callable[[Call, socket.socket], None]


@dataclass
class BadServer:
    """Plays scripts in turn, one a connection; the last one again and again. `sent` counts bytes that left."""

    scripts: list[Script] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    sent: int = 0
    port: int = 0

    def play(self, *scripts: Script) -> None:
        self.scripts = list(scripts)
        self.calls.clear()

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(4096)
                if not more:
                    return
                head += more
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
            call = Call(lines[0].split(" ")[1], {k.lower(): v for k, v in headers.items()})
            self.calls.append(call)
            script = self.scripts[min(len(self.calls) - 1, len(self.scripts) - 1)]
            script(call, connection)


@contextlib.contextmanager
def running(server: BadServer | None = None) -> Iterator[BadServer]:
    """A server (or this one) on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = server or BadServer()
    server.port = listener.getsockname()[1]
    threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
    try:
        yield server
    finally:
        # Closing alone does not wake a thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def answer(status: int, body: bytes = b"", *, length: int | None = -1, **headers: str) -> Script:
    """A plain answer. `length` -1: the true Content-Length; None: none at all; else that number, true or not."""
    lines = [f"HTTP/1.1 {status} Any"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join([*lines, "", ""]).encode() + body
    return lambda _call, connection: connection.sendall(whole)


def redirect(to: str, status: int = 302) -> Script:
    """A redirect."""
    return answer(status, Location=to)


class Wires:
    """Lets a fetcher under its real rules reach the local server: names give public addresses, and connecting to those
    ends at this machine. `dialled` holds every address that was connected to."""

    def __init__(self, port: int, names: dict[str, list[list[str]]] | None = None) -> None:
        self.port = port
        self.names = names or {}
        self.dialled: list[str] = []

    def resolve(self, host: str, port: int) -> list[str]:
        if host in self.names:
            answers = self.names[host]
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return [host] if host[0].isdigit() or ":" in host else [PUBLIC]

    def dial(self, address: str, port: int, timeout: float) -> socket.socket:
        self.dialled.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout)


def make_fetcher(server: BadServer, folder: Path, *, limits: Limits = QUICK, wires: Wires | None = None) -> Fetcher:
    """A fetcher whose network ends at the server; nothing else is relaxed."""
    wires = wires or Wires(server.port)
    return Fetcher(folder=folder, limits=limits, resolve=wires.resolve, dial=wires.dial)


def wanted(url: str = "http://feeds.example.org/list.json", **more: str) -> Wanted:
    """What most tests ask for."""
    return Wanted(url=url, name="list", **more)
