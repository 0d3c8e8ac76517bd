"""The words that a reporter reads: every standing in every language, with a date, and an aim that is missed is told."""

from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.life import STATES
from bluelamp.reporting.domain.telling import (
    STANDINGS,
    Facts,
    TellingError,
    complaint_by,
    look_words,
    read_table,
    standing_of,
    step_words,
    tell,
)

TEXT = (resources.files("bluelamp.reporting.facts") / "telling.toml").read_text("utf-8")
TABLE = read_table(text=TEXT)
DAY = date(2026, 11, 28)
_days = st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1))
_any_facts = st.builds(
    Facts,
    state=st.sampled_from(STATES),
    received=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    registered=_days,
    decided=_days,
    outcome=st.sampled_from(["", "recorded", "not-recorded", "handed-over", "advised", "duplicate"]),
    crime=st.sampled_from(["", "52/1 (Kent)"]),
    handed_to=st.sampled_from(["", "Kent Police"]),
    handed=_days,
    answer_by=_days,
    acknowledged=_days,
    closed=_days,
    review=_days,
    erased=_days,
)


def told(facts: Facts, *, today: date = DAY, language: str = "en"):  # type: ignore[no-untyped-def]
    return tell(table=TABLE, facts=facts, body="our own team", day=date.isoformat, today=today, language=language)


@given(_any_facts, st.sampled_from(["en", "cy", "xx"]))
def test_whatever_is_known_gives_whole_sentences_with_nothing_left_to_fill_in(facts: Facts, language: str) -> None:
    standing = told(facts, language=language)
    for text in (standing.title, standing.now, standing.next):
        assert text and "{" not in text and "}" not in text
    assert standing.code in STANDINGS and standing.since


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Facts("received", DAY), "received"),
        (Facts("registered", DAY, registered=DAY), "registered"),
        (Facts("recorded", DAY, outcome="recorded", crime="1"), "recorded"),
        (Facts("not-recorded", DAY, outcome="not-recorded"), "not-recorded"),
        (Facts("not-recorded", DAY, outcome="advised"), "advised"),
        (Facts("not-recorded", DAY, outcome="duplicate"), "duplicate"),
        (Facts("handed-over", DAY, handed_to="Kent Police", answer_by=DAY), "handed-over"),
        (Facts("handed-over", DAY, handed_to="Kent Police", acknowledged=DAY), "acknowledged"),
        (Facts("withdrawn", DAY, closed=DAY), "withdrawn"),
        (Facts("recorded", DAY, erased=DAY), "deleted"),
    ],
)
def test_each_way_has_its_standing(facts: Facts, code: str) -> None:
    assert standing_of(facts)[0] == code


def test_the_crime_number_and_who_has_it_are_told() -> None:
    assert "52/1234/26" in told(Facts("recorded", DAY, crime="52/1234/26")).now
    waiting = told(Facts("handed-over", DAY, handed_to="Kent Police", answer_by=DAY + timedelta(days=7)))
    assert "Kent Police" in waiting.now and "2026-12-05" in waiting.next and waiting.by == DAY + timedelta(days=7)


def test_an_aim_that_was_missed_is_told_as_missed() -> None:
    facts = Facts("received", DAY)
    kept, missed = told(facts, today=DAY + timedelta(days=3)), told(facts, today=DAY + timedelta(days=4))
    assert not kept.is_late and "2026-12-01" in kept.next
    assert missed.is_late and "has not happened" in missed.next


def test_where_nothing_will_be_done_it_is_said_how_the_report_is_used() -> None:
    assert "stays with other reports" in told(Facts("not-recorded", DAY, outcome="not-recorded")).next


def test_what_partners_were_given_and_flags_have_no_words() -> None:
    for action in ("reporting.disclose", "reporting.flag", "reporting.follow", "people.see"):
        assert look_words(table=TABLE, action=action, language="en") == ""
    assert look_words(table=TABLE, action="reporting.read-safety", language="cy")


def test_a_step_of_an_unknown_kind_is_told_too() -> None:
    assert step_words(table=TABLE, act="nonsense", language="en") == "Something was done with your report"
    assert complaint_by(table=TABLE, made=DAY) > DAY


@pytest.mark.parametrize(
    "change",
    [
        ("[standing.deleted]", "[standing.gone]"),
        ("read = 3", "read = 0"),
        ('title.cy = "Wedi\'i dderbyn"', 'title.cy = ""'),
        ('other = {en = "Something was done with your report", ', 'other = {en = " ", '),
    ],
)
def test_a_table_with_a_hole_is_refused(change: tuple[str, str]) -> None:
    assert change[0] in TEXT
    with pytest.raises(TellingError):
        read_table(text=TEXT.replace(*change))
