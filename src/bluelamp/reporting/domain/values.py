"""What an answer can hold, and its form as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, get_args


class State(StrEnum):
    """Whether a question was answered, met with "not sure", or left out."""

    GIVEN = "given"
    NOT_SURE = "not-sure"
    SKIPPED = "skipped"


class Precision(StrEnum):
    """How exactly a time is known. `WORDS`: the person's words were not understood, and are kept."""

    DAY = "day"
    RANGE = "range"
    ABOUT = "about"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    WORDS = "words"


class NumberKind(StrEnum):
    """What a device's number seems to be."""

    IMEI = "imei"
    MAC = "mac"
    SERIAL = "serial"


@dataclass(frozen=True)
class Codes:
    """Chosen options, in the order of the question."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A text in the person's own words, tidied."""

    text: str


@dataclass(frozen=True)
class When:
    """Days from `first` to `last`, both included, by the calendar of the United Kingdom; both None for words only.

    `text` is what was typed, so that a person can read it.
    """

    first: date | None
    last: date | None
    precision: Precision
    text: str


@dataclass(frozen=True)
class Whereabouts:
    """A place in words. `postcode` is the one in it ("CF10 1AA"), or its first half ("CF10"); "" for none."""

    text: str
    postcode: str


@dataclass(frozen=True)
class Device:
    """A device: the key of the catalogue's product, or "" and the person's words for it."""

    product_key: str
    text: str


@dataclass(frozen=True)
class Devices:
    """One or more devices."""

    devices: tuple[Device, ...]


@dataclass(frozen=True)
class Number:
    """A number on a device as we understood it. `fits`: its check digit is right, or it has none."""

    kind: NumberKind
    text: str
    fits: bool


@dataclass(frozen=True)
class Numbers:
    """The numbers of devices."""

    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Contact:
    """Ways to reach a person, each in one form; "" for none."""

    email: str
    phone: str


@dataclass(frozen=True)
class Money:
    """An amount in the major unit ("1250.50") of a currency; `about` if the person was not exact."""

    amount: str
    currency: str
    about: bool


@dataclass(frozen=True)
class Seen:
    """A page that only tells was read, with these texts of advice on it."""

    topics: tuple[str, ...] = ()
    abuse_safe: bool = False


Value = Codes | Words | When | Whereabouts | Devices | Numbers | Contact | Money | Seen
_TYPES = {kind.__name__.lower(): kind for kind in get_args(Value)}


class FormError(ValueError):
    """A stored answer has another form."""


@dataclass(frozen=True)
class Answer:
    """One answer. `value` is None unless it was given."""

    state: State
    value: Value | None = None

    def __post_init__(self) -> None:
        if (self.state is State.GIVEN) == (self.value is None):
            raise FormError("an answer has a value exactly if it was given")

    @property
    def codes(self) -> frozenset[str]:
        """What conditions see."""
        if isinstance(self.value, Codes):
            return frozenset(self.value.codes)
        return frozenset({str(self.state)})


NOT_SURE = Answer(State.NOT_SURE)
SKIPPED = Answer(State.SKIPPED)


def given(value: Value) -> Answer:
    """An answer that was given."""
    return Answer(State.GIVEN, value)


def to_json(answer: Answer) -> dict[str, Any]:
    """An answer as what `json.dumps` takes."""
    if answer.value is None:
        return {"state": str(answer.state)}
    held = asdict(answer.value)
    if isinstance(answer.value, When):
        held |= {name: held[name] and held[name].isoformat() for name in ("first", "last")}
    return {"state": str(answer.state), "type": type(answer.value).__name__.lower(), **held}


def from_json(raw: Mapping[str, Any]) -> Answer:
    """An answer from its stored form. Raises FormError."""
    try:
        held = dict(raw)
        state = State(held.pop("state"))
        if state is not State.GIVEN:
            return Answer(state)
        return given(_value(held.pop("type"), held))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise FormError("this is no stored answer") from problem


def _value(name: str, held: dict[str, Any]) -> Value:
    match name:
        case "when":
            first, last = (held[n] and date.fromisoformat(held[n]) for n in ("first", "last"))
            return When(first, last, Precision(held["precision"]), _text(held["text"]))
        case "devices":
            return Devices(tuple(Device(_text(d["product_key"]), _text(d["text"])) for d in held["devices"]))
        case "numbers":
            made = (Number(NumberKind(n["kind"]), _text(n["text"]), n["fits"] is True) for n in held["numbers"])
            return Numbers(tuple(made))
    kind: Any = _TYPES[name]
    types = {field.name: field.type for field in fields(kind)}
    if set(held) != set(types):
        raise FormError("other fields")
    made_value: Value = kind(**{name: _plain(types[name], held[name]) for name in types})
    return made_value


def _plain(kind: object, value: object) -> object:
    if kind is bool:
        if not isinstance(value, bool):
            raise FormError("not true or false")
        return value
    if kind is str:
        return _text(value)
    if not isinstance(value, list | tuple):
        raise FormError("not a list")
    return tuple(map(_text, value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise FormError("not a text")
    return value
