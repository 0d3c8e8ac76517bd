"""Going through the pages of a report as a browser without scripts does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.test import Client
from django.utils import timezone
from report_answers import SHELF, Pick

from bluelamp.reporting.domain.checking import check
from bluelamp.reporting.domain.question import Kind, Question
from bluelamp.reporting.domain.values import Answer, State
from bluelamp.reporting.web.journey_codes import address_of, question_of
from bluelamp.reporting.web.journey_forms import fields_of

COOKIE = "bluelamp-report"
NUMBER = re.compile(r"/report/q/(\d+)/$")
OPEN_LIFE = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": "account-hacked",
    "affected": "account",
}
# Two ways that between them meet every question.
WAYS = (
    {
        **{
            "danger": "yes",
            "seen-by": "no",
            "urgent": "attack-now child-pictures",
            "threats": "yes",
            "still-in": "yes",
        },
        "what-happened": "phone-stolen sextortion something-else",
        **{"affected": "phone account bank", "when": "exact", "where": "place", "lost": "money details"},
        **{"bank-told": "no", "who-known": "partner", "for-whom": "other", "under-18": "yes"},
        **{"contact-choice": "named", "contact-safe": "no", "call-offer": "yes"},
    },
    {"danger": "no", "seen-by": "yes", "go-on": "helplines", "when": "between", "where": "online", "lost": "nothing"},
    {**OPEN_LIFE, "when": "about", "where": "online", "for-whom": "organisation", "contact-choice": "anonymous"},
    {**OPEN_LIFE, "when": "still", "for-whom": "supporting", "contact-choice": "confidential", "contact-safe": "yes"},
    {"danger": "no", "seen-by": "not-sure", "go-on": "call"},
)


def typed(question: Question, answer: Answer) -> dict[str, list[str]]:
    """What a person would send to give an answer."""
    if answer.state is State.SKIPPED:
        return {"skip": ["1"]}
    if answer.state is State.NOT_SURE and not question.options:
        return {"unsure": ["1"]}
    return {name: list(values) for name, values in fields_of(question=question, answer=answer).items()}


class Journey:
    """One browser on its way. `prefix` is that of the language."""

    def __init__(self, *, prefix: str = "", client: Client | None = None) -> None:
        self.prefix = prefix
        self.client = client or Client(headers={"host": "localhost"})
        self.at = ""
        self.given: dict[str, Answer] = {}
        self.seen: list[str] = []

    def begin(self) -> "Journey":
        """From the start to the first question."""
        self.follow(self.client.post(f"{self.prefix}/report/before/"))
        return self

    def follow(self, response: Any) -> None:
        """Note where an answer leads."""
        assert response.status_code == 302, f"{self.at}: {response.status_code}"
        self.at = response.headers["Location"]

    @property
    def question(self) -> Question | None:
        """The question of the page that is open; None on another page."""
        found = NUMBER.search(self.at)
        return SHELF.by_id[question_of(int(found[1]))] if found else None

    def page(self) -> str:
        """The open page."""
        response = self.client.get(self.at)
        assert response.status_code == 200, f"{self.at}: {response.status_code}"
        return str(response.content.decode())

    def send(self, fields: Mapping[str, Sequence[str]]) -> Any:
        """Press "Continue" with these fields."""
        return self.client.post(self.at, {name: list(values) for name, values in fields.items()})

    def answer(self, pick: Pick) -> None:
        """Give the open question what `pick` chooses, and go on."""
        question = self.question
        assert question is not None
        self.seen.append(question.id)
        fields = {} if question.tells else typed(question, pick(question))
        if not question.tells:
            plain = {} if "skip" in fields else fields
            found = check(question=question, fields=plain, today=timezone.localdate()).answer
            assert found is not None, f"{question.id}: {fields}"
            self.given[question.id] = found
        self.follow(self.send(fields))

    def until(self, pick: Pick, *, stop: str = "check") -> "Journey":
        """Answer until a question is open, or the journey is over."""
        for _ in range(80):
            if self.question is None or self.question.id == stop:
                return self
            self.answer(pick)
        raise AssertionError(f"no end: {self.seen}")

    def to_end(self, pick: Pick) -> "Journey":
        """Answer everything and send."""
        self.until(pick)
        assert self.question is not None and self.question.kind is Kind.CHECK, self.at
        self.follow(self.send({}))
        return self

    def address(self, question: str) -> str:
        """Where a question's page is."""
        return f"{self.prefix}{address_of(question)}"
