"""Flags are raised by answers and words in both languages; nothing that is added ever lowers anything."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting import facts
from bluelamp.reporting.domain.conditions import holds, mentions
from bluelamp.reporting.domain.duties import NO_DUTY, duties
from bluelamp.reporting.domain.flagging import (
    LEVELS,
    NO_ALARM,
    Level,
    Raised,
    Signals,
    SignalsError,
    Source,
    acted_on,
    raise_flags,
    read_signals,
    texts_of,
)
from bluelamp.reporting.domain.journey import flags as flags_of_answers
from bluelamp.reporting.domain.phrases import PhraseError, compile_phrases, found_in, words_of
from bluelamp.reporting.domain.priority import priority
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.domain.values import Answer, Codes, Contact, Device, Devices, Seen, Words
from bluelamp.reporting.domain.values import given as gave
from bluelamp.reporting.questions import questions

SHELF = questions()
SIGNALS = facts.signals()
TEXT = (Path(facts.__file__).parent / "signals.toml").read_text("utf-8")

CALM = {
    "danger": gave(Codes(("no",))),
    "seen-by": gave(Codes(("no",))),
    "urgent": gave(Codes(("none",))),
    "what-happened": gave(Codes(("something-else",))),
    "threats": gave(Codes(("no",))),
}


def report(text: str = "It never came.", **more: Answer) -> dict[str, Answer]:
    answers = {**CALM, **{name.replace("_", "-"): answer for name, answer in more.items()}}
    return {**answers, "story": gave(Words(text))}


def raised_in(text: str) -> set[Flag]:
    return {r.flag for r in raise_flags(signals=SIGNALS, shelf=SHELF, answers=report(text)) if r.source is Source.WORDS}


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("He said he'll KILL me", Flag.THREAT_TO_KILL),
        ("they have threatened to kill my family", Flag.THREAT_TO_KILL),
        ("i got death threats", Flag.THREAT_TO_KILL),
        ("Mae e wedi bygwth fy lladd i", Flag.THREAT_TO_KILL),
        ("dywedodd y bydd yn lladd fy mam", Flag.THREAT_TO_KILL),
        ("I don\u2019t want to live anymore", Flag.SELF_HARM),
        ("feeling suicidal", Flag.SELF_HARM),
        ("My son wants to kill himself", Flag.SELF_HARM),
        ("Dw i eisiau marw", Flag.SELF_HARM),
        ("rwy'n meddwl am hunanladdiad", Flag.SELF_HARM),
        ("He has a knife", Flag.WEAPON),
        ("mae ganddo gyllell", Flag.WEAPON),
        ("he is outside my house right now", Flag.DANGER),
        ("Mae e tu allan i'r tŷ", Flag.DANGER),
        ("he hits me", Flag.DANGER),
        ("mae ofn am fy mywyd arna i", Flag.DANGER),
        ("my ex-boyfriend reads everything", Flag.ABUSE),
        ("he controls my money", Flag.ABUSE),
        ("fy nghyn-bartner", Flag.ABUSE),
        ("I found an AirTag in my bag", Flag.STALKING),
        ("someone follows me home", Flag.STALKING),
        ("mae rhywun yn fy nilyn", Flag.STALKING),
        ("my daughter is in year 9", Flag.CHILD),
        ("fy merch", Flag.CHILD),
        ("he asked my daughter for nudes", Flag.CHILD_IMAGES),
        ("lluniau noeth o blentyn", Flag.CHILD_IMAGES),
        ("I paid £900 by transfer today", Flag.MONEY_NOW),
        ("trosglwyddais y arian heddiw", Flag.MONEY_NOW),
        ("our servers are down, ransomware", Flag.LIVE_ATTACK),
        ("mae'r rhwydwaith dan ymosodiad", Flag.LIVE_ATTACK),
        ("my gran has dementia", Flag.VULNERABLE),
        ("mae gan mam-gu dementia", Flag.VULNERABLE),
    ],
)
def test_words_raise_flags_in_english_and_welsh(text: str, flag: Flag) -> None:
    assert flag in raised_in(text)
    assert flag in raised_in(f"Hello.\n\n{text.upper()}!!! and so on")


@pytest.mark.parametrize(
    "text",
    [
        "I bought headphones and they never came.",
        "Prynais glustffonau ac ni ddaethant byth.",
        "An update killed my battery.",
        "Somebody got into my account and changed the password.",
        "The skill of the seller was low; the gunmetal case was scratched.",
    ],
)
def test_calm_words_raise_nothing_and_parts_of_words_do_not_count(text: str) -> None:
    assert not raised_in(text)


def test_not_does_not_lower_a_person_reads_it() -> None:
    assert Flag.THREAT_TO_KILL in raised_in("He did not say that he would kill me")


def test_every_free_text_is_read_and_only_the_question_is_named() -> None:
    said = "he has a knife called Excalibur"
    answers = report(affected=gave(Codes(("phone",))), device=gave(Devices((Device("", said),))), safe_now=gave(Seen()))
    texts = texts_of(answers={**answers, "who-details": gave(Words(said)), "contact": gave(Contact("a@b.uk", ""))})
    assert texts["device"] == said and texts["who-details"] == said and "contact" not in texts
    for raised in raise_flags(signals=SIGNALS, shelf=SHELF, answers=report(said)):
        assert "Excalibur" not in repr(raised) and raised.question in SHELF.by_id


def test_answers_raise_what_the_journey_says_and_private_is_no_alarm() -> None:
    answers = report() | {"danger": gave(Codes(("yes",))), "danger-help": gave(Seen())}
    found = raise_flags(signals=SIGNALS, shelf=SHELF, answers=answers)
    said = flags_of_answers(shelf=SHELF, answers=answers)
    assert {r.flag for r in found if r.source is Source.ANSWER} == said - NO_ALARM
    assert found[0].flag is Flag.DANGER and found[0].level is Level.IMMEDIATE


def test_rules_and_flags_of_the_package_are_whole() -> None:
    assert set(SIGNALS.meanings) == set(Flag) - NO_ALARM
    assert (SIGNALS.minutes[Level.IMMEDIATE], SIGNALS.minutes[Level.TODAY], SIGNALS.minutes[Level.SOON]) == (
        15,
        240,
        1440,
    )
    for rule in SIGNALS.rules:
        assert rule.en.endswith(".") and rule.cy.endswith(".")
        for has in mentions(rule.when) if rule.when else ():
            question = SHELF.by_id[has.question]
            assert has.codes <= {*question.options, "not-sure", "skipped", "given"}, rule.id
    for flag in (Flag.SELF_HARM, Flag.THREAT_TO_KILL, Flag.WEAPON):
        assert acted_on(signals=SIGNALS, raised=[_raised(flag)]) >= {flag, Flag.DANGER}


def test_each_rule_over_answers_can_fire() -> None:
    cases = {
        "bank-not-told": {"lost": ("money",), "bank-told": ("no",)},
        "bank-account-not-told": {"affected": ("bank",), "bank-told": ("no",)},
        "organisation-under-attack": {
            "for-whom": ("organisation",),
            "what-happened": ("ransomware",),
            "still-in": ("yes",),
        },
        "tracked": {"what-happened": ("tracker-stalking",)},
        "watched-by-somebody-close": {"who-known": ("partner",), "what-happened": ("camera-accessed",)},
        "sextortion-of-a-child": {"what-happened": ("sextortion",), "under-18": ("yes",)},
    }
    assert set(cases) == {rule.id for rule in SIGNALS.rules if rule.when is not None}
    for rule in SIGNALS.rules:
        if rule.when is not None:
            codes = {name: frozenset(values) for name, values in cases[rule.id].items()}
            assert holds(condition=rule.when, codes=codes), rule.id
            assert not holds(condition=rule.when, codes={}), rule.id


def _raised(flag: Flag, level: Level | None = None) -> Raised:
    return Raised(flag, "r", level or SIGNALS.meanings[flag].level, Source.WORDS, "story", "a.", "b.")


flags = st.builds(_raised, st.sampled_from(list(SIGNALS.meanings)), st.sampled_from(list(Level)))


@given(st.lists(flags, max_size=8), flags, st.booleans())
def test_one_flag_more_never_makes_a_report_less_urgent(some: list[Raised], more: Raised, burst: bool) -> None:
    before, after = (priority(raised=found, burst=burst) for found in (some, [*some, more]))
    assert before <= after == priority(raised=[more, *reversed(some)], burst=burst)
    fewer, all_of_them = duties(some), duties([*some, more])
    assert all(LEVELS.index(level) <= LEVELS.index(all_of_them[kind]) for kind, level in fewer.items())


def test_every_flag_is_somebodys_duty_but_those_that_only_bar_something() -> None:
    for flag in Flag:
        assert bool(duties([_raised(flag, Level.SOON)])) == (flag not in NO_DUTY)


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_words_on_a_line_of_their_own_never_lower_a_flag(text: str, more: str) -> None:
    danger = f"{text}\nhe has a knife and will kill me\n{more}"
    assert {Flag.WEAPON, Flag.THREAT_TO_KILL} <= raised_in(danger)


def test_a_hostile_text_is_read_quickly() -> None:
    begun = time.perf_counter()
    raised_in("kill " * 2000)
    raised_in("my husband " * 900)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("[minutes]\nimmediate = 16", "shorten"),
        ("[minutes]\nimmediate = 0", "shorten"),
        ('[flag.danger]\nlevel = "soon"', "more urgent"),
        ('[[rule]]\nid = "words-weapon"\nflag = "child"', "only add"),
        ('[[rule]]\nid = "words-weapon"\nwords_en = ["~ knife"]', "gap"),
        ('[[rule]]\nid = "new"\nflag = "danger"\nlevel = "soon"\nwords_en = ["x"]\nen = "a"\ncy = "b"', "not less"),
        ('[[rule]]\nid = "new"\nflag = "danger"\nen = "a"\ncy = "b"', "answers or at words"),
        ('[[rule]]\nid = "new"\nflag = "nonesuch"', "another form"),
        ("not toml", "another form"),
        ("[minutes]\nsoon = 100", "fewer"),
    ],
)
def test_a_force_may_not_loosen_and_nonsense_is_refused(change: str, says: str) -> None:
    with pytest.raises(SignalsError, match=says):
        facts.signals(changes=[change])


def test_a_force_may_tighten_and_add() -> None:
    change = """
