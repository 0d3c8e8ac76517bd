"""The tracking page in a real browser, in every state: no barrier, no sideways scroll, valid HTML, no script needed."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from addresses import ROOT, get
from made_once import BLUELAMP, copy_of_empty_tables
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = f"async () => (await axe.run(document, {{runOnly: {RULES}}})).violations"
STATES = ("new", "busy", "recorded", "handed_over", "quiet", "guarded", "deleted")
FULL = (
    "told/",
    "write/message/",
    "write/addition/",
    "write/correction/",
    "write/complaint/",
    "call/",
    "take-back/",
    "addresses/",
    "own-word/",
    "done/",
)
QUIET = ("write/message/", "call/", "done/")
Reports = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Reports]]:
    """The address of a server whose database holds reports in many states, and how each is opened."""
    home = tmp_path_factory.mktemp("followed")
    copy_of_empty_tables(tmp_path_factory, home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_") or k == "BLUELAMP_CHROMIUM"}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests"), kept.get("PYTHONPATH", "")])
    env = {**kept, "BLUELAMP_HOME": str(home), "BLUELAMP_PORT": str(port), "PYTHONPATH": path}
    made = subprocess.run(
        [sys.executable, ROOT / "tests" / "reports_for_pages.py"], env=env, capture_output=True, text=True, timeout=120
    )
    assert made.returncode == 0, made.stderr
    base = f"http://localhost:{port}"
    with subprocess.Popen([BLUELAMP, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(base, server)
            yield base, json.loads(made.stdout)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(base: str, server: subprocess.Popen[bytes]) -> None:
    # Other tests may start servers at the same time.
    for _ in range(600):
        assert server.poll() is None, "the server stopped before it answered"
        try:
            if get(f"{base}/report/follow/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within a minute")


def enter(page: Page, base: str, report: dict[str, str], prefix: str = "") -> None:
    """Open a report as its reporter does."""
    page.goto(f"{base}{prefix}/report/follow/")
    page.locator("#words").fill(report["words"])
    page.locator("#own-word").fill(report["own"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/report/follow/page/")


def check(page: Page, axe: str, kept: Path) -> list[str]:
    """What is wrong with the page as it stands, at three widths."""
    found: list[str] = []
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url} scrolls sideways at {width}")
    page.evaluate(axe)
    violations: list[dict[str, Any]] = page.evaluate(RUN_AXE)
    found += [f"{page.url}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]
    number = len(list(kept.glob("*.html")))
    (kept / f"{number}.html").write_text(_source(page), encoding="utf-8")
    return found


def _source(page: Page) -> str:
    """The page as it was sent: what axe added is not ours."""
    return page.context.request.get(page.url).text()


def send(page: Page, **fields: str) -> None:
    """Fill the form in the main part and send it."""
    for name, value in fields.items():
        page.locator(f"main [name='{name}']").first.fill(value)
    page.locator("main form button[type=submit]").first.click()


def _context(browser: Browser, **more: Any) -> BrowserContext:
    return browser.new_context(viewport={"width": 360, "height": 900}, **more)


@pytest.mark.parametrize("prefix", ["", "/cy"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(browser: Browser, served: tuple[str, Reports], prefix: str, scheme: str, tmp_path: Path) -> None:
    base, reports = served
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    problems: list[str] = []
    for state in STATES:
        context = _context(browser, bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light")
        page = context.new_page()
        enter(page, base, reports[state], prefix)
        problems += check(page, axe, tmp_path)
        if state in ("busy", "quiet", "guarded"):
            for path in QUIET if state == "quiet" else FULL:
                page.goto(f"{base}{prefix}/report/follow/{path}")
                problems += check(page, axe, tmp_path)
        context.close()
    context = _context(browser, bypass_csp=True)
    page = context.new_page()
    for path in ("", "recover/"):
        page.goto(f"{base}{prefix}/report/follow/{path}")
        problems += check(page, axe, tmp_path)
    context.close()
    assert not problems, "\n".join(problems)
    _validate(tmp_path)


@pytest.mark.parametrize("prefix", ["", "/cy"])
def test_no_barriers_where_something_is_wrong(
    browser: Browser, served: tuple[str, Reports], prefix: str, tmp_path: Path
) -> None:
    base, reports = served
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = _context(browser, bypass_csp=True)
    page = context.new_page()
    problems: list[str] = []

    def wrong(path: str, **fields: str) -> None:
        page.goto(f"{base}{prefix}/report/follow/{path}")
        send(page, **fields)
        assert re.search("There is a problem|Mae problem", page.content()), page.url
        assert page.title().startswith(("Error:", "Gwall:")), page.title()
        problems.extend(check(page, axe, tmp_path))

    wrong("", words="one two three four five six")
    wrong("", words="one")
    wrong("recover/")
    page.goto(f"{base}{prefix}/report/follow/recover/")
    send(page, reference=reports["new"]["reference"], address="nobody@example.com")
    problems += check(page, axe, tmp_path)
    send(page, code="123456")
    problems += check(page, axe, tmp_path)
    enter(page, base, reports["new"], prefix)
    wrong("write/message/")
    wrong("call/")
    wrong("own-word/", **{"own-word": "abc"})
    page.goto(f"{base}{prefix}/report/follow/addresses/")
    page.locator("#address").fill("nonsense")
    page.locator("button[value=add]").click()
    problems += check(page, axe, tmp_path)
    context.close()
    assert not problems, "\n".join(problems)


def test_everything_works_without_scripts(browser: Browser, served: tuple[str, Reports]) -> None:
    base, reports = served
    context = _context(browser, java_script_enabled=False)
    page = context.new_page()
    enter(page, base, reports["recorded"])
    assert "46/1/26" in page.content()
    page.get_by_role("link", name="Write to us").click()
    send(page, text="Thank you.")
    page.get_by_role("link", name="Back to your page").click()
    assert "Thank you." in page.content()
    page.get_by_role("link", name="Read or correct what you told us").click()
    page.get_by_role("link", name=re.compile("^Correct ")).first.click()
    page.get_by_label("What should it say?").fill("It was Tuesday.")
    page.get_by_role("button", name="Correct").click()
    page.get_by_role("link", name="Back to your page").click()
    assert "It was Tuesday." in page.content()
    page.get_by_role("button", name="Close this page").click()
    page.get_by_role("heading", name="Closed").wait_for()
    page.go_back()
    assert "It was Tuesday." not in page.content()
    page.goto(f"{base}/report/follow/page/")
    assert page.url.endswith("/report/follow/")
    context.close()


def test_the_quiet_page_names_nothing(browser: Browser, served: tuple[str, Reports]) -> None:
    base, reports = served
    context = _context(browser)
    page = context.new_page()
    enter(page, base, reports["quiet"])
    text = page.locator("main").inner_text()
    assert "Received" in text and reports["quiet"]["reference"] not in text and "own word" not in text.lower()
    assert page.title() == "Received \N{EN DASH} Bluelamp"
    context.close()


def _validate(folder: Path) -> None:
    tool, rules = ROOT / "node_modules/html-validate/bin/html-validate.mjs", ROOT / ".html-validate.json"
    done = subprocess.run(
        ["node", tool, "--config", rules, folder], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
