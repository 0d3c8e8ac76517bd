"""Every page and state of a report, reached with a draft: no barrier that axe finds, no sideways scroll, valid."""

from pathlib import Path
from typing import Any

import pytest
from addresses import ROOT
from playwright.sync_api import Browser, Page
from report_answers import SHELF
from report_pages import WAYS
from report_person import Person
from test_every_page import RUN_AXE, _validate

from bluelamp.reporting.domain.question import Kind, Question

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Examiner:
    """Looks at pages with axe, and keeps what the server sent for the HTML checker."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.found, self.names = page, folder, [], set[str]()  # type: ignore[var-annotated]
        self._axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def look(self, name: str, *, sent: dict[str, str] | None = None) -> None:
        """Examine the page as it is now; `sent`: what was posted to get it, for those that a GET does not show."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        if self.page.evaluate("document.documentElement.scrollWidth") > width:
            self.found.append(f"{name} scrolls sideways at {width}")
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        self.page.evaluate(self._axe)
        violations: list[dict[str, Any]] = self.page.evaluate(RUN_AXE)
        self.found += [f"{name}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]
        self.names.add(name)
        (self.folder / f"{len(self.names)}.html").write_text(self._as_sent(sent), encoding="utf-8")

    def _as_sent(self, sent: dict[str, str] | None) -> str:
        """The page as the server sends it, before a browser mends it."""
        if sent is None:
            return self.page.context.request.get(self.page.url).text()
        token = self.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        answer = self.page.context.request.post(self.page.url, form={"csrfmiddlewaretoken": token, **sent})
        assert answer.status == 200, self.page.url
        return answer.text()


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 320, "light"), ("cy", 320, "light"), ("en", 1280, "dark")]
)
def test_no_barriers_and_valid(
    browser: Browser, base: str, language: str, width: int, scheme: str, tmp_path: Path
) -> None:
    # The policy is lifted for axe's own script only in this context.
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    examiner = Examiner(page, tmp_path)
    for number, way in enumerate(WAYS):
        person = Person(page, base, way, language=language)

        def look(_page: Page, question: Question, person: Person = person, number: int = number) -> None:
            if question.id in examiner.names:
                return
            examiner.look(question.id)
            if not question.tells and not question.optional:
                person.press(person.say("continue"))
                examiner.look(f"{question.id}, wrong", sent={})

        person.begin().until("check", look)
        look(page, SHELF.by_id["check"])
        for path in ("to/", "save/"):
            page.goto(f"{base}{person.prefix}/report/{path}")
            examiner.look(f"{path} {number}")
        if page.url.endswith("/save/"):
            page.get_by_role("main").get_by_role("button").first.click()
            examiner.look("saved", sent={})
        page.goto(f"{base}{person.prefix}/report/before/")
        page.get_by_role("main").get_by_role("button").click()
        person.until()
        examiner.look(f"sent {number}")
        page.locator("[name=check]").click()
        examiner.look("sent, wrong words", sent={"words": "x"})
        page.locator("[name=done]").click()
        page.goto(f"{base}{person.prefix}/report/resume/")
        page.get_by_role("main").get_by_role("button").click()
        examiner.look("wrong words", sent={"words": "x"})
    context.close()
    assert {q.id for q in SHELF.questions} <= examiner.names
    assert not examiner.found, "\n".join(examiner.found)
    _validate(tmp_path)


def test_forced_colours_and_big_text(browser: Browser, base: str, tmp_path: Path) -> None:
    """With the reader's own colours, and with text at four times its size, everything is there and nothing is cut."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, forced_colors="active", bypass_csp=True)
    page = context.new_page()
    examiner = Examiner(page, tmp_path)
    person = Person(page, base, WAYS[0]).begin()
    spaced = "* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important; }"

    def look(_page: Page, question: Question) -> None:
        if question.kind is not Kind.CHECK:
            page.add_style_tag(content=spaced)
            examiner.look(question.id)

    person.until("check", look)
    assert not examiner.found, "\n".join(examiner.found)
    context.close()
