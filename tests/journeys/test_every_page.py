"""Every page and state, in both languages and widths: no barrier that axe finds, no sideways scroll, valid HTML."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from addresses import DESK, EDITION_PAGES, EMPTY_PAGES, PAGES, ROOT, get, play
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LANGUAGES = {"en": "", "cy": "/cy"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = f"async () => (await axe.run(document, {{runOnly: {RULES}}})).violations"


def _check(page: Page, address: str, axe: str) -> list[str]:
    found: list[str] = []
    page.goto(address)
    width = page.viewport_size["width"] if page.viewport_size else 0
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{address} scrolls sideways at {width}")
    page.evaluate(axe)
    violations: list[dict[str, Any]] = page.evaluate(RUN_AXE)
    found += [f"{address} at {width}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_barriers(browser: Browser, base: str, empty_base: str, language: str, width: int) -> None:
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    # The policy is lifted for axe's own script only in this context; test_policy checks the policy itself.
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    prefix = LANGUAGES[language]
    addresses = [base + path % prefix for path in PAGES.values()]
    addresses += [empty_base + path % prefix for path in EMPTY_PAGES.values()]
    problems = [problem for address in addresses for problem in _check(page, address, axe)]
    context.close()
    assert not problems, "\n".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(DESK))
def test_no_barriers_at_the_desk(browser: Browser, demo_base: str, name: str, scheme: str, tmp_path: Path) -> None:
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 360 if scheme == "light" else 1280, "height": 900},
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    play(page, demo_base, name)
    problems: list[str] = []
    addresses = [demo_base + path % prefix for path in DESK[name] for prefix in ("", "/cy")]
    if name == "Ada":
        addresses += [f"{demo_base}{path}" for path in _people(page, demo_base)]
    if name in _LISTS:
        page.goto(f"{demo_base}{_LISTS[name]}")
        one = page.locator(f"main a[href^='{_LISTS[name]}']").first.get_attribute("href") or ""
        addresses += [f"{demo_base}{one}", f"{demo_base}/cy{one}"]
        addresses += [f"{demo_base}{path}" for path in _of_edition(page, demo_base, name, one)]
    addresses += [f"{demo_base}{path}" for path in _reports(page, demo_base, name)]
    for number, address in enumerate(addresses):
        problems += _check(page, address, axe)
        (tmp_path / f"{number}.html").write_text(page.context.request.get(address).text(), encoding="utf-8")
    context.close()
    assert not problems, "\n".join(problems)
    _validate(tmp_path)


def test_no_barriers_in_the_dark(browser: Browser, base: str) -> None:
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True, color_scheme="dark")
    page = context.new_page()
    problems = [p for path in PAGES.values() for p in _check(page, base + path % "", axe)]
    context.close()
    assert not problems, "\n".join(problems)


def test_no_barriers_with_everything_open(browser: Browser, base: str) -> None:
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(viewport={"width": 360, "height": 900}, bypass_csp=True)
    page = context.new_page()
    for name in ("table", "product", "methods"):
        page.goto(base + PAGES[name] % "")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == [], name
    context.close()


@pytest.mark.slow
def test_html_is_valid(base: str, empty_base: str, tmp_path: Path) -> None:
    for language, prefix in LANGUAGES.items():
        for kind, server, pages in (("full", base, PAGES), ("empty", empty_base, EMPTY_PAGES)):
            for number, path in enumerate(pages.values()):
                file = tmp_path / f"{kind}-{language}-{number}.html"
                file.write_text(get(server + path % prefix).text, encoding="utf-8")
    _validate(tmp_path)


def _reports(page: Page, base: str, name: str) -> list[str]:
    """Pages of one report, in both languages; of a campaign; for a triage officer of reports in several states."""
    pages = _REPORT_PAGES.get(name, ())
    if not pages:
        return []
    page.goto(f"{base}/desk/reports/?state=any&level={'' if name == 'Elin' else 'today'}")
    # The first may hold pictures of children, which only a safeguarding officer opens.
    own = [a.get_attribute("href") or "" for a in page.locator("main table a").all()]
    chosen = own[-1]
    found = [f"{prefix}{chosen}{end}" for end in pages for prefix in ("", "/cy")]
    if name == "Dev":
        page.goto(f"{base}/desk/reports/?state=any")
        found += [a.get_attribute("href") or "" for a in page.locator("main table a").all()][4:9]
        page.goto(f"{base}/desk/reports/campaigns/")
        found.append(page.locator("main a[href^='/desk/reports/campaigns/']").last.get_attribute("href") or "")
    return found


def _of_edition(page: Page, base: str, name: str, one: str) -> list[str]:
    """The pages behind one edition, in both languages, and its first product as readers would see it."""
    found = [one + end for end in EDITION_PAGES.get(name, ())]
    if found:
        page.goto(base + found[0])
        found.append(page.locator("main table a").first.get_attribute("href") or "")
    return [prefix + path for path in found for prefix in ("", "/cy")]


def _people(page: Page, base: str) -> list[str]:
    """Pages of persons: one with everything, and those whose grant or vetting ended or whose account is closed."""
    found: list[str] = []
    for name, ends in {"Dev Davies": ("", "grant/", "vetting/", "recovery/"), **dict.fromkeys(_ENDED, ("",))}.items():
        page.goto(f"{base}/desk/people/?q={name.split()[0]}")
        person = page.get_by_role("link", name=name).get_attribute("href") or ""
        found += [person + end for end in ends]
    return found


# Whose page of one thing is reached from a list: an edition, a preview.
_LISTS = {
    "Hari": "/desk/editions/",
    "Isla": "/desk/editions/",
    "Mina": "/desk/previews/",
    "Kofi": "/desk/editions/early/",
}
# What can be done with one report, each a page; and what is posted to reach its later steps.
_REPORT_PAGES = {
    "Dev": ("", "decide/", "hand-over/", "ask/", "contact/", "disclose/", "erase/"),
    "Elin": ("",),
    "Farah": ("", "safety/"),
}
_ENDED = ("Usha Unwin", "Vashti Vaughan", "Wyn Watts")


def _validate(folder: Path) -> None:
    done = subprocess.run(
        [
            "node",
            ROOT / "node_modules/html-validate/bin/html-validate.mjs",
            "--config",
            ROOT / ".html-validate.json",
            folder,
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_narrowest_width(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 740})
    page = context.new_page()
    for path in (path % prefix for path in PAGES.values() for prefix in LANGUAGES.values()):
        page.goto(base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()
