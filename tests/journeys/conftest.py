"""Real servers for the journeys: one with the packaged edition, one with nothing yet."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("bluelamp")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)

# Every page and state, by a short name. `%s` stands for the language's prefix.
PAGES = {
    "home": "%s/",
    "search without a word": "%s/search",
    "search in two parts": "%s/search?q=tp+link+archer",
    "search without evidence": "%s/search?q=dlink+e15",
    "search without a find": "%s/search?q=zzzzqqqq",
    "search with a guess": "%s/search?q=rign+doorbell",
    "search with a long guess": "%s/search?q=antimalwaresecurtyandbruteforcefirewal",
    "search too long": "%s/search?q=" + "a" * 150,
    "table": "%s/table/",
    "table, filtered": "%s/table/?group=home&band=cannot-tell&sort=low",
    "table, second page": "%s/table/?sort=name&page=2",
    "table, nothing left": "%s/table/?q=zzzzqqqq",
    "table, wrong filter": "%s/table/?band=nonsense",
    "category": "%s/category/router/",
    "category without evidence": "%s/category/doorbell/",
    "product": "%s/product/dlink:dir/",
    "product without evidence": "%s/product/dlink:e15/",
    "maker": "%s/maker/dlink/",
    "methods": "%s/methods/",
    "data": "%s/data/",
    "accessibility": "%s/accessibility/",
    "not found": "%s/nothing/here/",
}
EMPTY_PAGES = {name: PAGES[name] for name in ("home", "table", "category", "methods", "data", "search without a find")}


@dataclass(frozen=True)
class Answer:
    """What a server sent back."""

    status: int
    headers: HTTPMessage
    text: str


def get(address: str, **headers: str) -> Answer:
    """Fetch an address; an error status is an answer too."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=20)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read().decode())
    connection.close()
    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(home: Path, *, prepare: list[list[str]]) -> Iterator[str]:
    port = _free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_") or k == "BLUELAMP_CHROMIUM"}
    env = {**kept, "BLUELAMP_HOME": str(home), "BLUELAMP_PORT": str(port)}
    for arguments in prepare:
        subprocess.run([COMMAND, *arguments], env=env, check=True, capture_output=True, timeout=120)
    with subprocess.Popen([COMMAND, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        base = f"http://localhost:{port}"
        try:
            _wait(base, server)
            yield base
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(base: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert server.poll() is None, "the server stopped before it answered"
        try:
            if get(f"{base}/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within 20 seconds")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the packaged edition."""
    yield from _serve(tmp_path_factory.mktemp("home"), prepare=[["setup"]])


@pytest.fixture(scope="session")
def empty_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with empty databases."""
    migrate = [["manage", "migrate", "--database", alias] for alias in ("default", "stream")]
    yield from _serve(tmp_path_factory.mktemp("empty"), prepare=migrate)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    path = os.environ.get("BLUELAMP_CHROMIUM", "/usr/bin/chromium")
    assert Path(path).exists(), f"there is no Chromium at {path}: install it, or name it in BLUELAMP_CHROMIUM"
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
