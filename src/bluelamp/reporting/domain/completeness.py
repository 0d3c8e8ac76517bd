"""How complete a report is, and what could still be added. Never a bar: nothing here blocks, and no person is scored.

Only questions that a report's own way asks count. Prompts ask for what the person already has (RED-LINES 12), and
never name a question whose answer stays inside the journey (RED-LINES 8).
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.reporting.domain.journey import Answers, walk
from bluelamp.reporting.domain.phrases import words_of
from bluelamp.reporting.domain.question import LANGUAGES, Shelf
from bluelamp.reporting.domain.values import Answer, State, Words

LARGEST_WEIGHT = 10


class CompletenessError(ValueError):
    """The table breaks a rule; the message says which."""


@dataclass(frozen=True)
class Useful:
    """What makes a question useful: for these kinds of crime (none: for all), with a weight of 1 to 10.

    `words`: of a text with fewer words more could be told; 0 for any.
    """

    question: str
    kinds: frozenset[str]
    weight: int
    words: int
    en: str
    cy: str


@dataclass(frozen=True)
class Prompt:
    """What could be added, and why that helps."""

    question: str
    weight: int
    en: str
    cy: str


@dataclass(frozen=True)
class Completeness:
    """`percent` of what is useful here that is there, 0 to 100; the prompts, the most useful first."""

    percent: int
    prompts: tuple[Prompt, ...]


def read_useful(*, text: str) -> tuple[Useful, ...]:
    """The table of useful questions. Raises CompletenessError."""
    try:
        rows = tuple(
            Useful(
                question=str(one["question"]),
                kinds=frozenset(one.get("kinds", ())),
                weight=int(one["weight"]),
                words=int(one.get("words", 0)),
                **{n: str(one[n]) for n in LANGUAGES},
            )
            for one in tomllib.loads(text)["useful"]
        )
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise CompletenessError(f"the table of useful questions has another form ({problem}).") from problem
    for row in rows:
        if not 1 <= row.weight <= LARGEST_WEIGHT or row.words < 0 or not (row.en.strip() and row.cy.strip()):
            raise CompletenessError(f"{row.question}: a weight must be 1 to {LARGEST_WEIGHT}, and a reason be given.")
        if row.kinds - {*CRIMES, "something-else", "not-sure"}:
            raise CompletenessError(f"{row.question}: a kind is unknown.")
    return rows


def completeness(
    *, useful: Iterable[Useful], shelf: Shelf, answers: Answers, kinds: Iterable[str], most_prompts: int = 5
) -> Completeness:
    """How complete a report of these kinds is. "Not sure" is an answer: it counts half and is asked again only once."""
    way = walk(shelf=shelf, answers=answers)
    wanted = frozenset(kinds)
    rows: dict[str, Useful] = {}
    for row in useful:
        known = row.question in way.asked or row.question == way.next
        if known and (not row.kinds or row.kinds & wanted):
            kept = rows.get(row.question)
            rows[row.question] = row if kept is None or row.weight > kept.weight else kept
    total = sum(row.weight for row in rows.values())
    shares = {name: _share(way.in_effect.get(name), row.words) for name, row in rows.items()}
    had = sum(row.weight * shares[name] for name, row in rows.items())
    open_rows = [row for name, row in rows.items() if shares[name] < 1 and not shelf.by_id[name].abuse_sensitive]
    open_rows.sort(key=lambda row: -row.weight)
    prompts = tuple(Prompt(row.question, row.weight, row.en, row.cy) for row in open_rows[:most_prompts])
    return Completeness(round(100 * had / total) if total else 100, prompts)


def _share(answer: Answer | None, words: int) -> float:
    if answer is None or answer.state is State.SKIPPED:
        return 0.0
    if answer.state is State.NOT_SURE:
        return 0.5
    if isinstance(answer.value, Words) and words:
        return min(1.0, len(words_of(answer.value.text)) / words)
    return 1.0
