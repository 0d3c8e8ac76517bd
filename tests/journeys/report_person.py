"""A person at the pages of a report, who finds everything by its role and name as a screen reader tells it."""

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page
from report_answers import SHELF
from report_pages import NUMBER

from bluelamp.reporting.domain.question import Kind, Question
from bluelamp.reporting.web.journey_codes import question_of

NOT_SURE = "not-sure"
# What people write where a plan says nothing.
TYPED = {
    Kind.TEXT: "He wrote to me, twice.",
    Kind.ABOUT: "March 2026",
    Kind.PLACE: "Gloucester",
    Kind.NUMBERS: "490154203237518",
    Kind.MONEY: "about 1,250",
    Kind.DEVICE: "my old laptop",
}
Look = Callable[[Page, Question], None]


class Person:
    """Somebody with a plan: question id -> option codes (with spaces between), a text, `not-sure` or `skip`."""

    def __init__(self, page: Page, base: str, plan: Mapping[str, str], *, language: str = "en") -> None:
        self.page, self.base, self.plan, self.language = page, base, plan, language
        self.prefix = "/cy" if language == "cy" else ""
        self.seen: list[str] = []

    @property
    def question(self) -> Question | None:
        """The question that is open."""
        found = NUMBER.search(self.page.url.partition("#")[0])
        return SHELF.by_id[question_of(int(found[1]))] if found else None

    def say(self, key: str) -> str:
        """A word that all pages share."""
        return SHELF.phrase(key=key, language=self.language)

    def begin(self) -> "Person":
        """From the start page to the first question."""
        self.page.goto(f"{self.base}{self.prefix}/report/")
        self.page.get_by_role("button", name={"en": "Start now", "cy": "Dechrau nawr"}[self.language]).click()
        self.page.get_by_role("main").get_by_role("button").click()
        return self

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state("load")

    def answer(self) -> None:
        """Answer the open question as planned, and go on."""
        question = self.question
        assert question is not None, self.page.url
        self.seen.append(question.id)
        wanted = self.plan.get(question.id, "")
        if question.kind is Kind.CHECK:
            self.press(self.say("send"))
        elif wanted == "skip":
            self.press(self.say("skip"))
        elif wanted == NOT_SURE and not question.options and not question.tells:
            self.press(question.wording[self.language].not_sure or self.say("not-sure"))
        else:
            self._fill(question, wanted)
            self.press(self.say("continue"))

    def until(self, stop: str = "", look: Look = lambda _page, _question: None) -> "Person":
        """Answer until a question is open, or the report is sent; `look` at each page first."""
        for _ in range(80):
            question = self.question
            if question is None or question.id == stop:
                return self
            look(self.page, question)
            self.answer()
        raise AssertionError(f"no end: {self.seen}")

    def _fill(self, question: Question, wanted: str) -> None:
        main, words = self.page.get_by_role("main"), question.wording[self.language]
        if question.options:
            role = "radio" if question.kind is Kind.CHOICE else "checkbox"
            for code in (wanted or question.options[-1]).split():
                label = words.options[code] if code != NOT_SURE else words.not_sure or self.say("not-sure")
                main.get_by_role(role, name=label, exact=True).check()  # type: ignore[arg-type]
        elif question.kind in (Kind.DATE, Kind.DATES):
            for place, box in enumerate(main.get_by_role("textbox").all()):
                box.fill(("27", "March", "2026", "29", "3", "2026")[place])
        elif question.kind is Kind.CONTACT:
            box = main.get_by_role("textbox").first
            box.fill(wanted or ("name@example.com" if "email" in question.ways else "07700 900123"))
        elif not question.tells:
            name = re.compile(re.escape(words.label))
            role = "combobox" if main.get_by_role("combobox").count() else "textbox"
            main.get_by_role(role, name=name).fill(wanted or TYPED[question.kind])  # type: ignore[arg-type]

    def words(self) -> list[str]:
        """The six words on the page."""
        return self.page.locator(".bl-recovery li").all_inner_texts()
