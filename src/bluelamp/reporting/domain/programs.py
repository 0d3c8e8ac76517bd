"""Answers that programs and tables give: from plain JSON to answers, with everything that is wrong told at once.

What a program leaves out is skipped where a question is optional. Of the rest, `fill` makes "not sure", but never where
"not sure" itself says something about safety: a program must not raise an alarm by silence, nor hide one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bluelamp.reporting.domain.checking import Fields, check, sentence
from bluelamp.reporting.domain.conditions import holds
from bluelamp.reporting.domain.journey import Answers
from bluelamp.reporting.domain.problems import Problem
from bluelamp.reporting.domain.question import NOT_SURE_CODE, Kind, Question, Shelf, chosen_language
from bluelamp.reporting.domain.values import NOT_SURE, SKIPPED, Answer

LONGEST_ID = 60
UNKNOWN, FORM = "unknown-question", "form"
_READ = frozenset({"given"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_OWN = {
    "en": {
        UNKNOWN: "There is no such question: see the list of questions",
        FORM: "Write the answer in the form that this kind of question has",
    },
    "cy": {
        UNKNOWN: "Nid oes cwestiwn o'r fath: gweler y rhestr o gwestiynau",
        FORM: "Ysgrifennwch yr ateb yn y ffurf sydd gan y math hwn o gwestiwn",
    },
}


@dataclass(frozen=True)
class Wrong:
    """What is wrong with the answer to one question."""

    question: str
    problem: Problem


@dataclass(frozen=True)
class Read:
    """The answers, complete but for pages that only tell (`journey.through_telling`), unless something is wrong.

    `aside`: questions that were answered but are not asked with these answers; they are not sent.
    """

    answers: Answers
    wrong: tuple[Wrong, ...]
    aside: tuple[str, ...]


class _FormError(ValueError):
    """A value is not of the form that a question has."""


def must_be_said(question: Question) -> bool:
    """Whether "not sure" raises a flag, so that nobody but the person may choose it."""
    return NOT_SURE_CODE in question.flags


def read_answers(*, shelf: Shelf, raw: Mapping[str, object], today: date, fill: bool) -> Read:
    """The answers in `raw`, by question. `today` is the day in the United Kingdom."""
    held: dict[str, Answer] = {}
    wrong: list[Wrong] = []
    for name, value in raw.items():
        found = _one(shelf, name, value, today)
        if isinstance(found, Answer):
            held[name] = found
        else:
            wrong.extend(Wrong(name[:LONGEST_ID], problem) for problem in found)
    return _finished(shelf, held, wrong, tuple(raw), fill=fill)


def read_fields(*, shelf: Shelf, fields: Mapping[str, Fields], today: date, fill: bool) -> Read:
    """The same for the fields of a form that holds many questions, by question."""
    held: dict[str, Answer] = {}
    wrong: list[Wrong] = []
    for name, given in fields.items():
        checked = check(question=shelf.by_id[name], fields=given, today=today)
        if checked.answer is not None:
            held[name] = checked.answer
        wrong.extend(Wrong(name, problem) for problem in checked.problems)
    return _finished(shelf, held, wrong, tuple(fields), fill=fill)


def asked_so_far(*, shelf: Shelf, answers: Answers) -> tuple[Question, ...]:
    """The questions that these answers call for, as far as that is known: for a form that shows them together."""
    codes: dict[str, frozenset[str]] = {}
    found = []
    for question in shelf.questions:
        if not question.tells and holds(condition=question.asked_if, codes=codes):
            found.append(question)
            if question.id in answers:
                codes[question.id] = answers[question.id].codes
    return tuple(found)


def _finished(shelf: Shelf, held: dict[str, Answer], wrong: list[Wrong], told: tuple[str, ...], *, fill: bool) -> Read:
    asked = _complete(shelf, held, wrong, fill=fill)
    return Read(held, tuple(wrong), tuple(name for name in told if name in held and name not in asked))


def _complete(shelf: Shelf, held: dict[str, Answer], wrong: list[Wrong], *, fill: bool) -> set[str]:
    """Answer what is asked and open, add what must not be left open to `wrong`, and give what is asked.

    In one pass, because questions look at those before them only: a table has hundreds of rows.
    """
    still_open = {one.question for one in wrong}
    codes: dict[str, frozenset[str]] = {}
    for question in shelf.questions:
        # What hangs on an answer that is wrong or missing is not known yet, so nothing is demanded of it.
        if question.id in still_open or not holds(condition=question.asked_if, codes=codes, still_open=still_open):
            continue
        if question.tells:
            codes[question.id] = _READ
            continue
        if question.id not in held:
            if not question.optional and (must_be_said(question) or not fill):
                wrong.append(Wrong(question.id, _missing(question)))
                still_open.add(question.id)
                continue
            held[question.id] = SKIPPED if question.optional else NOT_SURE
        codes[question.id] = held[question.id].codes
    return set(codes)


def told(*, shelf: Shelf, wrong: Wrong, language: str) -> str:
    """What to do about it, in a sentence."""
    own = _OWN[chosen_language(language)]
    if wrong.problem.code in own:
        return own[wrong.problem.code]
    return sentence(shelf=shelf, question=shelf.by_id[wrong.question], problem=wrong.problem, language=language)


def fields_of(*, question: Question, raw: object) -> Fields:
    """The fields of a page (checking.py) for a plain value. Raises ValueError for another form."""
    if raw is None or raw == "":
        return {}
    if isinstance(raw, Mapping) and raw.get("not_sure") is True and len(raw) == 1:
        return {"unsure": ("yes",)}
    return _FORMS.get(question.kind, _text)(raw)


def _one(shelf: Shelf, name: str, value: object, today: date) -> Answer | tuple[Problem, ...]:
    question = shelf.by_id.get(name)
    if question is None or question.tells:
        return (Problem(UNKNOWN),)
    try:
        fields = fields_of(question=question, raw=value)
    except _FormError:
        return (Problem(FORM),)
    checked = check(question=question, fields=fields, today=today)
    return checked.problems if checked.answer is None else checked.answer


def _missing(question: Question) -> Problem:
    kind = {Kind.DATES: "date"}.get(question.kind, str(question.kind))
    return Problem(f"missing-{kind}")


def _text(raw: object) -> Fields:
    if not isinstance(raw, str):
        raise _FormError
    return {"value": (raw,)}


def _list(raw: object) -> Fields:
    if isinstance(raw, str):
        return {"value": (raw,)}
    if not isinstance(raw, Sequence) or not all(isinstance(one, str) for one in raw):
        raise _FormError
    return {"value": tuple(raw)}


def _date(raw: object, prefix: str = "") -> Fields:
    """A day as ISO 8601, or its three parts in any words."""
    match raw:
        case str() if found := _ISO.fullmatch(raw.strip()):
            parts: Sequence[object] = (found[3], found[2], found[1])
        case str() if len(split := re.split(r"[\s./-]+", raw.strip())) == 3:
            parts = split
        case {"day": day, "month": month, "year": year, **rest} if not rest:
            parts = (day, month, year)
        case _:
            raise _FormError
    if not all(isinstance(part, str | int) and not isinstance(part, bool) for part in parts):
        raise _FormError
    return {f"{prefix}{name}": (str(part),) for name, part in zip(("day", "month", "year"), parts, strict=True)}


def _dates(raw: object) -> Fields:
    match raw:
        case {"first": first, "last": last, **rest} if not rest:
            return {**_date(first, "first-"), **_date(last, "last-")}
    raise _FormError


def _devices(raw: object) -> Fields:
    found = [_device(one) for one in (raw if isinstance(raw, list | tuple) else [raw])]
    return {"product": tuple(product for product, _ in found), "value": tuple(words for _, words in found)}


def _device(raw: object) -> tuple[str, str]:
    held = {"text": raw} if isinstance(raw, str) else raw
    if not isinstance(held, Mapping) or not held or set(held) - {"product", "text"}:
        raise _FormError
    product, text = held.get("product", ""), held.get("text", "")
    if not isinstance(product, str) or not isinstance(text, str):
        raise _FormError
    return product, text


def _contact(raw: object) -> Fields:
    match raw:
        case {**rest} if rest and not set(rest) - {"email", "phone"}:
            if all(isinstance(way, str) for way in rest.values()):
                return {str(name): (str(way),) for name, way in rest.items()}
    raise _FormError


_FORMS: dict[Kind, Callable[[object], Fields]] = {
    Kind.CHOICE: _list,
    Kind.CHOICES: _list,
    Kind.NUMBERS: _list,
    Kind.DATE: _date,
    Kind.DATES: _dates,
    Kind.DEVICE: _devices,
    Kind.CONTACT: _contact,
}
