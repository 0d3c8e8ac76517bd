"""The packaged questions keep the rules; each rule is shown to bite; what their ids mean is what is there."""

import random
import re

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from report_answers import SHELF, by_chance, chosen, finish

from bluelamp.reporting.domain.conditions import (
    ALWAYS,
    All,
    ConditionError,
    Either,
    Has,
    Not,
    holds,
    mentions,
    read_condition,
)
from bluelamp.reporting.domain.question import SIGNALLED, Flag, Kind, Shelf
from bluelamp.reporting.domain.routing import NATIONS, route
from bluelamp.reporting.domain.shelf import ShelfError, read_shelf
from bluelamp.reporting.domain.values import Contact, Precision
from bluelamp.reporting.facts import routes
from bluelamp.reporting.questions import SECTIONS, shelf
from bluelamp.reporting.questions.meaning import (
    USED,
    contact_of,
    is_anonymous,
    kinds,
    place_to_find,
    routing_case,
    safe_number,
    time_of,
)


def common() -> str:
    parts = ['[retention.report]\ndays = 365\nsince = "closed"\nen = "{months} months."\ncy = "{months} mis."']
    for n in ("en", "cy"):
        lines = (f'"{k}" = """{v}"""' for k, v in SHELF.phrases[n].items())
        parts.append(f"[{n}]\n" + "\n".join(lines))
    return "\n".join(parts)


GOOD = """
[en]
name = "one"
[cy]
name = "un"
[[question]]
id = "a"
kind = "choice"
options = ["x", "y"]
retention = "report"
[question.en]
label = "A?"
why = "Because."
options = { x = "X", y = "Y" }
[question.cy]
label = "A, ie?"
why = "Achos."
options = { x = "Ecs", y = "Wy" }
[[question]]
id = "b"
kind = "text"
retention = "report"
asked_if = { question = "a", has = ["x"] }
[question.en]
label = "B?"
why = "Because."
[question.cy]
label = "B, ie?"
why = "Achos."
[[question]]
id = "end"
kind = "check"
[question.en]
label = "Send"
[question.cy]
label = "Anfon"
"""


def read(text: str, shared: str = "") -> Shelf:
    return read_shelf(common=shared or common(), sections=[("one", text)])


