"""A line to a server that can be cut, or lose an answer after the server has done its work."""

import json
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext

_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclass
class Line:
    """What the line does, and what passed over it. `lose`: how many answers to sent reports are still to be lost."""

    backend: str
    cut: bool = False
    lose: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


class LossyLine:
    """Serves on a port of its own, in threads, until it is closed."""

    def __init__(self, base: str) -> None:
        self.line = Line(urlsplit(base).netloc)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.line))
        self._server.daemon_threads = True
        self.base = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def cut(context: BrowserContext, line: LossyLine) -> None:
    """Nothing passes any more, and the browser knows it."""
    line.line.cut = True
    context.set_offline(offline=True)


def mend(context: BrowserContext, line: LossyLine) -> None:
    """All passes again."""
    line.line.cut = False
    context.set_offline(offline=False)


def _handler(line: Line) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, *_: object) -> None:
            pass

        def _pass_on(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if line.cut:
                return
            line.asked.append(self.path)
            sends = self.path == "/report/offline/send"
            if sends:
                line.sent.append(json.loads(body))
            connection = HTTPConnection(line.backend, timeout=20)
            connection.request(self.command, self.path, body=body or None, headers=dict(self.headers))
            got = connection.getresponse()
            content = got.read()
            if sends:
                line.answers.append({"status": got.status, **json.loads(content)})
                if line.lose:
                    line.lose -= 1
                    return
            self.send_response(got.status)
            for name, value in got.headers.items():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

    return Handler
