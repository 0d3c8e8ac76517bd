"""Suggested codes come with reasons and say what is unverified; nothing ever suggests that there is no crime."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.reporting import facts
from bluelamp.reporting.domain.conditions import mentions
from bluelamp.reporting.domain.offences import Fit, OffencesError, Scheme, fit_words, note, read_offences, suggest
from bluelamp.reporting.domain.question import CHOOSING
from bluelamp.reporting.domain.values import NOT_SURE, Answer, Codes
from bluelamp.reporting.domain.values import given as gave
from bluelamp.reporting.questions import questions

TABLE = facts.offences()
SHELF = questions()
TEXT = (Path(facts.__file__).parent / "offences.toml").read_text("utf-8")
CHOICES = {q.id: q.options for q in SHELF.questions if q.kind in CHOOSING}


def said(**answers: tuple[str, ...]) -> dict[str, Answer]:
    return {name.replace("_", "-"): gave(Codes(codes)) for name, codes in answers.items()}


some_answers = st.dictionaries(st.sampled_from(sorted(CHOICES)), st.integers(0, 20), max_size=12).map(
    lambda picked: {
        q: gave(Codes((CHOICES[q][n % len(CHOICES[q])],))) if n < 19 else NOT_SURE for q, n in picked.items()
    }
)


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        (said(what_happened=("tracker-stalking",)), "8Q"),
        (said(what_happened=("sextortion",)), "35"),
        (said(what_happened=("ransomware",)), "NFIB52E"),
        (said(what_happened=("keyless-theft",)), "48/1"),
        (said(what_happened=("shopping-fraud",)), "NFIB3A"),
        (said(what_happened=("account-hacked",), affected=("account",)), "NFIB52C"),
        (said(what_happened=("camera-accessed",)), "NFIB52B"),
        (said(what_happened=("phone-stolen",), where=("place",)), "39"),
        (said(what_happened=("camera-accessed", "sextortion"), urgent=("child-pictures",)), "35"),
    ],
)
def test_answers_lead_to_a_code_with_reasons(answers: dict[str, Answer], first: str) -> None:
    found = suggest(table=TABLE, answers=answers, nation="wales")
    assert found.first and found.first.offence.code == first and found.first.reasons
    assert all(reason.question in answers for s in (found.first, *found.alternatives) for reason in s.reasons)
    assert "decide" in found.notes


@given(some_answers, st.sampled_from(["england", "wales", ""]))
def test_whatever_is_answered_nothing_says_no_crime(answers: dict[str, Answer], nation: str) -> None:
    found = suggest(table=TABLE, answers=answers, nation=nation)
    every = [s for s in (found.first, *found.alternatives) if s]
    assert len({s.offence.code for s in every}) == len(every) and all(s.reasons for s in every)
    assert [s.points for s in every] == sorted((s.points for s in every), reverse=True)
    assert ("none-fits" in found.notes) == (not every) and ("unknown-nation" in found.notes) == (not nation)
    assert ("unverified" in found.notes) == any(not s.offence.verified for s in every)


@given(some_answers, st.sampled_from(["scotland", "northern-ireland", "elsewhere", "atlantis"]))
def test_other_nations_get_no_code_and_a_sentence(answers: dict[str, Answer], nation: str) -> None:
    found = suggest(table=TABLE, answers=answers, nation=nation)
    assert found.first is None and not found.alternatives and len(found.notes) == 1
    for language in ("en", "cy"):
        assert note(table=TABLE, name=found.notes[0], language=language).endswith(".")


def test_every_kind_of_crime_but_a_false_message_has_a_code() -> None:
    without = {k for k in CRIMES if not suggest(table=TABLE, answers=said(what_happened=(k,)), nation="england").first}
    assert without == set()


def test_the_table_holds_together_with_the_questions() -> None:
    for pointer in TABLE.pointers:
        for has in mentions(pointer.when):
            assert has.codes <= {*SHELF.by_id[has.question].options, "not-sure"}, pointer.code
        assert pointer.en.endswith(".") and pointer.cy.endswith(".") and pointer.en != pointer.cy
    assert {p.code for p in TABLE.pointers} == set(TABLE.offences)
    assert all("no crime" not in o.title.lower() and "no-crime" not in o.code.lower() for o in TABLE.offences.values())


def test_what_is_verified_names_its_source_and_nothing_of_the_fraud_centre_is() -> None:
    verified = [o for o in TABLE.offences.values() if o.verified]
    assert verified and all(o.source and re.fullmatch(r"\d{4}-\d\d", o.as_of) for o in verified)
    assert not any(o.verified for o in TABLE.offences.values() if o.scheme is Scheme.NFIB)
    words = {fit_words(table=TABLE, fit=f, language=n) for f in Fit for n in ("en", "cy")}
    assert len(words) == 6


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('code = "8L"\nscheme', 'code = "8Q"\nscheme', "twice"),
        ("strength = 3", "strength = 4", "1 to 3"),
        ('source = "Home Office', 'sources = "Home Office', "names its source"),
        ("[note.scotland]", "[note.alba]", "scotland"),
        ("[fit.weak]", "[fit.good2]", "another form"),
        ('en = "A vehicle was taken without its key."', 'en = " "', "empty"),
        ("[[offence]]", "[offence]", "another form"),
    ],
)
def test_a_broken_table_says_why(old: str, new: str, says: str) -> None:
    with pytest.raises(OffencesError, match=says):
        read_offences(text=TEXT.replace(old, new, 1))
