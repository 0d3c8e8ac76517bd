"""What a reader sees: a page's words, and the rows of check answers. Nothing is ever cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bluelamp.reporting.domain.journey import Answers, advising, progress, walk
from bluelamp.reporting.domain.question import NOT_SURE_CODE, Kind, Question, Shelf, chosen_language
from bluelamp.reporting.domain.values import (
    Answer,
    Codes,
    Contact,
    Devices,
    Money,
    Number,
    Numbers,
    Precision,
    State,
    When,
    Whereabouts,
    Words,
)

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
_FIELDS = {
    Kind.DATE: ("day", "month", "year"),
    Kind.DATES: tuple(f"{which}-{part}" for which in ("first", "last") for part in ("day", "month", "year")),
    Kind.DEVICE: ("product", "value"),
}


@dataclass(frozen=True)
class Choice:
    """One option as it is shown. `alone`: it cannot be chosen with others."""

    code: str
    label: str
    hint: str
    alone: bool


@dataclass(frozen=True)
class Page:
    """One question as one reader sees it.

    `choices` end with "not sure". `not_sure` is the text of that button or box on other pages, "" where nothing is
    asked.
    `topics` are ids of advice to show, in the variant safe from abuse where `abuse_safe`; `helplines`: show those too.
    `fields`: the names that `checking.check` reads. `back`: the page before, "" from the first.
    """

    id: str
    kind: Kind
    language: str
    progress: str
    label: str
    hint: str
    body: tuple[str, ...]
    why: str
    kept: str
    optional: bool
    choices: tuple[Choice, ...]
    not_sure: str
    fields: tuple[str, ...]
    limit: int
    topics: tuple[str, ...]
    abuse_safe: bool
    helplines: bool
    back: str


@dataclass(frozen=True)
class Row:
    """One row of check answers. `sensitive`: never show it outside the journey."""

    question: str
    section: str
    label: str
    lines: tuple[str, ...]
    state: State
    sensitive: bool


def page(*, shelf: Shelf, question: str, answers: Answers, language: str) -> Page:
    """The page of a question for a person with these answers. Raises KeyError for an unknown question."""
    asked = shelf.by_id[question]
    chosen = chosen_language(language)
    words = asked.wording[chosen]
    advice = advising(shelf=shelf, question=asked, answers=answers)
    not_sure = "" if asked.tells else words.not_sure or shelf.phrase(key=NOT_SURE_CODE, language=chosen)
    choices = tuple(
        Choice(code, words.options[code], words.option_hints.get(code, ""), code in asked.alone)
        for code in asked.options
    )
    return Page(
        id=asked.id,
        kind=asked.kind,
        language=chosen,
        progress=progress(shelf=shelf, answers=answers, question=question, language=chosen),
        label=words.label,
        hint=words.hint,
        body=words.body,
        why=words.why,
        kept="" if asked.tells else shelf.retentions[asked.retention].sentences[chosen],
        optional=asked.optional,
        choices=(*choices, Choice(NOT_SURE_CODE, not_sure, "", False)) if choices else (),
        not_sure="" if choices else not_sure,
        fields=field_names(asked),
        limit=asked.limit,
        topics=advice.topics,
        abuse_safe=advice.abuse_safe,
        helplines=asked.helplines,
        back=walk(shelf=shelf, answers=answers).before(question),
    )


def field_names(question: Question) -> tuple[str, ...]:
    """The names of a question's fields; none for a page that only tells."""
    return () if question.tells else _FIELDS.get(question.kind, question.ways or ("value",))


def rows(*, shelf: Shelf, answers: Answers, language: str) -> tuple[Row, ...]:
    """The answers that would be sent, in the order of their pages."""
    found = []
    for name, answer in walk(shelf=shelf, answers=answers).in_effect.items():
        question = shelf.by_id[name]
        if not question.tells:
            lines = shown(shelf=shelf, question=question, answer=answer, language=language)
            label = question.wording[chosen_language(language)].label
            found.append(Row(name, question.section, label, lines, answer.state, question.abuse_sensitive))
    return tuple(found)


def shown(*, shelf: Shelf, question: Question, answer: Answer, language: str) -> tuple[str, ...]:
    """An answer in words, one line for each part."""
    say = _Sayer(shelf, chosen_language(language))
    words = question.wording[say.language]
    match answer.value:
        case Codes(codes):
            return tuple(words.options[code] for code in codes)
        case Words(text):
            return tuple(text.split("\n"))
        case Whereabouts(text, postcode):
            extra = (postcode,) if postcode and postcode.casefold() not in text.casefold() else ()
            return (*text.split("\n"), *extra)
        case When():
            return (say.when(answer.value),)
        case Devices(devices):
            return tuple(d.text or d.product_key for d in devices)
        case Numbers(numbers):
            return tuple(say.number(n) for n in numbers)
        case Contact(email, phone):
            return tuple(way for way in (email, phone) if way)
        case Money():
            return (say.money(answer.value),)
    if answer.state is State.NOT_SURE:
        return (words.not_sure or say.phrase(NOT_SURE_CODE),)
    return (say.phrase("not-provided"),)


def one_day(*, shelf: Shelf, day: date, language: str) -> str:
    """A day in words: "27 March 2026"."""
    return _Sayer(shelf, chosen_language(language)).day(day)


@dataclass(frozen=True)
class _Sayer:
    shelf: Shelf
    language: str

    def phrase(self, key: str, **values: str) -> str:
        text = self.shelf.phrase(key=key, language=self.language)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def day(self, day: date) -> str:
        return f"{day.day} {self._months()[day.month - 1]} {day.year}"

    def when(self, when: When) -> str:
        if when.first is None or when.last is None:
            return self.phrase("own-words", what=when.text)
        what = self._span(when, when.first, when.last)
        # What was typed stands beside what we understood, unless it was read from boxes of figures.
        boxed = when.precision in (Precision.DAY, Precision.RANGE)
        return what if boxed or not when.text else self.phrase("understood", what=what, typed=when.text)

    def number(self, number: Number) -> str:
        return number.text if number.fits else self.phrase("check-number", what=number.text)

    def money(self, money: Money) -> str:
        whole, _, rest = money.amount.partition(".")
        figures = f"{int(whole):,}" + (f".{rest}" if rest else "")
        sign = _SIGNS.get(money.currency)
        text = f"{sign}{figures}" if sign else f"{figures} {money.currency}"
        return self.phrase("about", what=text) if money.about else text

    def _span(self, when: When, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if when.precision is Precision.MONTH:
            return f"{self._months()[first.month - 1]} {first.year}"
        if when.precision is Precision.SEASON:
            name = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}[first.month]
            years = f"{first.year}\N{EN DASH}{first.year + 1}" if name == "winter" else str(first.year)
            return self.phrase(name, year=years)
        if when.precision is Precision.YEAR:
            return str(first.year)
        return self.phrase("to", first=self.day(first), last=self.day(last))

    def _months(self) -> Sequence[str]:
        return self.shelf.phrase(key="months", language=self.language).split(",")
