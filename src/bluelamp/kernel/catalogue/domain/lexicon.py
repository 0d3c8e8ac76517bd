"""Texts in a fixed order, each with a number, and which of them may be a text with a few slips in it.

Two texts that are few edits apart have nearly the same length and nearly the same letters: one edit changes the length
by one at most, and adds or takes away at most two letters of the set (exchanging neighbours none). Both are numbers,
compared for thousands of texts at once, so that the true distance is worked out only for the few that are left.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

Numbers = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Letters = npt.NDArray[np.uint64]

# Each of a to z and 0 to 9 has a bit of its own; other letters share them, which only leaves more to be compared.
_BITS = 39
_AT_ONCE = 10_000
# After every letter and digit: no text holds it.
_AFTER_ALL = "\U0010ffff"


class Spellings:
    """Texts, none of them empty, with their lengths in letters and the set of the letters of each (a bit for each)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.lengths = np.fromiter(map(len, texts), dtype=np.int32, count=len(texts))
        parts = [_letters(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
        self.letters = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)

    def near(self, text: str, edits: int) -> list[str]:
        """The texts that may be so many edits away, in their order; all that are so near are among them."""
        rows = np.flatnonzero(may_be_near(text, edits, self.lengths, self.letters))
        return [self.texts[n] for n in rows.tolist()]

    def distances(self, text: str, edits: int, numbers: Numbers) -> Numbers:
        """How many edits (a letter changed, missing, added, exchanged with its neighbour) a text is from each of some.

        More than `edits` is given as one more.
        """
        # Many names share their words: each is compared once.
        different, back = np.unique(numbers, return_inverse=True)
        distances = [OSA.distance(text, self.texts[n], score_cutoff=edits) for n in different.tolist()]
        return np.array(distances, dtype=np.int32)[back]


class Lexicon(Spellings):
    """Different texts in the order of their letters: those that begin alike have numbers side by side."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__(sorted(set(texts)))

    def number(self, text: str) -> int:
        """The number of a text, from 0; -1 where it is not one of them."""
        place = bisect_left(self.texts, text)
        return place if place < len(self.texts) and self.texts[place] == text else -1

    def beginning(self, text: str) -> tuple[int, int]:
        """The first number of the texts that begin with a text, and the one after the last; equal if there is none."""
        return bisect_left(self.texts, text), bisect_left(self.texts, text + _AFTER_ALL)


def may_be_near(text: str, edits: int | Numbers, lengths: Numbers, letters: Letters) -> Flags:
    """Which texts of such lengths and letters may be so many edits (one number, or one for each) away from a text.

    Never leaves out one that is; the comparison of letters is explained above.
    """
    others = np.bitwise_count(letters ^ letters_of(text))
    near: Flags = (np.abs(lengths - len(text)) <= edits) & (others <= 2 * edits)
    return near


def letters_of(text: str) -> np.uint64:
    """The set of a text's letters, as in Spellings."""
    found = 0
    for letter in text:
        found |= 1 << ord(letter) % _BITS
    return np.uint64(found)


def _letters(texts: Sequence[str]) -> Letters:
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    return np.bitwise_or.reduceat(np.left_shift(np.uint64(1), codes % _BITS, dtype=np.uint64), starts)
