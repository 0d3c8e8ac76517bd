"""Answers to questions for tests: by chance, the same each time, and driving a journey to its end."""

import random
from collections.abc import Callable, Mapping
from datetime import date

from hypothesis import strategies as st

from bluelamp.reporting.domain.journey import Walk, advising, walk
from bluelamp.reporting.domain.question import Kind, Question, Shelf
from bluelamp.reporting.domain.values import (
    NOT_SURE,
    SKIPPED,
    Answer,
    Codes,
    Contact,
    Device,
    Devices,
    Money,
    Number,
    NumberKind,
    Numbers,
    Precision,
    Value,
    When,
    Whereabouts,
    Words,
    given,
)
from bluelamp.reporting.questions import questions

TODAY = date(2026, 11, 25)
SHELF = questions()
Answers = Mapping[str, Answer]
Pick = Callable[[Question], Answer]

_PLAIN: dict[Kind, Value] = {
    Kind.TEXT: Words("He wrote to me.\nTwice."),
    Kind.DATE: When(date(2026, 3, 27), date(2026, 3, 27), Precision.DAY, "27 3 2026"),
    Kind.DATES: When(date(2026, 3, 27), date(2026, 3, 29), Precision.RANGE, "27 3 2026 \N{EN DASH} 29 3 2026"),
    Kind.ABOUT: When(date(2026, 3, 1), date(2026, 5, 31), Precision.SEASON, "last spring"),
    Kind.PLACE: Whereabouts("near the library, CF101AA", "CF10 1AA"),
    Kind.DEVICE: Devices((Device("ring:videodoorbell", "My bell"), Device("", "old laptop"))),
    Kind.NUMBERS: Numbers((Number(NumberKind.IMEI, "490154203237518", True), Number(NumberKind.SERIAL, "AB1", True))),
    Kind.CONTACT: Contact("name@example.com", "+447700900123"),
    Kind.MONEY: Money("1250.50", "GBP", True),
}


def plain_value(question: Question) -> Value:
    """A usual answer to a question that is no choice and asks something."""
    return _PLAIN[question.kind]


def finish(*, pick: Pick, shelf: Shelf = SHELF, answers: Answers | None = None) -> tuple[dict[str, Answer], Walk]:
    """Answer page after page until nothing is left; fails if a page comes twice."""
    held = dict(answers or {})
    pages: list[str] = []
    while (way := walk(shelf=shelf, answers=held)).next:
        assert way.next not in pages, f"{way.next} came twice"
        pages.append(way.next)
        question = shelf.by_id[way.next]
        if question.tells:
            held[question.id] = given(advising(shelf=shelf, question=question, answers=held).seen)
        else:
            held[question.id] = pick(question)
    return held, way


def by_chance(chance: random.Random) -> Pick:
    """A pick that draws from everything that a page allows."""

    def pick(question: Question) -> Answer:
        if chance.random() < 0.15:
            return NOT_SURE
        if question.optional and chance.random() < 0.3:
            return SKIPPED
        if question.kind is Kind.CHOICE:
            return given(Codes((chance.choice(question.options),)))
        if question.kind is Kind.CHOICES:
            found = [o for o in question.options if o not in question.alone and chance.random() < 0.4]
            return given(Codes(tuple(found) or (chance.choice(question.options),)))
        return given(plain_value(question))

    return pick


def chosen(codes: Mapping[str, str]) -> Pick:
    """A pick with these codes (several joined by a space); of the rest the last option, or a plain value."""

    def pick(question: Question) -> Answer:
        wanted = codes.get(question.id)
        if wanted in ("not-sure", "skipped"):
            return NOT_SURE if wanted == "not-sure" else SKIPPED
        if question.options:
            return given(Codes(tuple(wanted.split()) if wanted else question.options[-1:]))
        return given(plain_value(question))

    return pick


def any_answer(question: Question) -> st.SearchStrategy[Answer]:
    """Any answer that fits a question, not a page that tells."""
    found: list[st.SearchStrategy[Answer]] = [st.just(NOT_SURE)]
    if question.optional:
        found.append(st.just(SKIPPED))
    if question.kind is Kind.CHOICE:
        found.append(st.sampled_from(question.options).map(lambda code: given(Codes((code,)))))
    elif question.kind is Kind.CHOICES:
        several = st.lists(st.sampled_from(question.options), min_size=1, unique=True)
        found.append(several.map(lambda codes: given(Codes(tuple(codes)))))
    else:
        found.append(st.just(given(plain_value(question))))
    return st.one_of(found)
