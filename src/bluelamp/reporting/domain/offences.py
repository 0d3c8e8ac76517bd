"""Offence codes that a report may fall under, with reasons: suggestions for a triage officer and the registrar.

The table is data (`facts/offences.toml`). Each code says whether it was confirmed from a public source, and from
which. The program never says that there is no crime: where no rule fits it says that it has no suggestion.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bluelamp.reporting.domain.conditions import Condition, holds, mentions, read_condition
from bluelamp.reporting.domain.journey import Answers
from bluelamp.reporting.domain.question import LANGUAGES

# Nations whose police record by these codes; "" where the nation is not known.
CODED = frozenset({"england", "wales", ""})
LARGEST_STRENGTH = 3


class OffencesError(ValueError):
    """The table breaks a rule; the message says where."""


class Scheme(StrEnum):
    """Whose code it is: the Home Office's, or that of the national fraud and cyber reporting centre (NFIB)."""

    HOME_OFFICE = "home-office"
    NFIB = "nfib"


class Fit(StrEnum):
    """How well the answers fit, in words: no probability, for nothing was counted."""

    GOOD = "good"
    MAYBE = "maybe"
    WEAK = "weak"


@dataclass(frozen=True)
class Offence:
    """A code. `verified`: the code and title stand in the `source`, an edition of `as_of`; else it is to be checked."""

    code: str
    scheme: Scheme
    title: str
    law: str
    verified: bool
    source: str
    as_of: str


@dataclass(frozen=True)
class Pointer:
    """A rule: if the condition holds, the answers point to a code, with a strength of 1 to 3."""

    code: str
    when: Condition
    strength: int
    en: str
    cy: str


@dataclass(frozen=True)
class Offences:
    """The table: codes, pointers, and the notes and words by language."""

    offences: Mapping[str, Offence]
    pointers: tuple[Pointer, ...]
    notes: Mapping[str, Mapping[str, str]]
    fits: Mapping[Fit, Mapping[str, str]]


@dataclass(frozen=True)
class Because:
    """A reason: the question whose answer points there, and a sentence."""

    question: str
    en: str
    cy: str


@dataclass(frozen=True)
class Suggestion:
    """One suggested code with its reasons, the strongest first."""

    offence: Offence
    fit: Fit
    points: int
    reasons: tuple[Because, ...]


@dataclass(frozen=True)
class Suggested:
    """What is suggested: the first, the alternatives, and notes by id. Nothing suggested never means no crime."""

    first: Suggestion | None
    alternatives: tuple[Suggestion, ...]
    notes: tuple[str, ...]


def read_offences(*, text: str) -> Offences:
    """The table. Raises OffencesError."""
    try:
        raw = tomllib.loads(text)
        table = Offences(
            offences={o.code: o for o in map(_offence, raw["offence"])},
            pointers=tuple(_pointer(one) for one in raw["pointer"]),
            notes={name: _words(one) for name, one in raw["note"].items()},
            fits={Fit(name): _words(one) for name, one in raw["fit"].items()},
        )
        codes = [one["code"] for one in raw["offence"]]
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, OffencesError):
            raise
        raise OffencesError(f"the table of offences has another form ({problem}).") from problem
    broken = _broken(table, codes)
    if broken:
        raise OffencesError(f"{'; '.join(broken)}.")
    return table


def suggest(*, table: Offences, answers: Answers, nation: str) -> Suggested:
    """The codes that these answers point to. `nation` as routing names it, "" where it is not known."""
    if nation not in CODED:
        name = nation if nation in table.notes else "elsewhere"
        return Suggested(None, (), (name,))
    codes = {name: answer.codes for name, answer in answers.items()}
    found: dict[str, list[Pointer]] = {}
    for pointer in table.pointers:
        if holds(condition=pointer.when, codes=codes):
            found.setdefault(pointer.code, []).append(pointer)
    suggestions = [_suggestion(table.offences[code], pointers) for code, pointers in found.items()]
    order = list(table.offences)
    suggestions.sort(key=lambda s: (-s.points, order.index(s.offence.code)))
    notes = ["decide"] if suggestions else ["none-fits"]
    notes += ["unknown-nation"] if not nation else []
    notes += ["unverified"] if any(not s.offence.verified for s in suggestions) else []
    return Suggested(suggestions[0] if suggestions else None, tuple(suggestions[1:]), tuple(notes))


def note(*, table: Offences, name: str, language: str) -> str:
    """A note in words."""
    return table.notes[name]["cy" if language == "cy" else "en"]


def fit_words(*, table: Offences, fit: Fit, language: str) -> str:
    """How well a code fits, in words."""
    return table.fits[fit]["cy" if language == "cy" else "en"]


def _suggestion(offence: Offence, pointers: Iterable[Pointer]) -> Suggestion:
    ordered = sorted(pointers, key=lambda p: -p.strength)
    points = sum(p.strength for p in ordered)
    fit = Fit.GOOD if points >= 3 else Fit.MAYBE if points == 2 else Fit.WEAK
    reasons = tuple(Because(mentions(p.when)[0].question, p.en, p.cy) for p in ordered)
    return Suggestion(offence, fit, points, reasons)


def _broken(table: Offences, codes: list[str]) -> list[str]:
    found = [f"the code {c!r} stands twice" for c in sorted({c for c in codes if codes.count(c) > 1})]
    for offence in table.offences.values():
        if offence.verified and not (offence.source and offence.as_of):
            found.append(f"{offence.code}: what is verified names its source and edition")
    for pointer in table.pointers:
        if pointer.code not in table.offences or not 1 <= pointer.strength <= LARGEST_STRENGTH:
            found.append(f"{pointer.code}: a pointer needs a code of the table and a strength of 1 to 3")
    needed = {"decide", "none-fits", "unknown-nation", "unverified", "scotland", "northern-ireland", "elsewhere"}
    found += [f"the note {n!r} is missing" for n in sorted(needed - set(table.notes))]
    return found + [f"the words for {f!r} are missing" for f in Fit if f not in table.fits]


def _offence(raw: Mapping[str, Any]) -> Offence:
    return Offence(
        code=str(raw["code"]),
        scheme=Scheme(raw["scheme"]),
        title=str(raw["title"]),
        law=str(raw.get("law", "")),
        verified=raw["verified"] is True,
        source=str(raw.get("source", "")),
        as_of=str(raw.get("as_of", "")),
    )


def _pointer(raw: Mapping[str, Any]) -> Pointer:
    return Pointer(raw["code"], read_condition(raw["when"]), int(raw["strength"]), **_words(raw))


def _words(raw: Mapping[str, Any]) -> dict[str, str]:
    found = {n: str(raw[n]) for n in LANGUAGES}
    if not all(text.strip() for text in found.values()):
        raise OffencesError("a sentence is empty.")
    return found