def test_the_small_shelf_is_good_and_its_version_follows_every_word() -> None:
    good = read(GOOD)
    assert [q.id for q in good.questions] == ["a", "b", "end"] and good.retentions["report"].sentences[
        "en"
    ] == "12 months."
    versions = {
        good.version,
        read(GOOD.replace("Achos.", "Achos!")).version,
        read(GOOD.replace('["x"]', '["y"]')).version,
    }
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('id = "b"', 'id = "a"', "stands twice"),
        ('kind = "check"', 'kind = "info"', "last page must check"),
        ('kind = "text"', 'kind = "check"', "only the last page"),
        ('id = "end"', 'id = "end"\nasked_if = { question = "a", has = ["x"] }', "must always come"),
        ('options = ["x", "y"]', 'options = ["x"]', "two options"),
        ('options = ["x", "y"]', 'options = ["x", "x"]', "stands twice"),
        ('options = ["x", "y"]', 'options = ["x", "not-sure"]', "every question has"),
        ('options = ["x", "y"]', 'options = ["x", "y"]\nalone = ["z"]', "not there"),
        ('options = ["x", "y"]', 'options = ["x", "y"]\nflags = { z = ["danger"] }', "not there"),
        ('options = ["x", "y"]', 'options = ["x", "y"]\nflags = { x = ["fun"] }', "another form"),
        ('y = "Y" }', 'y = "Y", z = "Z" }', "other words"),
        ('y = "Wy" }', "}", "missing|other words|no TOML"),
        ('kind = "choice"', 'kind = "slider"', "another form"),
        ('kind = "text"', 'kind = "text"\nlimit = 0', "limit"),
        ('kind = "text"', 'kind = "text"\nlimit = 99999', "limit"),
        ('kind = "text"', 'kind = "text"\nways = ["email"]', "ways"),
        ('kind = "text"', 'kind = "contact"\nways = ["pigeon"]', "ways"),
        ('kind = "text"', 'kind = "text"\ncolour = "red"', "unknown parts"),
        ('kind = "text"', 'kind = "info"', "nothing to tell"),
        ('label = "B?"\nwhy = "Because."', 'label = "B?"', "why we ask"),
        ('label = "B?"', 'label = " "', "empty"),
        ('label = "B?"', 'label = "B?"\nhint = "H."', "different things"),
        ('label = "B?"', 'label = "B?"\nsize = "L"', "unknown words"),
        ('label = "B?"', 'label = "B?"\nerrors = { odd = "O" }', "unknown code"),
        (
            'id = "b"\nkind = "text"\nretention = "report"',
            'id = "b"\nkind = "text"\nretention = "for-ever"',
            "how long",
        ),
        ('kind = "check"', 'kind = "check"\nretention = "report"', "keeps nothing"),
        ('question = "a", has', 'question = "end", has', "does not come before"),
        ('question = "a", has', 'question = "b", has', "does not come before"),
        ('has = ["x"]', 'has = ["z"]', "does not have"),
        ('has = ["x"]', "has = []", "no condition"),
        ('{ question = "a", has = ["x"] }', '"__import__"', "no condition"),
        ('kind = "text"', 'kind = "text"\ntopics_from = "end"', "advice comes from"),
        ("[cy]", "[fr]", "missing"),
        ("[[question]]", "[[question", "no TOML"),
    ],
)
def test_a_shelf_that_breaks_a_rule_is_refused(old: str, new: str, rule: str) -> None:
    assert old in GOOD
    with pytest.raises(ShelfError, match=rule):
        read(GOOD.replace(old, new, 1))


def test_shared_sentences_must_be_complete() -> None:
    with pytest.raises(ShelfError, match="end-first"):
        read(GOOD, re.sub(r'"end-first" = .*\n', "", common()))
    with pytest.raises(ShelfError, match="different shared"):
        read(GOOD, common() + '\n"extra" = "x"')


def test_the_list_of_sections_refuses_doubles() -> None:
    assert shelf(("a", "b")) == ("a", "b") and SECTIONS[0] == "safety" and SECTIONS[-1] == "check"
    for wrong in (("a", "a"), ("a", "")):
        with pytest.raises(ValueError, match="id of its own"):
            shelf(wrong)


# Conditions.


@pytest.mark.parametrize(
    "raw",
    [
        None,
        5,
        "x",
        [],
        {},
        {"all": []},
        {"any": []},
        {"not": None},
        {"question": "a"},
        {"question": "a", "has": "x"},
        {"question": "a", "has": [1]},
        {"question": "a", "has": ["x"], "or": 1},
        {"all": [{}], "any": [{}]},
        {"eval": "1"},
    ],
)
def test_what_is_no_condition_is_refused(raw: object) -> None:
    with pytest.raises(ConditionError):
        read_condition(raw)


def test_a_condition_cannot_be_endless() -> None:
    raw: object = {"question": "a", "has": ["x"]}
    for _ in range(50):
        raw = {"not": raw}
    with pytest.raises(ConditionError, match="deep"):
        read_condition(raw)


