"""The words and codes of the desk, read from `facts/desk.toml`: reasons of decisions, requests, purposes, bases.

Whatever a reporter reads stands there in both languages, so that a decision is in the language of the report.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bluelamp.reporting.domain.life import OUTCOMES
from bluelamp.reporting.domain.question import LANGUAGES, chosen_language

LISTS = ("read", "done", "cancel", "purpose", "basis", "keep", "part")
LONGEST_TEXT = 4_000
LONGEST_NUMBER = 40


class DeskError(ValueError):
    """The table breaks a rule; the message says which."""


@dataclass(frozen=True)
class Words:
    """A text in each language."""

    by_language: Mapping[str, str]

    def __call__(self, language: str) -> str:
        """The text for a reader."""
        return self.by_language[chosen_language(language)]


@dataclass(frozen=True)
class Named:
    """A code with its name."""

    code: str
    name: Words


@dataclass(frozen=True)
class Reason:
    """Why something was decided so. `text`: what the reporter reads, unless the officer writes it otherwise."""

    code: str
    outcome: str
    name: Words
    text: Words


@dataclass(frozen=True)
class DeskTable:
    """All of it. `lists` by their name (`LISTS`); `notices`: texts to a reporter that follow from an act."""

    reasons: Mapping[str, Reason]
    requests: Mapping[str, Named]
    lists: Mapping[str, Mapping[str, Named]]
    notices: Mapping[str, Words]

    def reasons_for(self, outcome: str) -> tuple[Reason, ...]:
        """The reasons of one outcome, in their order."""
        return tuple(reason for reason in self.reasons.values() if reason.outcome == outcome)


def read_desk(text: str) -> DeskTable:
    """The table. Raises DeskError for a missing language, an unknown outcome, an outcome without a reason."""
    raw = tomllib.loads(text)
    reasons = {code: _reason(code, row) for code, row in raw["reason"].items()}
    without = set(OUTCOMES) - {reason.outcome for reason in reasons.values()}
    if without:
        raise DeskError(f"No reason for {', '.join(sorted(without))}.")
    return DeskTable(
        reasons=reasons,
        requests=_named(raw["request"]),
        lists={name: _named(raw[name]) for name in LISTS},
        notices={code: _words(code, row) for code, row in raw["notice"].items()},
    )


def tidy_number(text: str) -> str:
    """A crime number as it is kept: forces write them as they like, so only the space around and in it is tidied.

    Raises ValueError for an empty or overlong one.
    """
    number = " ".join(text.split())
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise ValueError(f"A crime number has 1 to {LONGEST_NUMBER} characters.")
    return number


def _reason(code: str, row: Mapping[str, Any]) -> Reason:
    if row["outcome"] not in OUTCOMES:
        raise DeskError(f"{code}: {row['outcome']} is no outcome.")
    return Reason(code, row["outcome"], _words(code, row["name"]), _words(code, row["text"]))


def _named(rows: Mapping[str, Any]) -> dict[str, Named]:
    return {code: Named(code, _words(code, row)) for code, row in rows.items()}


def _words(code: str, row: Mapping[str, str]) -> Words:
    if set(row) != set(LANGUAGES) or not all(row.values()):
        raise DeskError(f"{code} needs a text in each of {', '.join(LANGUAGES)}.")
    return Words({language: row[language] for language in LANGUAGES})
