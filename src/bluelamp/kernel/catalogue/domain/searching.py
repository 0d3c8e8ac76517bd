"""Search over the catalogue in memory: candidates by words and trigrams, then a close look at each.

What counts, in this order: the product's own name; another name of it; a name that begins with the text; every word a
word of the name, the maker or the kind of product; every word a part of one; words misspelt; only some words.

A misspelt maker alone fits all its products alike: which come first among such guesses the caller may say.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.columns import Names, Row
from bluelamp.kernel.catalogue.domain.fitting import (
    NOT,
    PARTS,
    SIMILAR,
    SOME,
    WHYS,
    WORDS,
    Judged,
    Query,
    Verdicts,
    Why,
    edits_of,
    judge,
    read_query,
)
from bluelamp.kernel.catalogue.domain.lexicon import Numbers, Spellings
from bluelamp.kernel.catalogue.domain.words import stem
from bluelamp.kernel.catalogue.domain.written import Named, written_names

__all__ = ["Found", "Index", "Named", "Preferred"]
_NEAR_WORDS = 6
_CANDIDATES = {1: 600, 2: 300, 3: 200, 4: 150}
_FEWEST_CANDIDATES = 100
_BESIDE_EXACT = 30
_START, _END = "\x02", "\x03"


# Of some product keys, those that come first among guesses that fit alike.
Preferred = Callable[[Collection[str]], Collection[str]]


@dataclass(frozen=True)
class Found:
    """A product that was found. `score`, up to 1, is how well it fits; `matched` is the written name that matched where
    it is not the product's own; `why` is one of WHYS, best first."""

    product_key: str
    name: str
    maker: str
    score: float
    matched: str
    why: Why


