"""Every text of advice keeps the rules; each rule is shown to bite on a text that breaks it."""

import re
from datetime import date, timedelta

import pytest

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.kernel.advice.domain.plain import problems, sentence_lengths
from bluelamp.kernel.advice.domain.texts import Advice, AdviceError, parse_advice, parse_common
from bluelamp.kernel.advice.queries import all_advice, common, helplines
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES

TEXTS = all_advice()
each = pytest.mark.parametrize("text", TEXTS, ids=lambda t: t.code)
NUMBERS = {"0808 2000 247", "0808 80 10 800", "0800 027 1234", "0808 802 1414", "0808 801 0327"}
# Orders that change something. In the safe variant they may only be forbidden ("Do not ...").
ORDERS = {
    "en": "change|reset|delete|remove|sign|switch|turn|unplug|block|install|update|disconnect|log|uninstall|search"
    "|cover|mute|clear|set|erase|lock|unlink|close",
    "cy": "newidiwch|ailosodwch|dilëwch|tynnwch (?!lun)|allgofnodwch|trowch|diffoddwch|datgysylltwch|rhwystrwch"
    "|gosodwch|chwiliwch|gorchuddiwch|cliriwch|clowch|caewch",
}
# Written out here: the test must fail if the program's own list is emptied.
NEVER = {
    "en": "unsafe|insecure|do not buy|don't buy|£|cheap|expensive|best buy",
    "cy": "anniogel|ansicr|peidiwch â phrynu|£|rhad|drud",
}


def test_enough_kinds_of_devices_and_crimes_are_covered() -> None:
    devices = [t for t in TEXTS if t.categories]
    assert len(devices) >= 12 and len({c for t in devices for c in t.categories}) >= 12
    assert {c for t in TEXTS for c in t.crimes} == set(CRIMES) and len(CRIMES) >= 10
    assert {c for t in TEXTS for c in t.categories} <= set(CATEGORIES)
    home = {c.code for c in CATEGORIES.values() if c.group == "home"}
    assert home <= {c for t in TEXTS for c in t.categories}, "every device of a home has advice"


@each
@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_words_are_plain_and_fair(text: Advice, language: str) -> None:
    words = text.words[language]
    assert not problems(texts=words.all_texts, language=language)
    read = " ".join(words.all_texts)
    assert not re.search(NEVER[language], read, re.IGNORECASE)
    lengths = [n for t in words.all_texts for n in sentence_lengths(t)]
    assert sum(lengths) / len(lengths) <= 20
    assert all(t[0].isupper() or t[0].isdigit() for t in words.all_texts)
    assert all(t.endswith(".") for t in (words.why, *words.steps, *words.safe_steps))
    assert len(set(words.steps)) == len(words.steps)


@each
def test_both_languages_say_the_same_number_of_things_and_the_same_numbers(text: Advice) -> None:
    english, welsh = text.words["en"], text.words["cy"]
    assert welsh.machine_drafted and not english.machine_drafted
    assert (len(english.steps), len(english.safe_steps)) == (len(welsh.steps), len(welsh.safe_steps))
    pairs = zip(english.steps + english.safe_steps[1:], welsh.steps + welsh.safe_steps[1:], strict=True)
    for one, other in pairs:
        assert one != other
        assert sorted(re.findall(r"\d[\d ]{2,}\d", one)) == sorted(re.findall(r"\d[\d ]{2,}\d", other))


@each
@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_safe_variant_warns_first_and_orders_no_change(text: Advice, language: str) -> None:
    words = text.words[language]
    first, *middle, last = words.safe_steps
    assert first.startswith(("Change nothing yet.", "Peidiwch â newid dim eto."))
    assert any(number in first for number in NUMBERS) and "999" in first
    assert len(middle) >= 2 and not set(words.safe_steps) & set(words.steps)
    for step in (*middle, last):
        for sentence in re.split(r"(?<=[.:])\s+", step):
            assert not re.match(rf"(?:{ORDERS[language]})\b", sentence, re.IGNORECASE), sentence


@each
def test_sources_and_reviews_hold(text: Advice) -> None:
    assert text.sources and all(s.url.startswith("https://") and s.title and s.publisher for s in text.sources)
    assert text.reviewed_on < text.review_by <= text.reviewed_on + timedelta(days=366)
    assert not text.is_overdue(today=text.review_by) and text.is_overdue(today=text.review_by + timedelta(days=1))


def test_helplines_are_the_known_ones_in_both_languages() -> None:
    for language in ("en", "cy"):
        assert {h.number for h in helplines(language=language)} == NUMBERS
        assert all(h.url.startswith("https://") and h.name and h.who for h in helplines(language=language))
    assert helplines(language="cy")[0].number == "0808 80 10 800", "the Welsh helpline first"


def test_every_source_is_used() -> None:
    used = {s.url for t in TEXTS for s in t.sources}
    unused = {key for key, s in common().sources.items() if s.url not in used}
    assert not unused


