"""From the fields of a page to an answer, or to what is wrong with them.

Fields: `value` (the chosen codes, the text, the amount, the place), `day month year` and for two dates `first-day` ...
`last-year`, `product` and `value` in pairs for devices, `email` and `phone`. The button or box `unsure` (any text)
means "not sure" on every page; among options it is the code `not-sure`. Values may be anything that a client can send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from bluelamp.kernel.catalogue.domain.keys import is_product_key
from bluelamp.kernel.messaging.domain.addresses import AddressError, normalised
from bluelamp.reporting.domain.amounts import AmountError, read_amount
from bluelamp.reporting.domain.dates import DateError, check_order, read_about, read_boxes
from bluelamp.reporting.domain.identifiers import LONGEST_NUMBER, MOST_NUMBERS, find_postcode, read_numbers
from bluelamp.reporting.domain.problems import Problem
from bluelamp.reporting.domain.question import NOT_SURE_CODE, TELLING, Kind, Question, Shelf, chosen_language
from bluelamp.reporting.domain.tidying import LONGEST_RAW, tidy, tidy_line
from bluelamp.reporting.domain.values import (
    NOT_SURE,
    SKIPPED,
    Answer,
    Codes,
    Contact,
    Device,
    Devices,
    Numbers,
    Precision,
    Seen,
    Value,
    When,
    Whereabouts,
    Words,
    given,
)

MOST_DEVICES = 10
MOST_VALUES = 100
LONGEST_LIST = 2_000  # characters of all numbers together
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Checked:
    """The answer, or else the problems in the order of the fields."""

    answer: Answer | None
    problems: tuple[Problem, ...] = ()


def check(*, question: Question, fields: Fields, today: date, seen: Seen = Seen()) -> Checked:  # noqa: B008
    """Read the fields of a page. `seen` is what a page that tells showed; `today` the day in the United Kingdom."""
    if question.kind in TELLING:
        return Checked(given(seen))
    if any(len(v) > MOST_VALUES or any(len(text) > LONGEST_RAW for text in v) for v in fields.values()):
        return _wrong("too-many" if any(len(v) > MOST_VALUES for v in fields.values()) else "too-long", question)
    if any(fields.get("unsure", ())):
        return Checked(NOT_SURE)
    return _READERS[question.kind](question, fields, today)


def sentence(*, shelf: Shelf, question: Question, problem: Problem, language: str) -> str:
    """What to do about a problem: the question's own words for it, or else those that all share."""
    own = question.wording[chosen_language(language)].errors.get(problem.code)
    text = own or shelf.phrase(key=problem.code, language=language)
    for name, value in problem.values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _wrong(code: str, question: Question, field: str = "value", **values: str) -> Checked:
    return Checked(None, (Problem(code, field, {"limit": f"{question.limit:,}", "most": str(MOST_VALUES), **values}),))


def _nothing(question: Question, kind: str, field: str = "value") -> Checked:
    return Checked(SKIPPED) if question.optional else _wrong(f"missing-{kind}", question, field)


def _one(fields: Fields, name: str = "value") -> str:
    return next(iter(fields.get(name, ())), "")


def _choice(question: Question, fields: Fields, _: date) -> Checked:
    chosen = [tidy_line(v) for v in fields.get("value", ())]
    picked = set(chosen) - {""}
    if not picked:
        return _nothing(question, str(question.kind))
    if picked == {NOT_SURE_CODE}:
        return Checked(NOT_SURE)
    if picked - {*question.options, NOT_SURE_CODE}:
        return _wrong("unknown-option", question)
    if question.kind is Kind.CHOICE and len(picked) > 1:
        return _wrong("missing-choice", question)
    # "Not sure" beside other options says that there may be more: what is sure is kept.
    codes = tuple(code for code in question.options if code in picked)
    if picked & question.alone and len(codes) > 1:
        return _wrong("alone", question)
    return Checked(given(Codes(codes)))


def _text(question: Question, fields: Fields, _: date) -> Checked:
    text = tidy(_one(fields))
    if not text:
        return _nothing(question, "text")
    if len(text) > question.limit:
        return _wrong("too-long", question, length=f"{len(text):,}")
    return Checked(given(Words(text)))


def _boxes(fields: Fields, prefix: str, today: date) -> date | Problem:
    names = {part: f"{prefix}{part}" for part in ("day", "month", "year")}
    texts = {part: _one(fields, name) for part, name in names.items()}
    if not any(tidy_line(text) for text in texts.values()):
        return Problem("missing-date", names["day"])
    try:
        return read_boxes(**texts, today=today)
    except DateError as problem:
        return Problem(problem.code, names[problem.field])


def _typed(fields: Fields, prefix: str) -> str:
    return tidy_line(" ".join(_one(fields, f"{prefix}{part}") for part in ("day", "month", "year")))[:100]


