"""References survive the telephone; recovery words are strong and mean nothing to a stranger."""

import math
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.messaging.domain.neutral import giveaways
from bluelamp.reporting.domain.references import (
    ALPHABET,
    LENGTH,
    WORDS,
    NoReferenceError,
    WordsError,
    new_reference,
    read_reference,
    read_word_list,
    spoken,
)
from bluelamp.reporting.facts import word_list

LIST = word_list()
references = st.integers(0, 2**64).map(lambda seed: new_reference(choice=random.Random(seed).choice))
# Words that must not come up, written out here.
NEVER = (
    "kill knife gun dead die murder rape sex nude naked ass arse tit cock dick prick shit piss damn hell slut whore "
)
NEVER += "fag dyke spade pansy gypsy cow bitch pig fat ugly stupid idiot drug dope weed crack bomb blood corpse coffin "
NEVER += "hang rope follow watch chase trap stalk hurt hit beat punch slap police court judge jail prison crime victim"


def bare(reference: str) -> str:
    return reference.replace("-", "")


@given(references)
def test_a_reference_reads_back_in_every_way_of_writing(reference: str) -> None:
    assert len(reference) == 11 and reference[3] == reference[7] == "-"
    assert all(set(group) & set(string.digits) for group in reference.split("-")), "no group spells anything"
    forms = (
        reference.lower(),
        bare(reference),
        reference.replace("-", " "),
        f"  {reference}\n",
        "\u2013".join(reference.split("-")),
        " ".join(bare(reference)),
        reference.translate(str.maketrans("8Q", "B0")),
        "\u200b".join(reference),
    )
    assert all(read_reference(form) == reference for form in forms)


@given(references)
def test_every_single_error_is_found(reference: str) -> None:
    text = bare(reference)
    for place in range(LENGTH):
        for other in set(ALPHABET) - {text[place]}:
            with pytest.raises(NoReferenceError) as caught:
                read_reference(text[:place] + other + text[place + 1 :])
            assert caught.value.code == "check"


@given(references)
def test_every_exchange_of_two_characters_is_found(reference: str) -> None:
    text = bare(reference)
    for one in range(LENGTH):
        for two in range(one + 1, LENGTH):
            if text[one] != text[two]:
                swapped = list(text)
                swapped[one], swapped[two] = text[two], text[one]
                with pytest.raises(NoReferenceError):
                    read_reference("".join(swapped))


@given(st.text(max_size=30))
def test_other_texts_are_refused_with_a_code(text: str) -> None:
    try:
        assert read_reference(text)
    except NoReferenceError as problem:
        assert problem.code in {"length", "letter", "check"}


def test_the_alphabet_has_nothing_ambiguous() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 19
    assert not set(ALPHABET) & set("AEIOU0O1I5SVBGZNCDP")
    assert {c for _ in range(300) for c in bare(new_reference())} == set(ALPHABET)


def test_endless_and_odd_references() -> None:
    for text in ("", "7", "x" * 100_000, "\ud800", "\0", "7HK-2MR-W4\u0130"):
        with pytest.raises(NoReferenceError):
            read_reference(text)


def test_a_reference_is_said_aloud() -> None:
    assert spoken("7HK-2MR-W4X", language="en") == "seven Hotel Kilo, two Mike Romeo, Whiskey four X-ray"
    assert spoken("7HK-2MR-W4X", language="cy").startswith("saith Hotel Kilo, dau Mike")


def test_the_words_are_many_short_plain_and_neutral() -> None:
    assert len(LIST.words) >= 2048 and LIST.bits >= 60 and LIST.bits == WORDS * math.log2(len(LIST.words))
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in LIST.words)
    assert not [word for word in LIST.words if giveaways(word)]
    assert not LIST.known & set(NEVER.split())
    assert not [w for w in LIST.words if w + "s" in LIST.known], "no word beside its own plural"
    assert list(LIST.words) == sorted(LIST.words)


def test_words_are_drawn_evenly_and_read_back() -> None:
    drawn = LIST.draw(choice=random.Random(1).choice)
    assert len(drawn) == WORDS and LIST.read(" ".join(drawn)) == drawn
    assert LIST.read(", ".join(w.upper() for w in drawn)) == drawn and LIST.read("\n-".join(drawn)) == drawn
    assert LIST.draw() != LIST.draw()
    counts = {w for _ in range(4000) for w in LIST.draw(choice=random.Random(_).choice)}
    assert len(counts) > 0.99 * len(LIST.words)


def test_what_is_wrong_with_words_is_said_by_place_and_not_by_text() -> None:
    drawn = ("acorn", "badger", "canoe", "daffodil", "easel", "falcon")
    with pytest.raises(WordsError) as caught:
        LIST.read("acorn badger canoo daffodil easel falcon")
    assert (
        caught.value.unknown[0][0] == 3 and "canoe" in caught.value.unknown[0][1] and "canoo" not in str(caught.value)
    )
    with pytest.raises(WordsError) as caught:
        LIST.read(" ".join(drawn[:5]))
    assert caught.value.count == 5 and not caught.value.unknown
    for text in ("", "\0", "acorn " * 100_000, "\ud800" * 6, "1 2 3 4 5 6"):
        with pytest.raises(WordsError):
            LIST.read(text)


def test_the_words_themselves_are_noticed_in_a_message() -> None:
    drawn = LIST.draw()
    assert LIST.is_in(words=drawn, text=f"My words are {', '.join(drawn).upper()}!")
    assert not LIST.is_in(words=drawn, text=" ".join(drawn[::-1]) if drawn != drawn[::-1] else "")
    assert not LIST.is_in(words=drawn, text="Somebody used my camera.")


@pytest.mark.parametrize("text", ["one two three", "acorn acorn", "Acorn", " ".join(f"x{i}" for i in range(3000))])
def test_a_weak_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="list"):
        read_word_list(text=text)
