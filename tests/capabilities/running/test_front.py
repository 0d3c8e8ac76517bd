"""The front of the web server: slow, endless and oversized requests hold nobody up and are told what is wrong."""

import asyncio
import io
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from cast import client
from django.db.utils import OperationalError
from granian.cli import cli as granian

from bluelamp.project.cli.serve import CONNECTIONS, web_command
from bluelamp.project.front import REFUSED, Environ, Front, Limits, environ_of

pytestmark = pytest.mark.any_engine

BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))
QUICK = Limits(body=1000, receive_seconds=0.3, send_seconds=0.3)
POST = (
    b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken=" + b"a" * 32 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real server; it needs no tables for what is asked here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(tmp_path_factory.mktemp("front")), "BLUELAMP_PORT": str(port)}
    with subprocess.Popen([BLUELAMP, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 30
            while not healthy(port):
                assert server.poll() is None and time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=20)


def healthy(port: int, *, seconds: float = 5) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=seconds) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def raw(port: int, sent: bytes) -> bytes:
    """Everything that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(sent)
        got = b""
        while part := line.recv(65536):
            got += part
        return got


def test_slow_senders_hold_nobody_up(served: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", served)) for _ in range(60)]
    for n, line in enumerate(lines):
        line.sendall(POST + b"Content-Length: 1000\r\n\r\nlogin=" if n % 3 else b"GET / HTTP/1.1\r\nHost: local")
    time.sleep(0.5)
    began = time.monotonic()
    assert healthy(served) and time.monotonic() - began < 2
    for line in lines:
        line.close()
    assert healthy(served)


@pytest.mark.parametrize("workers", [1, 64])
def test_each_worker_takes_many_more_connections_than_it_has_threads(workers: int, settings: Any) -> None:
    """The server counts silent connections among them; left alone it divides by the workers. It must know each word."""
    settings.CONFIG = replace(settings.CONFIG, workers=workers)
    command = web_command()
    known = granian.make_context("granian", command[1:]).params
    assert (known["workers"], known["backpressure"], known["backlog"]) == (workers, CONNECTIONS, 1024)
    assert CONNECTIONS >= 500


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"Content-Length: 99000000\r\n\r\nlogin=a",
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"a" * 0x10000 + b"\r\n") * 40,
        POST.replace(b"/account/login/", b"/api/v1/products") + b"Content-Length: 3000000\r\n\r\n",
    ],
)
def test_an_oversized_body_is_refused_without_being_read(served: int, sent: bytes) -> None:
    got = raw(served, sent)
    assert got.startswith(b"HTTP/1.1 413 ") and got.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in got and b"content-security-policy" in got and b"x-request-id" in got
    assert (b'"status": 413' if b"/api/" in sent else b"The request is too large") in got


def test_of_a_refused_request_nothing_is_taken_for_the_next(served: int) -> None:
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    got = raw(served, POST + b"Content-Length: 3000000\r\n\r\n" + smuggled)
    assert got.count(b"HTTP/1.1 ") == 1


def test_headers_are_as_large_as_browsers_send_and_no_larger(served: int) -> None:
    def status(size: int) -> bytes:
        head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: " + b"a" * size + b"\r\n\r\n"
        return raw(served, head).split(b" ")[1]

    assert (status(16_000), status(200_000)) == (b"200", b"431")


def test_only_the_protocol_that_is_used_is_spoken(served: int) -> None:
    assert b"\x00\x00" not in raw(served, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    upgrade = (
        b"Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n"
    )
    got = raw(served, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + upgrade + b"\r\n")
    assert got.startswith(b"HTTP/1.1 200 ")


def test_files_heads_and_kept_lines_work(served: int) -> None:
    line = HTTPConnection("127.0.0.1", served, timeout=10)
    sizes = []
    for method in ("GET", "HEAD", "GET"):
        line.request(method, "/static/vendor/govuk-frontend.css")
        answer = line.getresponse()
        sizes.append((answer.status, answer.headers["Content-Length"], len(answer.read())))
    assert sizes[0] == sizes[2] and sizes[0][1] == str(sizes[0][2]) and sizes[0][2] > 100_000
    assert sizes[1] == (200, sizes[0][1], 0)
    line.request("POST", "/account/login/", "a=b", {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert line.getresponse().status == 403
    line.close()


def test_a_unix_socket_gives_no_peer_and_no_header_makes_one(tmp_path: Path) -> None:
    """Nobody can be told from anybody there: it is answered as one outside, who sees no metrics and no checks."""
    path = tmp_path / "web"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    command = [str(Path(BLUELAMP).with_name("granian")), "--interface", "asginl", "--uds", str(path)]
    command += ["--log-level", "error", "bluelamp.project.asgi:application"]
    with subprocess.Popen(command, env={**kept, "BLUELAMP_HOME": str(tmp_path)}) as server:
        try:
            deadline = time.monotonic() + 30
            while not unix(path, "/healthz").startswith(b"HTTP/1.1 200 "):
                assert server.poll() is None and time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.05)
            for headers in ("", "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nRemote-Addr: 127.0.0.1\r\n"):
                assert unix(path, "/metrics", headers).startswith(b"HTTP/1.1 404 ")
                assert b'"ready"' in (told := unix(path, "/readyz", headers)) and b"checks" not in told
        finally:
            server.terminate()
            server.wait(timeout=20)


def unix(path: Path, address: str, headers: str = "") -> bytes:
    """The whole answer; nothing where nobody listens yet."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
        except OSError:
            return b""
        line.settimeout(10)
        line.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n".encode())
        return b"".join(iter(lambda: line.recv(65536), b""))


Wsgi = Callable[[Environ, Any], Iterable[bytes]]
SCOPE: dict[str, Any] = {
    "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/x",
    "raw_path": b"/x%C3%A9%ff/", "query_string": b"a=%ff", "server": ("127.0.0.1", "80"),
    "client": ("192.0.2.1", "1"), "headers": [],
}  # fmt: skip


def ask(wsgi: Wsgi, *received: dict[str, Any] | None, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Any:
    """What the front sends for what it received; None stands for nothing more coming."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": b""}] if not received else list(received)

    async def receive() -> Any:
        message = waiting.pop(0)
        if message is None:
            await asyncio.sleep(30)
        return message

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Front(wsgi, QUICK)({**SCOPE, "headers": list(headers)}, receive, send))
    return sent


def echo(environ: Environ, start: Any) -> list[bytes]:
    start(f"{environ[REFUSED] or 200} X", [("X-Size", environ["CONTENT_LENGTH"])])
    return [environ["wsgi.input"].read()]


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_is_taken_in_whole() -> None:
    head, body = ask(echo, part(b"ab", more=True), part(b"cd"))
    assert head["status"] == 200 and head["headers"] == [(b"x-size", b"4")]
    assert body == {"type": "http.response.body", "body": b"abcd", "more_body": False}


def test_a_body_that_does_not_come_is_waited_for_no_longer() -> None:
    began = time.monotonic()
    head = ask(echo, part(b"ab", more=True), None)[0]
    assert head["status"] == 408 and (b"connection", b"close") in head["headers"] and time.monotonic() - began < 5


def test_a_body_that_grows_too_large_is_refused() -> None:
    assert ask(echo, *[part(b"a" * 400, more=True)] * 9)[0]["status"] == 413
    assert ask(echo, None, headers=((b"content-length", b"1001"),))[0]["status"] == 413
    assert ask(echo, None, headers=((b"content-length", b"9" * 5000),))[0]["status"] == 413
    assert ask(echo, part(b"a" * 1000), headers=((b"content-length", b"1000"),))[0]["status"] == 200


def test_of_all_bodies_together_only_so_much_is_held() -> None:
    front = Front(echo, Limits(body=1000, bodies=2500, receive_seconds=0.5))
    statuses: list[int] = []

    async def one(size: int) -> None:
        messages = [part(b"a" * size, more=True)]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await asyncio.sleep(30)

        async def send(message: Any) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        await front(dict(SCOPE), receive, send)

    async def many() -> None:
        await asyncio.gather(*(one(900) for _ in range(5)))

    asyncio.run(many())
    assert sorted(statuses) == [408, 408, 503, 503, 503]
    assert front._held == 0, "what was held is given back"
    statuses.clear()
    asyncio.run(many())
    assert sorted(statuses) == [408, 408, 503, 503, 503]


def test_what_waits_for_the_thread_and_is_worked_on_is_held_too() -> None:
    """Nobody else's budget grows before a body has left the memory; a slow reader of the answer holds none."""
    at_work, go_on, free_again = threading.Event(), threading.Event(), asyncio.Event()
    heads: list[tuple[str, int]] = []

    def slow(environ: Environ, start: Any) -> list[bytes]:
        at_work.set()
        assert go_on.wait(timeout=20)
        return echo(environ, start)

    front = Front(slow, Limits(body=1000, bodies=2500, receive_seconds=5))

    async def one(name: str, *, reads: asyncio.Event | None = None) -> None:
        async def receive() -> Any:
            return part(b"a" * 900)

        async def send(message: Any) -> None:
            heads.extend([(name, message["status"])] if "status" in message else [])
            if reads:
                await reads.wait()

        await front(dict(SCOPE), receive, send)

    async def scene() -> None:
        first = asyncio.create_task(one("at work", reads=free_again))
        while not at_work.is_set():
            await asyncio.sleep(0.01)
        second = asyncio.create_task(one("waits"))
        await asyncio.sleep(0)
        assert front._held == 1800, "one in the thread, one before it"
        third = asyncio.create_task(one("too much"))
        await asyncio.sleep(0)
        assert front._held == 1800, "of the refused one nothing is kept"
        go_on.set()
        await asyncio.gather(second, third)
        assert not first.done() and front._held == 0, "the first's answer is still being read"
        await one("later")
        free_again.set()
        await first

    try:
        asyncio.run(scene())
    finally:
        go_on.set()  # a thread that waits on would hold up the end of the tests
    assert heads == [("at work", 200), ("waits", 200), ("too much", 503), ("later", 200)]
    assert front._held == 0


def test_a_failure_in_the_thread_gives_back_what_was_held() -> None:
    def fails(_environ: Environ, _start: Any) -> Any:
        raise ValueError

    front = Front(fails, QUICK)

    async def receive() -> Any:
        return part(b"a" * 900)

    async def send(_message: Any) -> None:
        raise AssertionError

    with pytest.raises(ValueError):
        asyncio.run(front(dict(SCOPE), receive, send))
    assert front._held == 0


def test_nobody_is_answered_who_went_away() -> None:
    assert ask(echo, part(b"a", more=True), {"type": "http.disconnect"}) == []


def test_a_long_answer_that_fails_halfway_is_told_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    def failing(error: Exception) -> Wsgi:
        def application(environ: Environ, start: Any) -> Iterator[bytes]:
            start(f"{environ[REFUSED] or 200} X", [])
            yield b"half"
            if not environ[REFUSED]:
                raise error

        return application

    assert ask(failing(ValueError("secret")))[0]["status"] == 500
    assert ask(failing(OperationalError("disk is full")))[0]["status"] == 503
    assert "An answer failed" in caplog.text


def test_answers_are_closed_and_sent_in_parts() -> None:
    class Long:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a" * 50_000] * 4)

        def close(self) -> None:
            self.closed = True

    body = Long()

    def application(environ: Environ, start: Any) -> Any:
        start("200 OK", [])
        return body

    sent = ask(application)
    assert body.closed and b"".join(m["body"] for m in sent[1:]) == b"a" * 200_000
    assert max(len(m["body"]) for m in sent[1:]) <= 65536 and [m["more_body"] for m in sent[1:]][-1] is False


def test_the_request_as_django_reads_it() -> None:
    headers = [
        (b"host", b"a"), (b"host", b"b"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-forwarded-for", b"1"),
        (b"x_forwarded_for", b"spoofed"), (b"X-Forwarded-For", b"2"), (b"content_length", b"7"), (b"x", b"\xff"),
        (b"content-type", b"text/plain"),
    ]  # fmt: skip
    got = environ_of(scope={**SCOPE, "headers": headers}, body=b"abc")
    assert (got["HTTP_HOST"], got["HTTP_COOKIE"], got["HTTP_X_FORWARDED_FOR"]) == ("a,b", "a=1; b=2", "1,2")
    assert (got["CONTENT_LENGTH"], got["CONTENT_TYPE"], got["HTTP_X"]) == ("3", "text/plain", "\xff")
    assert (
        got["PATH_INFO"] == "/x\xc3\xa9\xff/" and got["QUERY_STRING"] == "a=%ff" and got["REMOTE_ADDR"] == "192.0.2.1"
    )
    assert "HTTP_CONTENT_TYPE" not in got and "HTTP_CONTENT_LENGTH" not in got


@pytest.mark.parametrize(("status", "words"), [(408, "took too long"), (413, "too large"), (503, "Not available now")])
def test_pages_for_what_was_not_taken_in(status: int, words: str) -> None:
    page = client().get("/table/", **{REFUSED: status})
    assert page.status_code == status and words in page.content.decode() and page["Cache-Control"] == "no-store"
    welsh = client().get("/cy/table/", **{REFUSED: status}).content.decode()
    assert 'lang="cy"' in welsh
    problem = client().get("/api/v1/products", **{REFUSED: status})
    assert problem.status_code == status and problem["Content-Type"] == "application/problem+json"


def test_a_client_cannot_say_that_it_was_refused() -> None:
    assert client().get("/healthz", headers={"bluelamp.refused": "500"}).status_code == 200


def test_a_stream_of_bytes_is_no_file(tmp_path: Path) -> None:
    def application(environ: Environ, start: Any) -> Any:
        start("204 No Content", [])
        return io.BytesIO()

    assert [m["type"] for m in ask(application)] == ["http.response.start", "http.response.body"]