def _date(question: Question, fields: Fields, today: date) -> Checked:
    found = _boxes(fields, "", today)
    if isinstance(found, Problem):
        return Checked(SKIPPED) if question.optional and found.code == "missing-date" else Checked(None, (found,))
    return Checked(given(When(found, found, Precision.DAY, _typed(fields, ""))))


def _dates(question: Question, fields: Fields, today: date) -> Checked:
    first, last = _boxes(fields, "first-", today), _boxes(fields, "last-", today)
    wrong = tuple(found for found in (first, last) if isinstance(found, Problem))
    if question.optional and [p.code for p in wrong] == ["missing-date", "missing-date"]:
        return Checked(SKIPPED)
    if wrong or isinstance(first, Problem) or isinstance(last, Problem):
        return Checked(None, wrong)
    try:
        check_order(first=first, last=last)
    except DateError as problem:
        return Checked(None, (Problem(problem.code, problem.field),))
    text = f"{_typed(fields, 'first-')} \N{EN DASH} {_typed(fields, 'last-')}"
    return Checked(given(When(first, last, Precision.DAY if first == last else Precision.RANGE, text)))


def _about(question: Question, fields: Fields, today: date) -> Checked:
    text = tidy_line(_one(fields))
    if not text:
        return _nothing(question, "about")
    if len(text) > question.limit:
        return _wrong("too-long", question, length=f"{len(text):,}")
    try:
        found = read_about(text=text, today=today)
    except DateError as problem:
        return _wrong(problem.code, question)
    if found is None:
        return Checked(given(When(None, None, Precision.WORDS, text)))
    return Checked(given(When(found.first, found.last, found.precision, text)))


def _place(question: Question, fields: Fields, _: date) -> Checked:
    text = tidy(_one(fields))
    if not text:
        return _nothing(question, "place")
    if len(text) > question.limit:
        return _wrong("too-long", question, length=f"{len(text):,}")
    return Checked(given(Whereabouts(text, find_postcode(text))))


def _device(question: Question, fields: Fields, _: date) -> Checked:
    found = []
    pairs = zip_longest(fields.get("product", ()), fields.get("value", ()), fillvalue="")
    for key, text in ((tidy_line(key), tidy_line(text)) for key, text in pairs):
        if len(text) > question.limit:
            return _wrong("too-long", question, length=f"{len(text):,}")
        # A key that is none came from no page of ours: the words beside it still count.
        known = key if len(key) <= 200 and is_product_key(key) else ""
        if known or text:
            found.append(Device(known, text))
    devices = tuple(dict.fromkeys(found))
    if not devices:
        return _nothing(question, "device")
    if len(devices) > MOST_DEVICES:
        return _wrong("too-many", question, most=str(MOST_DEVICES))
    return Checked(given(Devices(devices)))


def _numbers(question: Question, fields: Fields, _: date) -> Checked:
    typed = "\n".join(fields.get("value", ()))
    if len(typed) > LONGEST_LIST:
        return Checked(None, (Problem("too-long", "value", {"limit": f"{LONGEST_LIST:,}"}),))
    numbers = read_numbers(typed)
    if not numbers:
        return _nothing(question, "numbers")
    if len(numbers) > MOST_NUMBERS:
        return _wrong("too-many", question, most=str(MOST_NUMBERS))
    if any(len(n.text) > LONGEST_NUMBER for n in numbers):
        return Checked(None, (Problem("too-long", "value", {"limit": str(LONGEST_NUMBER)}),))
    return Checked(given(Numbers(numbers)))


def _contact(question: Question, fields: Fields, _: date) -> Checked:
    email, phone = (tidy_line(_one(fields, way)) if way in question.ways else "" for way in ("email", "phone"))
    if not email and not phone:
        return _nothing(question, "contact", question.ways[0])
    problems = []
    try:
        email = email and normalised(kind="email", address=email)
    except AddressError:
        problems.append(Problem("bad-email", "email"))
    try:
        phone = phone and normalised(kind="sms", address=phone)
    except AddressError:
        problems.append(Problem("bad-phone", "phone"))
    return Checked(None, tuple(problems)) if problems else Checked(given(Contact(email, phone)))


def _money(question: Question, fields: Fields, _: date) -> Checked:
    text = tidy_line(_one(fields))
    if not text:
        return _nothing(question, "money")
    try:
        value: Value = read_amount(text=text)
    except AmountError as problem:
        return _wrong(problem.code, question)
    return Checked(given(value))


_READERS = {
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choice,
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.DATES: _dates,
    Kind.ABOUT: _about,
    Kind.PLACE: _place,
    Kind.DEVICE: _device,
    Kind.NUMBERS: _numbers,
    Kind.CONTACT: _contact,
    Kind.MONEY: _money,
}