names = st.sampled_from("abc")
conditions = st.recursive(
    st.builds(Has, names, st.frozensets(st.sampled_from("xy"), min_size=1)),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Either, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
codes = st.dictionaries(names, st.frozensets(st.sampled_from("xyz")), max_size=3)


@hypothesis_given(conditions, codes, st.frozensets(names), st.data())
def test_what_is_certain_stays_so_whatever_is_answered(condition, codes, still_open, data) -> None:  # type: ignore[no-untyped-def]
    verdict = holds(condition=condition, codes=codes, still_open=still_open)
    extra = data.draw(
        st.dictionaries(st.sampled_from(sorted(still_open) or ["q"]), st.frozensets(st.sampled_from("xyz")))
    )
    later = holds(condition=condition, codes={**extra, **codes})
    assert later is not None, "with nothing open there is an answer"
    assert verdict in (None, later)
    assert {has.question for has in mentions(condition)} <= set("abc")


def test_always() -> None:
    assert holds(condition=ALWAYS, codes={}) is True
    assert holds(condition=Has("a", frozenset("x")), codes={}) is False, "a question that is not asked has no answer"


# The packaged questions.


def test_every_question_says_why_how_long_and_whether_it_is_delicate() -> None:
    for question in SHELF.questions:
        if not question.tells:
            assert question.retention and all(question.wording[n].why for n in ("en", "cy"))
    delicate = {q.id for q in SHELF.questions if q.abuse_sensitive}
    assert {
        "seen-by",
        "go-on",
        "who-known",
        "close-help",
        "safe-number",
        "safe-when",
        "contact-safe",
        "danger",
    } <= delicate
    raised = {flag for q in SHELF.questions for flags in q.flags.values() for flag in flags}
    assert raised == set(Flag) - SIGNALLED


def test_what_raises_a_flag_with_yes_never_lowers_it_with_not_sure() -> None:
    for name in ("danger", "seen-by", "threats", "contact-safe"):
        question = SHELF.by_id[name]
        assert question.flags["not-sure"], name
        worst = question.flags.get("yes") if name != "contact-safe" else question.flags["no"]
        assert question.flags["not-sure"] == worst


def test_ids_that_the_program_knows_are_there() -> None:
    assert set(SHELF.by_id) >= USED
    assert set(SHELF.by_id["nation"].options) == set(NATIONS) - {""}


def test_what_answers_mean() -> None:
    given = {
        "seen-by": "no",
        "what-happened": "phone-stolen sim-swap",
        "when": "about",
        "where": "rail",
        "lost": "things",
    }
    held, way = finish(pick=chosen({**given, "contact-choice": "named"}))
    told = way.in_effect
    assert kinds(told) == ("phone-stolen", "sim-swap") and not is_anonymous(told)
    place, when = place_to_find(told), time_of(told)
    assert place is not None and place.postcode == "CF10 1AA"
    assert when is not None and when.precision is Precision.SEASON
    assert contact_of(told) == Contact("name@example.com", "+447700900123") and safe_number(told) == ""
    found = route(routes=routes(), case=routing_case(shelf=SHELF, answers=held, force="south-wales"))
    assert found.first == "force:btp" and set(found.alternatives) == {"report-fraud", "force:south-wales"}
    assert (kinds({}), place_to_find({}), time_of({}), contact_of({}), is_anonymous({})) == (
        ("not-sure",),
        None,
        None,
        None,
        False,
    )


def test_nothing_lost_is_only_what_was_said_so() -> None:
    calm = {
        "seen-by": "no",
        "danger": "no",
        "what-happened": "phishing",
        "where": "online",
        "nation": "england",
        "who-known": "stranger",
    }
    calm |= {"under-18": "no", "urgent": "none"}
    for lost, first in (("nothing", "advice"), ("not-sure", "report-fraud"), ("details", "report-fraud")):
        held, _ = finish(pick=chosen({**calm, "lost": lost}))
        assert route(routes=routes(), case=routing_case(shelf=SHELF, answers=held, force="")).first == first


@pytest.mark.parametrize("seed", range(30))
def test_whoever_may_be_watched_or_abused_goes_to_a_force_or_our_desk(seed: int) -> None:
    held, way = finish(pick=by_chance(random.Random(seed)))
    case = routing_case(shelf=SHELF, answers=held, force="")
    found = route(routes=routes(), case=case)
    if {Flag.ABUSE, Flag.WATCHED, Flag.DANGER} & case.flags:
        assert found.first == "desk" or found.first.startswith("force:")
    assert way.is_complete and SHELF.by_id[way.asked[-1]].kind is Kind.CHECK
