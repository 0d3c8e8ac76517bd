"""References, which name a report, and recovery words, which open it.

A reference is no secret: three groups of three, such as `7HK-2MR-W4X`, the last one a check character. Its 19 letters
and figures look and sound different; there are no vowels, so it spells nothing, and each group has a figure. 19 is a
prime, so the weighted sum finds every single slip and every exchange of two characters.

The words are the secret: six of 2,048 drawn by `secrets`, 66 bits. Only their hash (Argon2id) is kept; it is made of
`WordList.canonical`.
"""

import math
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from bluelamp.reporting.domain.tidying import plain_form

ALPHABET = "2346789FHJKLMQRTWXY"
LENGTH = 9
GROUP = 3
WORDS = 6
LEAST_BITS = 60
LONGEST_TEXT = 400

_FIGURES = frozenset("2346789")
# What these are often taken for; each is no letter of ours, so nothing else can be meant.
_MISTAKEN = str.maketrans({"B": "8", "Z": "2", "G": "6", "I": "L", "1": "L", "O": "Q", "0": "Q"})
_SPOKEN = {
    "en": dict(zip("2346789", ("two", "three", "four", "six", "seven", "eight", "nine"), strict=True)),
    "cy": dict(zip("2346789", ("dau", "tri", "pedwar", "chwech", "saith", "wyth", "naw"), strict=True)),
}
_SPELT = "Foxtrot Hotel Juliett Kilo Lima Mike Quebec Romeo Tango Whiskey X-ray Yankee"
_LETTERS = {word[0]: word for word in _SPELT.split()}


class NoReferenceError(ValueError):
    """A text is no reference; `code` is `length`, `letter` or `check`."""

    def __init__(self, code: str) -> None:
        """`code` says what is wrong."""
        super().__init__(code)
        self.code = code


class WordsError(ValueError):
    """A text is not the right number of words of the list.

    `unknown`: the places (from 1) of words that are not on it, each with words of the list that are like it.
    """

    def __init__(self, *, count: int, unknown: tuple[tuple[int, tuple[str, ...]], ...]) -> None:
        """`count`: how many words were given."""
        super().__init__("not recovery words")
        self.count = count
        self.unknown = unknown


def new_reference(*, choice: Callable[[str], str] = secrets.choice) -> str:
    """A reference by chance. Two can be alike: the table must refuse the second, and the caller draw again."""
    while True:
        drawn = "".join(choice(ALPHABET) for _ in range(LENGTH - 1))
        reference = drawn + check_character(drawn)
        if all(_FIGURES & set(group) for group in _groups(reference)):
            return "-".join(_groups(reference))


def check_character(drawn: str) -> str:
    """The last character, for the eight before it."""
    # Weights 1 to 8, and 9 for the check character: the whole sum is a multiple of 19.
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(drawn, 1))
    return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]


def read_reference(text: str) -> str:
    """The one form of a reference as people type or say it. Raises NoReferenceError."""
    if len(text) > LONGEST_TEXT:
        raise NoReferenceError("length")
    bare = re.sub(r"[\s\-\u2010-\u2015\u2212._/,#:]", "", plain_form(text).upper()).translate(_MISTAKEN)
    if len(bare) != LENGTH:
        raise NoReferenceError("length")
    if set(bare) - set(ALPHABET):
        raise NoReferenceError("letter")
    if check_character(bare[:-1]) != bare[-1]:
        raise NoReferenceError("check")
    return "-".join(_groups(bare))


def spoken(reference: str, *, language: str) -> str:
    """A reference as one says it: "seven Hotel Kilo, two Mike Romeo, ..."."""
    figures = _SPOKEN["cy" if language == "cy" else "en"]
    said = {**_LETTERS, **figures}
    return ", ".join(" ".join(said[c] for c in group) for group in reference.split("-"))


@dataclass(frozen=True)
class WordList:
    """The list of words, each once. Its order never matters."""

    words: tuple[str, ...]

    @cached_property
    def known(self) -> frozenset[str]:
        """The words, to look one up."""
        return frozenset(self.words)

    @property
    def bits(self) -> float:
        """The entropy of a drawn set of words, in bits."""
        return WORDS * math.log2(len(self.words))

    def draw(self, *, choice: Callable[[tuple[str, ...]], str] = secrets.choice) -> tuple[str, ...]:
        """New recovery words; one may come twice, which keeps all draws alike."""
        return tuple(choice(self.words) for _ in range(WORDS))

    def read(self, text: str) -> tuple[str, ...]:
        """The words in what a person typed, in any spacing and case. Raises WordsError."""
        if len(text) > LONGEST_TEXT:
            raise WordsError(count=0, unknown=())
        typed = re.findall(r"[^\W\d_]+", plain_form(text))
        unknown = [(place, self._like(word)) for place, word in enumerate(typed, 1) if word not in self.known]
        if len(typed) != WORDS or unknown:
            raise WordsError(count=len(typed), unknown=tuple(unknown))
        return tuple(typed)

    def canonical(self, words: Iterable[str]) -> bytes:
        """What is hashed for keeping."""
        return " ".join(words).encode("ascii")

    def is_in(self, *, words: tuple[str, ...], text: str) -> bool:
        """Whether a text holds these words one after another: they must not be sent as a message."""
        typed = re.findall(r"[^\W\d_]+", plain_form(text))
        return any(tuple(typed[i : i + len(words)]) == words for i in range(len(typed) - len(words) + 1))

    def _like(self, word: str) -> tuple[str, ...]:
        return tuple(get_close_matches(word[:20], self.words, n=3, cutoff=0.7))


def read_word_list(*, text: str) -> WordList:
    """The list from its file: words apart by white space. Raises ValueError for one that is too short to be safe."""
    found = WordList(tuple(text.split()))
    if len(found.known) != len(found.words) or not all(re.fullmatch(r"[a-z]{3,8}", word) for word in found.words):
        raise ValueError("A list of words holds each once, of three to eight plain letters.")
    if found.bits < LEAST_BITS:
        raise ValueError(f"{WORDS} words of this list have fewer than {LEAST_BITS} bits.")
    return found


def _groups(bare: str) -> list[str]:
    return [bare[i : i + GROUP] for i in range(0, LENGTH, GROUP)]
