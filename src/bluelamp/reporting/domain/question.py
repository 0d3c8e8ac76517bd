"""What a question is, and the shelf of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bluelamp.reporting.domain.conditions import ALWAYS, Condition

LANGUAGES = ("en", "cy")
NOT_SURE_CODE = "not-sure"


class Kind(StrEnum):
    """What is asked for. `INFO` only tells; `CHECK` shows the answers and sends them."""

    INFO = "info"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    DATE = "date"
    DATES = "dates"
    ABOUT = "about"
    PLACE = "place"
    DEVICE = "device"
    NUMBERS = "numbers"
    CONTACT = "contact"
    MONEY = "money"
    CHECK = "check"


TELLING = frozenset({Kind.INFO, Kind.CHECK})
CHOOSING = frozenset({Kind.CHOICE, Kind.CHOICES})


class Flag(StrEnum):
    """What an answer says about safety. Rules raise flags; nothing here lowers one that was raised."""

    DANGER = "danger"
    WATCHED = "watched"
    PRIVATE = "private"
    ABUSE = "abuse"
    CHILD = "child"
    CHILD_IMAGES = "child-images"
    LIVE_ATTACK = "live-attack"
    UNSAFE_CONTACT = "unsafe-contact"
    CALL_BACK = "call-back"
    SELF_HARM = "self-harm"
    THREAT_TO_KILL = "threat-to-kill"
    WEAPON = "weapon"
    STALKING = "stalking"
    MONEY_NOW = "money-now"
    VULNERABLE = "vulnerable"


# No answer says these by itself: signals raise them from answers together, or from words.
SIGNALLED = frozenset(
    {Flag.SELF_HARM, Flag.THREAT_TO_KILL, Flag.WEAPON, Flag.STALKING, Flag.MONEY_NOW, Flag.VULNERABLE}
)


@dataclass(frozen=True)
class Wording:
    """The words of one question in one language. `why`: why we ask; empty for a page that only tells.

    `body` are paragraphs, `options` and `option_hints` go by the option's code, `errors` by the code of the problem.
    """

    label: str
    hint: str = ""
    why: str = ""
    body: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    option_hints: Mapping[str, str] = field(default_factory=dict)
    not_sure: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_texts(self) -> tuple[str, ...]:
        """Everything that is read."""
        parts = (self.label, self.hint, self.why, *self.body, *self.options.values(), *self.option_hints.values())
        return tuple(text for text in (*parts, self.not_sure, *self.errors.values()) if text)


@dataclass(frozen=True)
class Question:
    """One page. `asked_if` is that of its section and its own together.

    `alone`: options that cannot be chosen with others. `retention` names how long its answer is kept. An
    `abuse_sensitive` answer is never shown again outside the journey. `topics`: ids of advice shown on it;
    `topics_from`: the question whose chosen options are such ids. `ways`: the fields of a contact.
    """

    id: str
    section: str
    kind: Kind
    wording: Mapping[str, Wording]
    asked_if: Condition = ALWAYS
    options: tuple[str, ...] = ()
    alone: frozenset[str] = frozenset()
    flags: Mapping[str, frozenset[Flag]] = field(default_factory=dict)
    optional: bool = False
    abuse_sensitive: bool = False
    helplines: bool = False
    limit: int = 0
    retention: str = ""
    topics: tuple[str, ...] = ()
    topics_from: str = ""
    ways: tuple[str, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether there is nothing to answer."""
        return self.kind in TELLING


@dataclass(frozen=True)
class Section:
    """A part of the journey: its id and its name by language. `machine_drafted`: no speaker has read its Welsh yet."""

    id: str
    names: Mapping[str, str]
    machine_drafted: bool


@dataclass(frozen=True)
class Retention:
    """How long answers are kept: `days` after `since` (`draft`, `closed`), and the sentence by language."""

    id: str
    days: int
    since: str
    sentences: Mapping[str, str]


@dataclass(frozen=True)
class Shelf:
    """All questions in their order. `version` is a hash of all that decides what is asked and read."""

    questions: tuple[Question, ...]
    sections: tuple[Section, ...]
    retentions: Mapping[str, Retention]
    phrases: Mapping[str, Mapping[str, str]]
    version: str

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by id."""
        return {question.id: question for question in self.questions}

    def phrase(self, *, key: str, language: str) -> str:
        """A sentence that all pages share, by its key; English for any language but Welsh."""
        return self.phrases[chosen_language(language)][key]


def chosen_language(language: str) -> str:
    """The language of ours that a reader of `language` gets."""
    return "cy" if language == "cy" else "en"
