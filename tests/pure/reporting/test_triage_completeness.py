"""Completeness measures a report, never a person; it never blocks, and asks only for what is asked anyway and safe."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.reporting import facts
from bluelamp.reporting.domain.completeness import CompletenessError, completeness, read_useful
from bluelamp.reporting.domain.journey import advising, walk
from bluelamp.reporting.domain.question import CHOOSING, Kind
from bluelamp.reporting.domain.values import NOT_SURE, SKIPPED, Answer, Codes, Words
from bluelamp.reporting.domain.values import given as gave
from bluelamp.reporting.questions import questions

SHELF = questions()
USEFUL = facts.useful_questions()
TEXT = (Path(facts.__file__).parent / "completeness.toml").read_text("utf-8")


def travelled(choices: dict[str, str], text: str) -> dict[str, Answer]:
    """Answers of a whole journey: these choices, the last option elsewhere, this text, and not sure for the rest."""
    answers: dict[str, Answer] = {}
    for _ in range(80):
        way = walk(shelf=SHELF, answers=answers)
        if not way.next:
            break
        question = SHELF.by_id[way.next]
        if question.kind in CHOOSING:
            answers[question.id] = gave(Codes((choices.get(question.id, question.options[-1]),)))
        elif question.tells:
            answers[question.id] = gave(advising(shelf=SHELF, question=question, answers=answers).seen)
        elif question.kind is Kind.TEXT:
            answers[question.id] = gave(Words(text))
        else:
            answers[question.id] = NOT_SURE
    return answers


THEFT = travelled(
    {"what-happened": "phone-stolen", "where": "place", "affected": "phone", "when": "exact"}, "word " * 30
)
LONG = "word " * 30


def test_a_theft_is_asked_for_the_number_first() -> None:
    found = completeness(useful=USEFUL, shelf=SHELF, answers=THEFT, kinds=["phone-stolen"])
    assert 0 < found.percent < 100 and found.prompts[0].question == "device-numbers"
    assert all(p.en.endswith(".") and p.cy.endswith(".") for p in found.prompts) and len(found.prompts) <= 5


def test_a_short_story_counts_in_part_and_a_skipped_answer_not() -> None:
    short = {**THEFT, "story": gave(Words("It was stolen"))}
    less = {**THEFT, "device-numbers": SKIPPED}
    whole, brief, skipped = (
        completeness(useful=USEFUL, shelf=SHELF, answers=a, kinds=["phone-stolen"]) for a in (THEFT, short, less)
    )
    assert brief.percent < whole.percent and "story" in {p.question for p in brief.prompts}
    assert skipped.percent < whole.percent


@given(st.sets(st.sampled_from(sorted(CRIMES)), max_size=3), st.sampled_from(sorted(THEFT)), st.integers(0, 9))
def test_an_answer_more_never_makes_a_report_less_complete(kinds: set[str], name: str, most: int) -> None:
    rows = {row.question for row in USEFUL}
    if name not in rows or SHELF.by_id[name].kind in CHOOSING:
        return
    lacking = {**THEFT, name: SKIPPED if SHELF.by_id[name].optional else NOT_SURE}
    had = completeness(useful=USEFUL, shelf=SHELF, answers=THEFT, kinds=kinds, most_prompts=most)
    lacks = completeness(useful=USEFUL, shelf=SHELF, answers=lacking, kinds=kinds, most_prompts=most)
    assert lacks.percent <= had.percent and len(had.prompts) <= most


@given(st.sampled_from([*CRIMES, "something-else"]), st.sampled_from(["partner", "stranger"]))
def test_prompts_ask_only_what_the_way_asks_and_nothing_that_stays_inside(kind: str, who: str) -> None:
    answers = travelled({"what-happened": kind, "who-known": who, "lost": "money", "affected": "account"}, LONG)
    asked = walk(shelf=SHELF, answers=answers).asked
    for prompt in completeness(useful=USEFUL, shelf=SHELF, answers=answers, kinds=[kind], most_prompts=99).prompts:
        assert prompt.question in asked and not SHELF.by_id[prompt.question].abuse_sensitive


def test_nothing_useful_is_a_whole_report() -> None:
    assert completeness(useful=(), shelf=SHELF, answers={}, kinds=[]).percent == 100


def test_the_table_names_questions_that_are_there() -> None:
    assert {row.question for row in USEFUL} <= set(SHELF.by_id)
    assert not any(SHELF.by_id[row.question].abuse_sensitive for row in USEFUL)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("weight = 5", "weight = 11", "weight"),
        ('"phone-stolen"', '"murder"', "kind"),
        ("question =", "questions =", "another form"),
    ],
)
def test_a_broken_table_says_why(old: str, new: str, says: str) -> None:
    with pytest.raises(CompletenessError, match=says):
        read_useful(text=TEXT.replace(old, new, 1))
