"""Quick comparison of texts leaves none out that the true distance would find."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.lexicon import Lexicon, Spellings, letters_of, may_be_near

# Few letters, so that texts are often near; others share a bit with one of them.
TEXTS = st.text(alphabet="abz09é\N{CJK UNIFIED IDEOGRAPH-8DEF}\N{DESERET SMALL LETTER EW}", min_size=1, max_size=9)
SOME_TEXTS = st.lists(TEXTS, min_size=1, max_size=30, unique=True)


@given(TEXTS, SOME_TEXTS, st.integers(0, 3))
def test_none_that_is_near_is_left_out(text: str, texts: list[str], edits: int) -> None:
    near = [other for other in texts if OSA.distance(text, other) <= edits]
    kept = Spellings(texts).near(text, edits)
    assert [other for other in kept if OSA.distance(text, other) <= edits] == near


@given(TEXTS, SOME_TEXTS)
def test_edits_may_differ_from_text_to_text(text: str, texts: list[str]) -> None:
    spellings = Spellings(texts)
    edits = np.array([OSA.distance(text, other) for other in texts])
    assert may_be_near(text, edits, spellings.lengths, spellings.letters).all()


def test_what_is_far_is_left_out() -> None:
    assert Spellings(["netgear", "hikvision", "netgaer", "netger", "abcdefg"]).near("netgear", 1) == [
        "netgear",
        "netgaer",
        "netger",
    ]
    assert Spellings([]).near("netgear", 1) == []


@given(st.lists(TEXTS, max_size=30))
def test_letters_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert Spellings(texts).letters.tolist() == [letters_of(text) for text in texts]


def test_letters_and_digits_have_bits_of_their_own() -> None:
    assert len({int(letters_of(letter)) for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}) == 36


@given(TEXTS, SOME_TEXTS, st.integers(1, 2))
def test_distances_are_true_up_to_the_edits_asked_for(text: str, texts: list[str], edits: int) -> None:
    numbers = np.array([*range(len(texts)), 0])
    true = [min(OSA.distance(text, texts[n]), edits + 1) for n in numbers]
    assert Spellings(texts).distances(text, edits, numbers).tolist() == true


@given(TEXTS, SOME_TEXTS)
def test_texts_that_begin_alike_stand_side_by_side(text: str, texts: list[str]) -> None:
    lexicon = Lexicon([*texts, *texts])
    first, after = lexicon.beginning(text)
    assert lexicon.texts[first:after] == sorted(t for t in texts if t.startswith(text))
    assert lexicon.number(text) == (sorted(texts).index(text) if text in texts else -1)
