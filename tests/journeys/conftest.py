"""Real servers for the journeys: one with the packaged edition, one with nothing yet."""

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from lossy_line import LossyLine
from made_once import copy_of_empty_tables, made_once, prepare
from offline_writer import ELSEWHERE
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from serving import serve

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the packaged edition."""
    made = made_once(tmp_path_factory, "packaged-home", lambda part: prepare(part, ["setup"]))
    yield from serve(shutil.copytree(made, tmp_path_factory.mktemp("packaged") / "home"))


class _Weather(BaseHTTPRequestHandler):
    """The site behind "Exit this page"."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>Weather</title><h1>Weather</h1>")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def weather() -> Iterator[str]:
    """The address of another site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Weather) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/weather"
        server.shutdown()


@pytest.fixture(scope="session")
def leaving_base(tmp_path_factory: pytest.TempPathFactory, weather: str) -> Iterator[str]:
    """The address of a server whose "Exit this page" leads to that site."""
    made = made_once(tmp_path_factory, "packaged-home", lambda part: prepare(part, ["setup"]))
    home = shutil.copytree(made, tmp_path_factory.mktemp("leaving") / "home")
    yield from serve(home, BLUELAMP_EXIT_SITE=weather)


@pytest.fixture(scope="session")
def demo_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demonstration."""
    commands = (["setup"], ["work", "--once"])
    made = made_once(tmp_path_factory, "demo-home", lambda part: prepare(part, *commands, BLUELAMP_DEMO="1"))
    yield from serve(shutil.copytree(made, tmp_path_factory.mktemp("demo") / "home"), BLUELAMP_DEMO="1")


@pytest.fixture(scope="session")
def empty_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with empty databases."""
    home = tmp_path_factory.mktemp("empty")
    copy_of_empty_tables(tmp_path_factory, home)
    yield from serve(home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    path = os.environ.get("BLUELAMP_CHROMIUM", "/usr/bin/chromium")
    assert Path(path).exists(), f"there is no Chromium at {path}: install it, or name it in BLUELAMP_CHROMIUM"
    # The browser's tools leave an event loop in this thread. A test of the database may come after, on the same worker.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as tools:
        running = tools.chromium.launch(executable_path=path, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context under the site's own content security policy."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.fixture
def line(empty_base: str) -> Iterator[LossyLine]:
    """A line of its own to the server: an origin of its own too, so that nothing is left of another test."""
    made = LossyLine(empty_base)
    yield made
    made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone whose "Exit this page" leads to a site of ours."""
    made = browser.new_context(viewport={"width": 360, "height": 740})
    made.set_default_timeout(30_000)
    made.route(ELSEWHERE, lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    expect.set_options(timeout=20_000)
    yield made
    made.close()