class Index:
    """The index over all products; made once for a catalogue, then only read (so threads may share it)."""

    def __init__(self, products: Iterable[Named]) -> None:
        self.products = tuple(products)
        by_word: dict[str, array[int]] = defaultdict(lambda: array("i"))
        by_trigram: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._names = Names(self._read(by_word, by_trigram))
        self._words = {word: np.array(places) for word, places in by_word.items()}
        self._trigrams = {trigram: np.array(places) for trigram, places in by_trigram.items()}
        self._spellings = Spellings(sorted(self._words, key=len))
        # Places of the products in the order of their keys.
        self._by_key = np.zeros(len(self.products), dtype=np.int32)
        self._by_key[sorted(range(len(self.products)), key=lambda n: self.products[n].key)] = range(len(self.products))
        # Short names and placed products win where candidates are otherwise alike.
        self._prior = 0.05 * self._names.placed - 0.001 * np.minimum(self._names.lengths, 60)

    def __len__(self) -> int:
        return len(self.products)

    def search(self, *, text: str, limit: int, preferred: Preferred | None = None) -> list[Found]:
        """The products that a text means, best first; none for a text without a letter or digit.

        Where they are only guesses, `preferred` is asked which of them come first among those that fit alike.
        """
        query = read_query(text)
        if not query.whole or not len(self._names):
            return []
        exact = self._names.called(query.whole)
        places = self._candidates(query, exact)
        verdicts = judge(query, self._names.look(places), guesses=not len(exact))
        ordered = self._ordered(places, verdicts)
        if preferred is not None and ordered and ordered[0][0][0] >= SIMILAR:
            first = preferred([self._product(place).key for _, place in ordered])
            ordered = _preferred_first(ordered, lambda place: self._product(place).key in first)
        return [self._found(judged, place) for judged, place in ordered[:limit]]

    def _product(self, place: int) -> Named:
        return self.products[int(self._names.products[place])]

    def _ordered(self, places: Numbers, found: Verdicts) -> list[tuple[Judged, int]]:
        top = int(found.tiers.min(initial=NOT))
        # Guesses help only where nothing holds the words as they were written.
        worst = PARTS if top <= WORDS else SIMILAR if top <= SIMILAR else SOME
        rows = self._best_of_products(places, found, np.flatnonzero(found.tiers <= worst))
        kept = places[rows]
        products = self._names.products[kept]
        # The last of these columns counts first.
        order = np.lexsort(
            (
                self._by_key[products],
                self._names.lengths[kept],
                ~self._names.placed[kept],
                -found.qualities[rows],
                found.tiers[rows],
            )
        )
        rows = rows[order]
        judged = zip(found.tiers[rows].tolist(), found.qualities[rows].tolist(), found.fits[rows].tolist(), strict=True)
        return list(zip(judged, places[rows].tolist(), strict=True))

    def _best_of_products(self, places: Numbers, found: Verdicts, rows: Numbers) -> Numbers:
        """Of the names of each product that fits best; of equals the first."""
        products = self._names.products[places[rows]]
        order = np.lexsort((-found.qualities[rows], found.tiers[rows], products))
        first = np.diff(products[order], prepend=-1) > 0
        return rows[order[first]]

    def _found(self, judged: Judged, place: int) -> Found:
        tier, quality, _fit = judged
        product = self._product(place)
        score = round((len(WHYS) - 1 - tier + min(quality, 1.0)) / len(WHYS), 4)
        matched = "" if self._names.own[place] else self._names.texts[place]
        return Found(product.key, product.name, product.maker, score, matched, WHYS[tier])

    def _candidates(self, query: Query, exact: Numbers) -> Numbers:
        most = _CANDIDATES.get(len(query.words), _FEWEST_CANDIDATES)
        if len(exact) and len(query.words) > 2:
            most = _BESIDE_EXACT
        trigrams = [(self._trigrams[t], 1.0) for t in _trigrams(query.whole) if t in self._trigrams]
        parts = (self._best(trigrams, most), self._best(self._near_words(query), most), exact)
        return np.unique(np.concatenate(parts))

    def _best(self, postings: list[tuple[Numbers, float]], most: int) -> Numbers:
        """The places with the greatest sum of weights; rare words and trigrams weigh more."""
        if not postings:
            return np.zeros(0, dtype=np.int32)
        worths = [weight * np.log1p(len(self._names) / len(places)) for places, weight in postings]
        each = np.repeat(worths, [len(places) for places, _ in postings])
        scores = np.bincount(np.concatenate([places for places, _ in postings]), each, len(self._names))
        hits = np.flatnonzero(scores > 0)
        if len(hits) > most:
            ranked = scores[hits] / sum(worths) + self._prior[hits]
            hits = hits[np.argpartition(-ranked, most)[:most]]
        return hits

    def _near_words(self, query: Query) -> list[tuple[Numbers, float]]:
        """Where the catalogue's words are that the query's words (and two of them joined) are or nearly are."""
        pairs = [a + b for a, b in zip(query.words, query.words[1:], strict=False)]
        found = [(self._words[p], 1.0) for p in pairs if p in self._words]
        for word in query.words:
            known = [w for w in dict.fromkeys((word, stem(word))) if w in self._words]
            found += [(self._words[w], 1.0) for w in known]
            if not known:
                found += [(self._words[w], weight) for w, weight in self._misspelt(word)]
        if not found:
            found = [(self._words[w], weight) for p in pairs for w, weight in self._misspelt(p)]
        return found

    def _misspelt(self, word: str) -> list[tuple[str, float]]:
        edits = edits_of(word)
        if not edits:
            return []
        choices = self._spellings.near(word, edits)
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=_NEAR_WORDS)
        return [(w, 0.8**distance) for w, distance, _ in found]

    def _read(self, by_word: "dict[str, array[int]]", by_trigram: "dict[str, array[int]]") -> Iterator[Row]:
        """Every written name, and by what it is found noted on the way."""
        place = 0
        for number, product in enumerate(self.products):
            for name in written_names(product):
                for word in name.vocabulary:
                    by_word[word].append(place)
                for trigram in _trigrams(name.whole):
                    by_trigram[trigram].append(place)
                place += 1
                yield number, product.category, name


def _trigrams(whole: str) -> set[str]:
    marked = f"{_START}{whole}{_END}"
    return {marked[i : i + 3] for i in range(len(marked) - 2)}


def _preferred_first(
    ordered: list[tuple[Judged, int]], is_preferred: Callable[[int], bool]
) -> list[tuple[Judged, int]]:
    """The same in another order: of those that fit alike the preferred take the first of the places they all have."""
    places: dict[tuple[int, float], list[int]] = defaultdict(list)
    for place, ((tier, _quality, fit), _) in enumerate(ordered):
        places[tier, round(fit, 6)].append(place)
    result = list(ordered)
    for alike in places.values():
        moved = sorted((ordered[place] for place in alike), key=lambda found: not is_preferred(found[1]))
        for place, found in zip(alike, moved, strict=True):
            result[place] = found
    return result
