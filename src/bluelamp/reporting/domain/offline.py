"""A report that was written without a connection, as it comes in: fields of pages in, answers or problems out.

Nothing was checked while it was written, so the whole of it is checked here, and everything that stands in the way of
taking it in is told at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bluelamp.reporting.domain.checking import Checked, Fields, check
from bluelamp.reporting.domain.conditions import holds
from bluelamp.reporting.domain.journey import Answers, through_telling, walk
from bluelamp.reporting.domain.problems import Problem
from bluelamp.reporting.domain.question import Question, Shelf
from bluelamp.reporting.domain.values import Answer

LONGEST_WAIT = timedelta(days=90)


@dataclass(frozen=True)
class Trouble:
    """A problem on the page of a question. `problem` is None where the page was not answered and asks for no field."""

    question: str
    problem: Problem | None


@dataclass(frozen=True)
class Reading:
    """Either `answers` that reach the end and no `troubles`, or what to do about it, in the order of the pages."""

    answers: Answers
    troubles: tuple[Trouble, ...] = ()


def read_fields(
    *, shelf: Shelf, fields: Mapping[str, Fields], today: date, written: Mapping[str, date] | None = None
) -> Reading:
    """Read the fields of all pages. `written` says on which day each page was filled in: "yesterday" counts from there.

    Fields of questions that the shelf does not have, or does not ask of this person, do not count.
    """
    answers: dict[str, Answer] = {}
    troubles: dict[str, tuple[Trouble, ...]] = {}
    for question in shelf.questions:
        if question.tells or question.id not in fields:
            continue
        day = (written or {}).get(question.id, today)
        checked = _checked(question, fields[question.id], day=_possible(day, today), today=today)
        if checked.answer is None:
            troubles[question.id] = tuple(Trouble(question.id, problem) for problem in checked.problems)
        else:
            answers[question.id] = checked.answer
    full = through_telling(shelf=shelf, answers=answers)
    way = walk(shelf=shelf, answers=full)
    if way.is_complete:
        return Reading(full)
    if way.next not in troubles:
        troubles[way.next] = _missing(shelf.by_id[way.next], today)
    return Reading(full, tuple(_in_order(shelf, full, troubles)))


def _checked(question: Question, fields: Fields, *, day: date, today: date) -> Checked:
    """Read on the day it was written; a clock that is behind must not make a real day a future one."""
    first = check(question=question, fields=fields, today=day)
    return first if first.answer or day == today else check(question=question, fields=fields, today=today)


def _possible(day: date, today: date) -> date:
    return day if today - LONGEST_WAIT <= day <= today else today


def _missing(question: Question, today: date) -> tuple[Trouble, ...]:
    problems: Sequence[Problem | None] = check(question=question, fields={}, today=today).problems
    return tuple(Trouble(question.id, problem) for problem in problems or (None,))


def _in_order(shelf: Shelf, answers: Answers, troubles: Mapping[str, tuple[Trouble, ...]]) -> list[Trouble]:
    """The troubles of pages that are asked, or may be once the troubles before them are gone."""
    codes: dict[str, frozenset[str]] = {}
    found: list[Trouble] = []
    for question in shelf.questions:
        if holds(condition=question.asked_if, codes=codes, still_open=troubles) is False:
            continue
        found += troubles.get(question.id, ())
        if question.id in answers:
            codes[question.id] = answers[question.id].codes
    return found
