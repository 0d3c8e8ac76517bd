"""Somebody who writes reports on the page that works without a connection."""

from typing import Any

from addresses import ROOT
from playwright.sync_api import BrowserContext, Page, expect

from bluelamp.reporting.domain.question import CHOOSING, Kind, Question
from bluelamp.reporting.questions import questions

SHELF = questions()
PATH = "/report/offline/"
ELSEWHERE = "https://www.bbc.co.uk/**"
PLAIN = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": "account-hacked",
    "affected": "account",
    "lost": "nothing",
    "when": "exact",
    "when-day": "27 3 2026",
    "where": "place",
    "where-place": "near the library in Hay",
    "story": "They read my mail.",
    "who-known": "stranger",
    "for-whom": "me",
    "contact-choice": "anonymous",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def heading(page: Page) -> str:
    return page.locator("main h1").inner_text().removesuffix(" (optional)").removesuffix(" (dewisol)").strip()


def question_of(page: Page, language: str = "en") -> Question | None:
    """The question whose page is shown; None on any other page."""
    title = heading(page)
    return next((q for q in SHELF.questions if q.wording[language].label == title), None)


def fill(page: Page, question: Question, value: str) -> None:
    """Fill in one page, without sending it off."""
    if question.kind in CHOOSING:
        for code in value.split():
            page.locator(f"main input[value='{code}']").check()
    elif question.kind is Kind.DATE:
        for part, text in zip(("day", "month", "year"), value.split(), strict=True):
            page.locator(f"#field-{part}").fill(text)
    elif question.kind not in (Kind.INFO, Kind.CHECK):
        page.locator(f"#field-{'email' if question.kind is Kind.CONTACT else 'value'}").fill(value)


def go_on(page: Page, button: str = "#continue", *, place: int = 0) -> None:
    """Press a button and wait for another page."""
    before = page.locator("main h1").inner_text()
    page.locator(button).nth(place).click()
    expect(page.locator("main h1")).not_to_have_text(before)


def answer(page: Page, **changes: str) -> None:
    """Answer page after page until one comes that is none of the questions, or the check of answers."""
    wanted = {**PLAIN, **{name.replace("_", "-"): value for name, value in changes.items()}}
    while (question := question_of(page)) and question.kind is not Kind.CHECK:
        if not question.tells:
            usual = question.options[-1] if question.options else "something"
            fill(page, question, wanted.get(question.id, usual))
        go_on(page)


def open_app(context: BrowserContext, base: str, path: str = PATH) -> Page:
    page = context.new_page()
    page.goto(base + path)
    expect(page.locator("main h1#heading, main #pin")).to_have_count(1)
    return page


def begin(page: Page, *, only_me: bool = True, **changes: str) -> None:
    """From the first page to the one after "only I use this device", with its service worker at work."""
    go_on(page, "#begin")
    answer(page, **changes)
    if only_me:
        go_on(page, "#only-me")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def send(page: Page) -> None:
    go_on(page, "#send")


def states(page: Page) -> list[str]:
    return [item.get_attribute("data-state") or "" for item in page.locator(".bl-waiting__item").all()]


def kept(page: Page) -> dict[str, Any]:
    """Everything that this site keeps in the browser."""
    found: dict[str, Any] = page.evaluate(
        """async () => ({
            databases: (await indexedDB.databases()).map((d) => d.name),
            caches: await caches.keys(),
            workers: (await navigator.serviceWorker.getRegistrations()).map((r) => r.scope),
            local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookies: document.cookie,
        })"""
    )
    return found


NOTHING: dict[str, Any] = {"databases": [], "caches": [], "workers": [], "local": [], "session": [], "cookies": ""}


def barriers(page: Page, name: str) -> list[str]:
    """What axe finds on the page as it is, and whether it scrolls sideways."""
    page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(f"async () => (await axe.run(document, {{runOnly: {RULES}}})).violations")
    told = [f"{name}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
    width = page.viewport_size["width"] if page.viewport_size else 0
    if page.evaluate("document.documentElement.scrollWidth") > width:
        told.append(f"{name} scrolls sideways at {width}")
    return told
