"""What a reporter reads about a report: its standing in plain words with a date, what happens next, and by when.

The words are data (`facts/telling.toml`), in every language; the days that are aimed at stand there too, for a force to
change. Nothing is promised that the table does not say, and an aim that was missed is told as missed.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bluelamp.reporting.domain.question import LANGUAGES, chosen_language

STANDINGS = (
    "received",
    "registered",
    "recorded",
    "not-recorded",
    "advised",
    "duplicate",
    "handed-over",
    "acknowledged",
    "withdrawn",
    "deleted",
)
AIMS = ("read", "decide", "complaint")
_OTHER = "other"


class TellingError(ValueError):
    """The table of words breaks a rule; the message says which."""


@dataclass(frozen=True)
class Facts:
    """What is known of a report's way. Days are those of the clock on the wall; "" and None mean: not so.

    `outcome` is that of the newest decision; `handed_to` the name of the body that has it, `answer_by` the day by which
    that body must acknowledge it; `crime` the crime's number with its force.
    """

    state: str
    received: date
    registered: date | None = None
    decided: date | None = None
    outcome: str = ""
    crime: str = ""
    recorded: date | None = None
    handed_to: str = ""
    handed: date | None = None
    answer_by: date | None = None
    acknowledged: date | None = None
    their_reference: str = ""
    closed: date | None = None
    review: date | None = None
    erased: date | None = None


@dataclass(frozen=True)
class Telling:
    """The words for a standing: its name, what it means, what comes next, what is said when an aim was missed."""

    title: str
    now: str
    next: str
    late: str


@dataclass(frozen=True)
class Table:
    """All words, by language, and the days of the aims."""

    standings: Mapping[str, Mapping[str, Telling]]
    steps: Mapping[str, Mapping[str, str]]
    looks: Mapping[str, Mapping[str, str]]
    aims: Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """Where a report stands, as it is read. `by`: the day that is aimed at, None where nothing is waited for."""

    code: str
    title: str
    since: date
    now: str
    next: str
    by: date | None
    is_late: bool


def read_table(*, text: str) -> Table:
    """The words of a file. Raises TellingError where one is missing in a language."""
    try:
        raw = tomllib.loads(text)
        table = Table(
            standings={
                code: {language: _telling(words, language) for language in LANGUAGES}
                for code, words in raw["standing"].items()
            },
            steps=_both(raw["step"]),
            looks=_both(raw["look"]),
            aims={name: int(raw["aim"][name]) for name in AIMS},
        )
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise TellingError(f"the table of words has another form ({problem}).") from problem
    _check(table)
    return table


def standing_of(facts: Facts) -> tuple[str, date]:
    """The standing's code and the day since which it holds."""
    if facts.erased:
        return "deleted", facts.erased
    match facts.state:
        case "withdrawn":
            return "withdrawn", facts.closed or facts.received
        case "recorded":
            return "recorded", facts.recorded or facts.decided or facts.closed or facts.received
        case "handed-over":
            since = facts.acknowledged or facts.handed or facts.closed or facts.received
            return ("acknowledged" if facts.acknowledged else "handed-over"), since
        case "not-recorded":
            code = facts.outcome if facts.outcome in ("advised", "duplicate") else "not-recorded"
            return code, facts.decided or facts.closed or facts.received
        case "registered":
            return "registered", facts.registered or facts.received
    return "received", facts.received


def tell(*, table: Table, facts: Facts, body: str, day: Callable[[date], str], today: date, language: str) -> Standing:
    """Where a report stands. `body`: the name of who works on it; `day` says a day in words."""
    code, since = standing_of(facts)
    words = table.standings[code][chosen_language(language)]
    by = _aim(table, code, facts)
    values = {
        "body": facts.handed_to or body,
        "crime": facts.crime,
        "reference": facts.their_reference or "-",
        "by": day(by) if by else "",
        "since": day(since),
    }
    late = by is not None and by < today
    return Standing(
        code=code,
        title=_filled(words.title, values),
        since=since,
        now=_filled(words.now, values),
        next=_filled(words.late if late else words.next, values),
        by=by,
        is_late=late,
    )


def step_words(*, table: Table, act: str, language: str) -> str:
    """What a step was, in one line; a step of an unknown kind is told as one."""
    return table.steps.get(act, table.steps[_OTHER])[chosen_language(language)]


def look_words(*, table: Table, action: str, language: str) -> str:
    """What somebody did who looked, in one line; "" for what is not shown to reporters."""
    return table.looks.get(action, {}).get(chosen_language(language), "")


def complaint_by(*, table: Table, made: date) -> date:
    """The day by which a complaint is to be answered."""
    return made + timedelta(days=table.aims["complaint"])


def _aim(table: Table, code: str, facts: Facts) -> date | None:
    if code == "received":
        return facts.received + timedelta(days=table.aims["read"])
    if code == "registered":
        begun = facts.registered or facts.received
        return facts.review or begun + timedelta(days=table.aims["decide"])
    return facts.answer_by if code == "handed-over" else None


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text[:1].upper() + text[1:]


def _telling(raw: Mapping[str, Mapping[str, str]], language: str) -> Telling:
    title, now, following, late = (raw.get(part, {}).get(language, "") for part in ("title", "now", "next", "late"))
    return Telling(title=title, now=now, next=following, late=late)


def _both(raw: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {code: {n: str(words[n]) for n in LANGUAGES} for code, words in raw.items()}


def _check(table: Table) -> None:
    if set(table.standings) != set(STANDINGS):
        raise TellingError("there must be words for each standing and no other.")
    if _OTHER not in table.steps:
        raise TellingError("a step of an unknown kind needs words (other).")
    for code, words in table.standings.items():
        waits = code in ("received", "registered", "handed-over")
        for name, one in words.items():
            if not (one.title and one.now and one.next) or bool(one.late) is not waits:
                raise TellingError(f"words are missing or too many: {code} in {name}.")
    for code, texts in {**table.steps, **table.looks}.items():
        if not all(text.strip() for text in texts.values()):
            raise TellingError(f"words are missing: {code}.")
    if any(days < 1 for days in table.aims.values()):
        raise TellingError("an aim is at least one day.")
