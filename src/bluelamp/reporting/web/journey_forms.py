"""The fields of a question's page: filled from an answer or from what was just sent, with what is wrong beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from bluelamp.reporting.domain.checking import sentence
from bluelamp.reporting.domain.problems import Problem
from bluelamp.reporting.domain.question import NOT_SURE_CODE, Kind, Question, Shelf
from bluelamp.reporting.domain.showing import Page
from bluelamp.reporting.domain.values import (
    Answer,
    Codes,
    Contact,
    Devices,
    Money,
    Numbers,
    State,
    When,
    Whereabouts,
    Words,
)

Fields = Mapping[str, Sequence[str]]
_SHORT = 200  # characters that fit in one line


@dataclass(frozen=True)
class Option:
    """One radio button or box to tick."""

    code: str
    id: str
    label: str
    hint: str
    alone: bool
    checked: bool


@dataclass(frozen=True)
class Box:
    """One line to write in. `rows`: of a larger field, 0 for one line. `wrong`: a problem is about it."""

    name: str
    id: str
    label: str
    value: str
    wrong: bool
    kind: str = "text"
    width: str = ""
    rows: int = 0
    mode: str = ""
    complete: str = "off"
    error: str = ""


@dataclass(frozen=True)
class Group:
    """Boxes that belong together, as those of a date; `legend` is "" where the question itself is the legend."""

    id: str
    legend: str
    boxes: tuple[Box, ...]
    error: str


@dataclass(frozen=True)
class Form:
    """What a page's form holds. `problems`: (address of the field, sentence), first to last."""

    options: tuple[Option, ...] = ()
    groups: tuple[Group, ...] = ()
    boxes: tuple[Box, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


def form_of(
    *, shelf: Shelf, page: Page, fields: Fields, problems: Sequence[Problem] = (), private: bool = False
) -> Form:
    """The form of a page. `private`: the browser may offer the person's own address, and keep it."""
    question = shelf.by_id[page.id]
    told = [(p.field, sentence(shelf=shelf, question=question, problem=p, language=page.language)) for p in problems]
    listed = tuple((f"#{_id(name)}", text) for name, text in told)
    made = _Made(page, fields, dict(reversed(told)), private)
    match page.kind:
        case Kind.CHOICE | Kind.CHOICES:
            return Form(options=made.options(), problems=listed)
        case Kind.DATE:
            return Form(groups=(made.date("", ""),), problems=listed)
        case Kind.DATES:
            return Form(
                groups=(made.date("first-", _("First day")), made.date("last-", _("Last day"))), problems=listed
            )
        case Kind.CONTACT:
            return Form(boxes=tuple(made.way(way) for way in page.fields), problems=listed)
    return Form(boxes=(made.text(),), problems=listed)


def fields_of(*, question: Question, answer: Answer | None) -> Fields:
    """What a person would write to give this answer again; nothing for "not sure" where that is a button."""
    if answer is None:
        return {}
    if answer.state is State.NOT_SURE:
        return {"value": [NOT_SURE_CODE]} if question.options else {}
    match answer.value:
        case Codes(codes):
            return {"value": list(codes)}
        case Words(text) | Whereabouts(text, _):
            return {"value": [text]}
        case When():
            return _when(question, answer.value)
        case Devices(devices):
            return {"product": [d.product_key for d in devices], "value": [d.text for d in devices]}
        case Numbers(numbers):
            return {"value": ["\n".join(n.text for n in numbers)]}
        case Contact(email, phone):
            return {"email": [email], "phone": [phone]}
        case Money(amount, currency, about):
            unit = "" if currency == "GBP" else f" {currency}"
            return {"value": [f"{'about ' if about else ''}{amount}{unit}"]}
    return {}


def _when(question: Question, when: When) -> Fields:
    if question.kind is Kind.ABOUT or when.first is None or when.last is None:
        return {"value": [when.text]}
    days = {"": when.first} if question.kind is Kind.DATE else {"first-": when.first, "last-": when.last}
    return {
        f"{prefix}{part}": [str(getattr(day, part))]
        for prefix, day in days.items()
        for part in ("day", "month", "year")
    }


def _id(name: str) -> str:
    return f"f-{name}"


@dataclass(frozen=True)
class _Made:
    page: Page
    fields: Fields
    told: Mapping[str, str]
    private: bool

    def options(self) -> tuple[Option, ...]:
        chosen = set(self.fields.get("value", ()))
        return tuple(
            Option(c.code, _id("value") if n == 0 else f"f-value-{n}", c.label, c.hint, c.alone, c.code in chosen)
            for n, c in enumerate(self.page.choices)
        )

    def text(self) -> Box:
        rows = 0
        if self.page.kind in (Kind.TEXT, Kind.PLACE) and self.page.limit > _SHORT:
            rows = 10 if self.page.limit > 1_000 else 3
        if self.page.kind is Kind.NUMBERS:
            rows = 3
        width = "govuk-input--width-10" if self.page.kind is Kind.MONEY else ""
        return replace(self._box("value", self.page.label), rows=rows, width=width)

    def way(self, way: str) -> Box:
        if way == "email":
            return replace(self._box(way, _("E-mail address")), kind="email", complete=self._complete("email"))
        phone = self._box(way, _("Telephone number"))
        return replace(phone, kind="tel", width="govuk-input--width-20", complete=self._complete("tel"))

    def date(self, prefix: str, legend: str) -> Group:
        # The month is wider: its name may be written.
        narrow, wide, middle = "govuk-input--width-2", "govuk-input--width-5", "govuk-input--width-4"
        day, month, year = ("day", _("Day"), narrow), ("month", _("Month"), wide), ("year", _("Year"), middle)
        boxes = tuple(
            replace(self._box(f"{prefix}{part}", label), width=width, mode="" if part == "month" else "numeric")
            for part, label, width in (day, month, year)
        )
        return Group(f"{prefix}date", legend, boxes, next((box.error for box in boxes if box.error), ""))

    def _box(self, name: str, label: str) -> Box:
        value, error = next(iter(self.fields.get(name, ())), ""), self.told.get(name, "")
        return Box(name=name, id=_id(name), label=label, value=value, wrong=bool(error), error=error)

    def _complete(self, purpose: str) -> str:
        return purpose if self.private else "off"