def test_trackers_and_pictures_come_with_no_instructions_for_offenders() -> None:
    stalking = next(t for t in TEXTS if t.code == "tracker-stalking").words["en"]
    assert not re.search(
        r"\b(place|attach|hide|pair|register) (a|the|your) (tag|tracker)", " ".join(stalking.all_texts)
    )
    sextortion = " ".join(next(t for t in TEXTS if t.code == "sextortion").words["en"].steps)
    assert "under 18" in sextortion and "Never pass on" in sextortion and "116 123" in sextortion


GOOD = """
code = "x"
applies_to = { categories = ["router"] }
reviewed_on = 2026-01-01
review_by = 2027-01-01
sources = ["s"]
[en]
title = "Title"
why = "It helps."
steps = ["One.", "Two.", "Three."]
abuse_safe = ["Four.", "Five."]
[cy]
machine_drafted = true
title = "Teitl"
why = "Mae'n helpu."
steps = ["Un.", "Dau.", "Tri."]
abuse_safe = ["Pedwar.", "Pump."]
"""
SHARED = """
[sources.s]
publisher = "P"
title = "T"
url = "https://example.org/"
[helplines]
en = [{ name = "N", number = "0", who = "W", url = "https://example.org/" }]
cy = [{ name = "N", number = "0", who = "W", url = "https://example.org/" }]
[abuse_safe.en]
first = "First."
last = "Last."
[abuse_safe.cy]
first = "Cyntaf."
last = "Olaf."
"""


def parse(text: str, shared: str = SHARED) -> Advice:
    return parse_advice(code="x", text=text, common=parse_common(text=shared))


def test_the_safe_steps_are_framed_and_the_version_follows_every_word() -> None:
    good = parse(GOOD)
    assert good.words["en"].safe_steps == ("First.", "Four.", "Five.", "Last.")
    versions = {good.version, parse(GOOD.replace("Tri.", "Tri!")).version, parse(GOOD.replace("Five.", "Six.")).version}
    versions |= {parse(GOOD, SHARED.replace("First.", "Before.")).version}
    versions |= {parse(GOOD, SHARED.replace("example.org", "example.com")).version}
    assert len(versions) == 5
    assert parse(GOOD.replace("2027-01-01", "2026-06-01")).version == good.version, (
        "a review date is no change of words"
    )


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"Three."', '"This router is unsafe."', "unsafe"),
        ('"Three."', '"Do not buy it."', "Do not buy"),
        ('"Tri."', '"Mae\'n anniogel."', "anniogel"),
        ('"Three."', '"It costs £20."', "£"),
        ('"It helps."', '"' + "word " * 31 + '."', "31 words"),
        ('"It helps."', '"' + ("word " * 25 + ". ") * 60 + '"', "on average"),
        ('["router"]', '["toaster"]', "unknown"),
        ('categories = ["router"]', 'crimes = ["jaywalking"]', "unknown"),
        ('categories = ["router"]', 'products = ["No Key"]', "product key"),
        ('categories = ["router"]', "", "applies to nothing"),
        ('code = "x"', 'code = "y"', "not its code"),
        ("2027-01-01", "2027-01-03", "twelve months"),
        ("2027-01-01", "2025-12-31", "twelve months"),
        ("2027-01-01", '"soon"', "must be dates"),
        ("2027-01-01", "2026-06-01T00:00:00", "must be dates"),
        ('sources = ["s"]', "sources = []", "no source"),
        ('sources = ["s"]', 'sources = ["t"]', "missing"),
        (', "Tri."', "", "different numbers"),
        ('["Pedwar.", "Pump."]', '["Pedwar."]', "different numbers"),
        ('"Two."', '" "', "empty"),
        ("[cy]", "[fr]", "missing"),
        ("code =", "code ==", "no TOML"),
    ],
)
def test_a_text_that_breaks_a_rule_is_refused(old: str, new: str, rule: str) -> None:
    assert old in GOOD
    with pytest.raises(AdviceError, match=re.escape(rule)):
        parse(GOOD.replace(old, new))


def test_a_source_without_https_is_refused_and_too_few_steps() -> None:
    with pytest.raises(AdviceError, match="https"):
        parse(
            GOOD,
            SHARED.replace('url = "https://example.org/"\n[helplines]', 'url = "http://example.org/"\n[helplines]'),
        )
    with pytest.raises(AdviceError, match="too few"):
        parse(GOOD.replace(', "Three."', "").replace(', "Tri."', ""))
    with pytest.raises(AdviceError, match="common"):
        parse(GOOD, SHARED.replace("[abuse_safe.cy]", "[abuse_safe.fr]"))


def test_the_clock_is_the_reader_s_day() -> None:
    assert TEXTS[0].is_overdue(today=date(2100, 1, 1))
