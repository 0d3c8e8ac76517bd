"""Pure rules of the desk: priority, days and hours, the table of words, crime numbers."""

from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.workdays import is_working_day
from bluelamp.reporting.domain.casework import DeskError, read_desk, tidy_number
from bluelamp.reporting.domain.due import ESCALATIONS, escalation_due, hand_over_due, months_after
from bluelamp.reporting.domain.flagging import Level, Raised, Source
from bluelamp.reporting.domain.life import OUTCOMES
from bluelamp.reporting.domain.priority import BURST, IMMEDIATE, USUAL, priority
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.facts import clocks, desk


def test_a_flood_waits_behind_others_and_hides_no_danger() -> None:
    danger = Raised(Flag.DANGER, "r", Level.IMMEDIATE, Source.WORDS, "story", "a.", "b.")
    assert priority(raised=[], burst=True) == BURST < USUAL == priority(raised=[])
    assert priority(raised=[danger], burst=True) == IMMEDIATE


@given(st.integers(0, 40_000), st.integers(0, 86_399))
def test_a_hand_over_waits_two_working_days_and_never_ends_on_a_free_day(days_on: int, seconds: int) -> None:
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=days_on, seconds=seconds)
    due = hand_over_due(now=now)
    assert is_working_day(due.date()) and due.time() == now.time()
    days = [now + timedelta(days=n) for n in range(1, (due - now).days + 1)]
    assert sum(is_working_day(day.date()) for day in days) == 2
    assert hand_over_due(now=now, at_once=timedelta(minutes=15)) == now + timedelta(minutes=15)


def test_christmas_does_not_count_for_a_hand_over() -> None:
    assert hand_over_due(now=datetime(2026, 12, 24, 9, tzinfo=UTC)) == datetime(2026, 12, 30, 9, tzinfo=UTC)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), st.integers(1, 240))
def test_months_later_is_the_same_day_or_the_last_one(day: date, months: int) -> None:
    found = months_after(day=day, months=months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("level", list(Level))
def test_each_escalation_comes_later_than_the_one_before_and_there_is_a_last(level: Level) -> None:
    start = datetime(2026, 11, 28, tzinfo=UTC)
    found = [escalation_due(raised_at=start, within=clocks()[level], escalated=n) for n in range(len(ESCALATIONS) + 1)]
    assert found[-1] is None
    times = [t for t in found if t]
    assert times == sorted(set(times)) and times[0] == start + clocks()[level]


@pytest.mark.parametrize("bad", ["", "   ", "x" * 41, "1\x002", "1\u202e2"])
def test_what_is_no_crime_number(bad: str) -> None:
    with pytest.raises(ValueError, match="1 to 40"):
        tidy_number(bad)


def test_a_crime_number_keeps_its_form() -> None:
    assert tidy_number("  52/ 1234\t/26 ") == "52/ 1234 /26"


def test_the_table_has_a_reason_for_each_outcome_and_words_in_both_languages() -> None:
    table = desk()
    for outcome in OUTCOMES:
        assert table.reasons_for(outcome)
    for reason in table.reasons.values():
        assert reason.text("en") != reason.text("cy") and ("{body}" in reason.text("en")) == (
            reason.outcome == "handed-over"
        )
        assert ("{body}" in reason.text("en")) == ("{body}" in reason.text("cy"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('outcome = "duplicate"', 'outcome = "closed"'),
        ('outcome = "duplicate"', 'outcome = "advised"'),
        (', cy = "I ffonio\'n ôl"', ""),
        ('cy = "I ffonio\'n ôl"', 'cy = ""'),
    ],
)
def test_a_table_that_lacks_something_is_refused(old: str, new: str) -> None:
    text = (resources.files("bluelamp.reporting.facts") / "desk.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(DeskError):
        read_desk(text.replace(old, new))
