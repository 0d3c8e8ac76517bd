"""The page that works without a connection, in each of its states: no barrier that axe finds, nothing cut at 320."""

from pathlib import Path

import pytest
from lossy_line import LossyLine
from offline_writer import PATH, SHELF, answer, barriers, begin, fill, go_on, open_app, question_of
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORIES = {
    "danger": "not-sure",
    "urgent": "attack-now child-pictures",
    "what_happened": "phone-stolen sextortion",
    "affected": "phone account",
    "threats": "yes",
    "lost": "money details",
    "when": "between",
    "under_18": "yes",
    "contact_choice": "named",
    "contact_safe": "no",
    "call_offer": "yes",
    "bank_told": "no",
}


def opened(browser: Browser, scheme: str, width: int) -> BrowserContext:
    # The policy is lifted for axe's own script only in this context.
    context = browser.new_context(
        viewport={"width": width, "height": 740}, bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light"
    )
    context.set_default_timeout(30_000)
    expect.set_options(timeout=20_000)
    return context


class Looker:
    """Looks at a page in both languages, and keeps a picture of it where a folder is given."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.found, self.count = page, folder, list[str](), 0

    def look(self, name: str) -> None:
        self.count += 1
        self.found += barriers(self.page, name)
        self.page.screenshot(path=self.folder / f"{self.count:02d}-{name}.png", full_page=True)
        if self.page.locator("#other-language").count():
            self.speak("cy")
            self.found += barriers(self.page, f"{name} (cy)")
            self.page.screenshot(path=self.folder / f"{self.count:02d}-{name}-cy.png", full_page=True)
            self.speak("en")

    def speak(self, language: str) -> None:
        """Change the language; the link for the other one has the focus when the page is drawn anew."""
        self.page.locator("#other-language").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        expect(self.page.locator("#other-language")).to_be_focused()


def every_question(page: Page, looker: Looker) -> None:
    """Look at each page that somebody with these answers is asked, some with an error on it."""
    wanted = {name.replace("_", "-"): value for name, value in STORIES.items()}
    while (question := question_of(page)) and question.id != "check":
        if not question.tells and not question.optional:
            page.locator("#continue").click()
            expect(page.locator("#problems")).to_be_focused()
        looker.look(question.id)
        if question.id == "when-between":
            for part, text in zip(("day", "month", "year"), ("27", "3", "2026"), strict=True):
                for which in ("first", "last"):
                    page.locator(f"#field-{which}-{part}").fill(text)
        elif question.id == "money":
            page.locator("#field-value").fill("much")
        elif question.id == "safe-number":
            page.locator("#field-phone").fill("07700 900123")
        elif not question.tells:
            fill(page, question, wanted.get(question.id, question.options[-1] if question.options else "something"))
        go_on(page)


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_no_barriers_in_any_state(browser: Browser, line: LossyLine, scheme: str, width: int, tmp_path: Path) -> None:
    context = opened(browser, scheme, width)
    page = open_app(context, line.base)
    looker = Looker(page, tmp_path)
    looker.look("intro")
    go_on(page, "#begin")
    every_question(page, looker)  # to the page that asks who uses the device
    looker.look("consent")
    go_on(page, "#only-me")
    every_question(page, looker)
    looker.look("check")
    go_on(page, "#send")  # the amount is none
    looker.look("refused")
    page.goto(line.base + PATH)
    looker.look("list, refused")
    context.set_offline(offline=True)
    go_on(page, "#new")
    answer(page)
    looker.look("check, offline")
    go_on(page, "#send")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    looker.look("list, waiting, everything open")
    go_on(page, "[id^=delete-]")
    looker.look("delete")
    go_on(page, "#delete-no")
    context.set_offline(offline=False)
    expect(page.locator("[data-state=sent]")).to_have_count(1)
    looker.look("list, sent")
    go_on(page, "[id^=show-]")
    looker.look("sent")
    go_on(page, "#to-list")
    page.get_by_text("Protect with a PIN").click()
    page.locator("#set-pin").click()
    looker.look("list, wrong PIN")
    page.locator("#first").fill("135790")
    page.locator("#second").fill("135790")
    page.locator("#set-pin").click()
    expect(page.locator("#remove-pin")).to_have_count(1)
    page.goto(line.base + PATH)
    looker.look("unlock")
    page.locator("#unlock").click()
    expect(page.locator("#problems")).to_be_focused()
    looker.look("unlock, wrong")
    context.close()
    assert not looker.found, "\n".join(looker.found)


def test_no_barriers_where_nothing_is_kept(browser: Browser, line: LossyLine, tmp_path: Path) -> None:
    context = opened(browser, "light", 360)
    page = open_app(context, line.base, f"/cy{PATH}")
    assert page.locator("html").get_attribute("lang") == "cy"
    found = barriers(page, "intro (cy)")
    page.goto(line.base + PATH)
    looker = Looker(page, tmp_path)
    begin(page, only_me=False, seen_by="not-sure")
    looker.look("watched")
    page.goto(line.base + PATH)
    begin(page)
    answer(page, who_known="partner")
    looker.look("check, in memory")
    go_on(page, "#change-seen-by")
    fill(page, SHELF.by_id["seen-by"], "yes")
    go_on(page)
    looker.look("watched later")
    context.close()
    assert not [*found, *looker.found], "\n".join([*found, *looker.found])