[minutes]
immediate = 5
[flag.vulnerable]
level = "today"
[[rule]]
id = "words-weapon"
words_en = ["zombie blade"]
[[rule]]
id = "local"
flag = "danger"
words_en = ["blue lagoon"]
en = "A place of the force."
cy = "Lle'r heddlu."
"""
    tighter = facts.signals(changes=[change])
    assert tighter.minutes[Level.IMMEDIATE] == 5 and tighter.meanings[Flag.VULNERABLE].level is Level.TODAY
    found = {
        r.rule for r in raise_flags(signals=tighter, shelf=SHELF, answers=report("a zombie blade at Blue Lagoon, gran"))
    }
    assert {"words-weapon", "local"} <= found
    mine = [r for r in tighter.rules if r.flag is Flag.VULNERABLE]
    assert mine and all(r.level is Level.TODAY for r in mine)
    assert "words-weapon" in {r.rule for r in raise_flags(signals=tighter, shelf=SHELF, answers=report("a knife"))}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[flag.weapon]", "[flag.weapons]", "another form"),
        ('id = "words-weapon"', 'id = "words-abuse"', "of its own"),
        ("immediate = 15", "immediate = 9999", "fewer"),
    ],
)
def test_a_broken_table_says_where(old: str, new: str, says: str) -> None:
    with pytest.raises(SignalsError, match=says):
        read_signals(text=TEXT.replace(old, new, 1))


def test_a_table_that_forgets_a_flag_is_refused() -> None:
    without = re.sub(r"\[flag\.unsafe-contact\].*?\n\n", "", TEXT, count=1, flags=re.DOTALL)
    with pytest.raises(SignalsError, match="unsafe-contact"):
        read_signals(text=without)


@pytest.mark.parametrize("phrase", ["", "   ", "~", "kill ~", "a(b", "x" * 300, "k+"])
def test_a_phrase_with_signs_or_without_words_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrases([phrase])


@given(st.text(max_size=300))
def test_the_form_of_words_is_stable(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words


def test_gaps_endings_and_choices() -> None:
    pattern = compile_phrases(["cut|slit ~ throat*"])
    for text, hit in {
        "cut throats": True,
        "slit his very own throat": True,
        "cut one two three four throat": False,
        "haircut throat": False,
        "cut-throat": True,
    }.items():
        assert found_in(pattern=pattern, words=words_of(text)) is hit, text
    assert compile_phrases([]) is None and not found_in(pattern=None, words=["a"])


def test_signals_are_one_type() -> None:
    assert isinstance(SIGNALS, Signals)
