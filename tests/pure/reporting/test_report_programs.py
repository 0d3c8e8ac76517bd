"""Answers of programs: whatever is not told as wrong reaches the end, and no silence says anything about safety."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.journey import sent, through_telling, walk
from bluelamp.reporting.domain.programs import must_be_said, read_answers, told
from bluelamp.reporting.questions import questions

SHELF = questions()
TODAY = date(2026, 11, 28)
ASKING = [q for q in SHELF.questions if not q.tells]
_NAMES = st.sampled_from(["day", "first", "email", "product", "text", "x"])
_JUNK = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
    st.just({"not_sure": True}),
    st.dictionaries(_NAMES, st.text(max_size=9), max_size=3),
)


def _values(name: str) -> st.SearchStrategy[Any]:
    options = SHELF.by_id[name].options
    return st.one_of(st.sampled_from(options), _JUNK) if options else _JUNK


RAW = st.fixed_dictionaries({}, optional={q.id: _values(q.id) for q in ASKING})


@given(RAW, st.booleans())
def test_what_is_not_wrong_reaches_the_end(raw: dict[str, Any], fill: bool) -> None:
    read = read_answers(shelf=SHELF, raw=raw, today=TODAY, fill=fill)
    for wrong in read.wrong:
        assert told(shelf=SHELF, wrong=wrong, language="en") and told(shelf=SHELF, wrong=wrong, language="cy")
    if not read.wrong:
        full = through_telling(shelf=SHELF, answers=read.answers)
        assert walk(shelf=SHELF, answers=full).is_complete
        assert not set(read.aside) & set(sent(shelf=SHELF, answers=full))


@given(RAW)
def test_silence_raises_no_flag(raw: dict[str, Any]) -> None:
    """Each flag comes of an answer that was given, never of one that was filled in."""
    raw = {"danger": "no", "seen-by": "no", "threats": "no", "contact-safe": "yes", "call-offer": "no", **raw}
    read = read_answers(shelf=SHELF, raw=raw, today=TODAY, fill=True)
    if not read.wrong:
        full = through_telling(shelf=SHELF, answers=read.answers)
        said = {name: answer for name, answer in full.items() if name in raw or SHELF.by_id[name].tells}
        assert all(name in raw for name in sent(shelf=SHELF, answers=full) if must_be_said(SHELF.by_id[name]))
        silent = {n: a for n, a in full.items() if n not in said}
        assert not any(SHELF.by_id[n].flags.get(code) for n, a in silent.items() for code in a.codes)
