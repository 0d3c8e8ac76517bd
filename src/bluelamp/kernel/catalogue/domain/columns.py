"""All written names, held in columns: what is asked of hundreds of candidates is asked of all of them at once."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from bluelamp.kernel.catalogue.domain.lexicon import Flags, Letters, Lexicon, Numbers, letters_of
from bluelamp.kernel.catalogue.domain.words import category_words
from bluelamp.kernel.catalogue.domain.written import RUN, SHORTEST_FUZZY, STEM, Written

# Of a written name: the number of its product, its category, and what it is.
Row = tuple[int, str, Written]


@dataclass(frozen=True)
class Held:
    """The texts that each of `count` owners (names, or categories) holds, a row for each: whose, which text of the
    lexicon, what it is there, whether a misspelt word is compared with it, its length and letters."""

    count: int
    owners: Numbers
    numbers: Numbers
    roles: Numbers
    spelled: Flags
    lengths: Numbers
    letters: Letters

    def owning(self, rows: Flags) -> Flags:
        """Which owners hold one of these rows."""
        found = np.zeros(self.count, dtype=np.bool_)
        found[self.owners[rows]] = True
        return found

    def only(self, chosen: Numbers) -> "Held":
        """The same of some owners, who are counted anew in that order."""
        anew = np.full(self.count, -1, dtype=np.int32)
        anew[chosen] = np.arange(len(chosen), dtype=np.int32)
        owners = anew[self.owners]
        kept = owners >= 0
        return Held(
            count=len(chosen),
            owners=owners[kept],
            numbers=self.numbers[kept],
            roles=self.roles[kept],
            spelled=self.spelled[kept],
            lengths=self.lengths[kept],
            letters=self.letters[kept],
        )


@dataclass(frozen=True)
class Looked:
    """Some names that are looked at closely, a row for each; `wholes` and `bares` are numbers of the lexicon, `kinds`
    the numbers of their categories, which own the `words_of_kinds`."""

    lexicon: Lexicon
    wholes: Numbers
    bares: Numbers
    kinds: Numbers
    own: Flags
    placed: Flags
    held: Held
    words_of_kinds: Held

    def __len__(self) -> int:
        return len(self.wholes)

    def only(self, rows: Numbers) -> "Looked":
        """The same of some rows."""
        if len(rows) == len(self):
            return self
        return replace(
            self,
            wholes=self.wholes[rows],
            bares=self.bares[rows],
            kinds=self.kinds[rows],
            own=self.own[rows],
            placed=self.placed[rows],
            held=self.held.only(rows),
        )

    def containing(self, text: str) -> Flags:
        """Which names have a text anywhere in them."""
        letters = letters_of(text)
        found: Flags = (self.lexicon.letters[self.wholes] & letters) == letters
        rows = np.flatnonzero(found)
        found[rows] = [text in self.lexicon.texts[number] for number in self.wholes[rows].tolist()]
        return found


class Names:
    """Every written name of some products, in their order, which is their place; made once, then only read."""

    def __init__(self, names: Iterable[Row]) -> None:
        self.texts: list[str] = []
        rows: dict[str, array[int]] = {name: array("i") for name in ("product", "kind", "whole", "bare", "end")}
        parts, roles, own = array("i"), bytearray(), bytearray()
        seen: dict[str, int] = {}
        categories: dict[str, int] = {}
        for product, category, name in names:
            self.texts.append(name.text)
            own.append(name.own)
            parts.extend(seen.setdefault(text, len(seen)) for text in name.parts)
            roles.extend(name.parts.values())
            kind = categories.setdefault(category, len(categories))
            whole, bare = (seen.setdefault(text, len(seen)) for text in (name.whole, name.bare))
            for column, value in zip(rows.values(), (product, kind, whole, bare, len(parts)), strict=True):
                column.append(value)
        by_kind = [sorted(category_words(category)) for category in categories]
        self.lexicon = Lexicon(chain(seen, *by_kind))
        final = _final(seen, self.lexicon)
        self.products, self._kinds = _column(rows["product"]), _column(rows["kind"])
        self.wholes, self._bares = final[_column(rows["whole"])], final[_column(rows["bare"])]
        self.lengths = self.lexicon.lengths[self.wholes]
        self._ends, self._parts = _column(rows["end"]), final[_column(parts)]
        self._roles = np.frombuffer(bytes(roles), dtype=np.uint8)
        self.own = np.frombuffer(bytes(own), dtype=np.bool_)
        self.placed = np.array([bool(category) for category in categories], dtype=np.bool_)[self._kinds]
        self._words_of_kinds = self._held_by_kinds(by_kind)

    def __len__(self) -> int:
        return len(self.texts)

    def called(self, whole: str) -> Numbers:
        """The places of the names that are a text, letter by letter."""
        return np.flatnonzero(self.wholes == self.lexicon.number(whole)).astype(np.int32)

    def look(self, places: Numbers) -> Looked:
        """The names at some places, in that order."""
        return Looked(
            lexicon=self.lexicon,
            wholes=self.wholes[places],
            bares=self._bares[places],
            kinds=self._kinds[places],
            own=self.own[places],
            placed=self.placed[places],
            held=self._held(places),
            words_of_kinds=self._words_of_kinds,
        )

    def _held(self, places: Numbers) -> Held:
        ends = self._ends[places]
        # The first name has nothing before it.
        counts = ends - np.where(places > 0, self._ends[places - 1], 0)
        owners = np.repeat(np.arange(len(places), dtype=np.int32), counts)
        rows = np.arange(len(owners)) + np.repeat(ends - np.cumsum(counts), counts)
        numbers, roles = self._parts[rows], self._roles[rows]
        lengths = self.lexicon.lengths[numbers]
        spelled = ((roles & (RUN | STEM)) > 0) & (lengths >= SHORTEST_FUZZY)
        return Held(len(places), owners, numbers, roles, spelled, lengths, self.lexicon.letters[numbers])

    def _held_by_kinds(self, by_kind: list[list[str]]) -> Held:
        owners = np.repeat(np.arange(len(by_kind), dtype=np.int32), [len(texts) for texts in by_kind])
        numbers = np.array([self.lexicon.number(text) for text in chain(*by_kind)], dtype=np.int32)
        roles, spelled = np.zeros(len(numbers), dtype=np.uint8), np.ones(len(numbers), dtype=np.bool_)
        lengths, letters = self.lexicon.lengths[numbers], self.lexicon.letters[numbers]
        return Held(len(by_kind), owners, numbers, roles, spelled, lengths, letters)


def _column(values: "array[int]") -> Numbers:
    return np.array(values, dtype=np.int32)


def _final(seen: dict[str, int], lexicon: Lexicon) -> Numbers:
    """For each text, by the order in which it was seen, its number in the lexicon."""
    numbers = {text: number for number, text in enumerate(lexicon.texts)}
    return np.array([numbers[text] for text in seen], dtype=np.int32)
