"""Search over the catalogue in memory: candidates by words and trigrams, then a close look at each.

What counts, in this order: the product's own name; another name of it; a name that begins with the text; every word a
word of the name, the maker or the kind of product; every word the beginning of one; every word a part of the name;
words misspelt; only some words.

A misspelt maker alone fits all its products alike: which come first among such guesses the caller may say.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.fitting import (
    INSIDE,
    NAME,
    PARTS,
    RUN,
    SHORTEST_FUZZY,
    SIMILAR,
    SOME,
    START,
    WHYS,
    WORDS,
    Entry,
    Judged,
    Query,
    Why,
    edits_of,
    judge,
    openings_of,
    read_query,
)
from bluelamp.kernel.catalogue.domain.words import category_words, stem, words

_NEAR_WORDS = 6
_CANDIDATES = {1: 600, 2: 300, 3: 200, 4: 150}
_FEWEST_CANDIDATES = 100
_BESIDE_EXACT = 30
_END = "\x03"
_Ids = npt.NDArray[np.int32]


# Of some product keys, those that come first among guesses that fit alike.
Preferred = Callable[[Collection[str]], Collection[str]]


@dataclass(frozen=True)
class Named:
    """A product to be found: every name that is written for it; `category` is "" where it has not been placed."""

    key: str
    name: str
    maker: str
    category: str
    names: tuple[str, ...]


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
        self._entries: list[Entry] = []
        self._wholes: dict[str, list[int]] = defaultdict(list)
        by_word: dict[str, list[int]] = defaultdict(list)
        by_trigram: dict[str, list[int]] = defaultdict(list)
        for number, product in enumerate(self.products):
            for entry, vocabulary in _entries(number, product):
                place = len(self._entries)
                self._entries.append(entry)
                self._wholes[entry.whole].append(place)
                for word in vocabulary:
                    by_word[word].append(place)
                for trigram in _trigrams(entry.whole):
                    by_trigram[trigram].append(place)
        self._words = {w: np.array(ids, dtype=np.int32) for w, ids in by_word.items()}
        self._trigrams = {t: np.array(ids, dtype=np.int32) for t, ids in by_trigram.items()}
        by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._words:
            by_length[len(word)].append(word)
        self._by_length = dict(by_length)
        # Short names and placed products win where candidates are otherwise alike.
        self._prior = np.array(
            [0.05 * e.placed - 0.001 * min(len(e.whole), 60) for e in self._entries], dtype=np.float64
        )

    def __len__(self) -> int:
        return len(self.products)

    def search(self, *, text: str, limit: int, preferred: Preferred | None = None) -> list[Found]:
        """The products that a text means, best first; none for a text without a letter or digit.

        Where they are only guesses, `preferred` is asked which of them come first among those that fit alike.
        """
        query = read_query(text)
        if not query.whole or not self._entries:
            return []
        best: dict[int, tuple[Judged, Entry]] = {}
        guesses = query.whole not in self._wholes
        for place in self._candidates(query):
            entry = self._entries[place]
            judged = judge(query, entry, guesses=guesses)
            if judged is None:
                continue
            known = best.get(entry.product)
            if known is None or (judged[0], -judged[1]) < (known[0][0], -known[0][1]):
                best[entry.product] = (judged, entry)
        ordered = self._ordered(best)
        if preferred is not None and ordered and ordered[0][0][0] >= SIMILAR:
            first = preferred([self.products[entry.product].key for _, entry in ordered])
            ordered = _preferred_first(ordered, lambda entry: self.products[entry.product].key in first)
        return [self._found(judged, entry) for judged, entry in ordered[:limit]]

    def _ordered(self, best: dict[int, tuple[Judged, Entry]]) -> list[tuple[Judged, Entry]]:
        top = min((judged[0] for judged, _ in best.values()), default=NAME)
        # Guesses help only where nothing holds the words as they were written.
        worst = PARTS if top <= WORDS else SIMILAR if top <= SIMILAR else SOME
        # Nor does what begins in the middle of a word, beside what begins with one.
        left_out = INSIDE if top < INSIDE else None
        kept = [(judged, entry) for judged, entry in best.values() if judged[0] <= worst and judged[0] != left_out]
        kept.sort(key=lambda b: (b[0][0], -b[0][1], not b[1].placed, len(b[1].whole), self.products[b[1].product].key))
        return kept

    def _found(self, judged: Judged, entry: Entry) -> Found:
        tier, quality, _fit = judged
        product = self.products[entry.product]
        score = round((len(WHYS) - 1 - tier + min(quality, 1.0)) / len(WHYS), 4)
        matched = "" if entry.own else entry.text
        return Found(product.key, product.name, product.maker, score, matched, WHYS[tier])

    def _candidates(self, query: Query) -> list[int]:
        exact = self._wholes.get(query.whole, [])
        most = _CANDIDATES.get(len(query.words), _FEWEST_CANDIDATES)
        if exact and len(query.words) > 2:
            most = _BESIDE_EXACT
        trigrams = [(self._trigrams[t], 1.0) for t in _trigrams(query.whole) if t in self._trigrams]
        found = self._best(trigrams, most) | self._best(self._near_words(query), most)
        return sorted(found.union(exact))

    def _best(self, postings: list[tuple[_Ids, float]], most: int) -> set[int]:
        """The entries with the greatest sum of weights; rare words and trigrams weigh more."""
        if not postings:
            return set()
        scores = np.zeros(len(self._entries))
        total = 0.0
        for ids, weight in postings:
            worth = weight * np.log1p(len(self._entries) / len(ids))
            scores[ids] += worth
            total += worth
        hits = np.flatnonzero(scores)
        if len(hits) > most:
            ranked = scores[hits] / total + self._prior[hits]
            hits = hits[np.argpartition(-ranked, most)[:most]]
        return {int(i) for i in hits}

    def _near_words(self, query: Query) -> list[tuple[_Ids, float]]:
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
        near = range(len(word) - edits, len(word) + edits + 1)
        choices = [w for length in near for w in self._by_length.get(length, ())]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=_NEAR_WORDS)
        return [(w, 0.8**distance) for w, distance, _ in found]


def _entries(number: int, product: Named) -> Iterable[tuple[Entry, set[str]]]:
    """The entries of a product, each with the words by which it is found."""
    maker = words(product.maker)
    joined = "".join(maker)
    kinds = category_words(product.category)
    seen: set[str] = set()
    for text in dict.fromkeys((product.name, *product.names)):
        parts = words(text)
        whole = "".join(parts)
        if not whole or whole in seen:
            continue
        seen.add(whole)
        named = whole.startswith(joined)
        runs = set(_runs(parts)) | (set() if named else set(_runs((*maker, *parts)[: len(maker) + 1])))
        stems = frozenset(stem(w) for w in (*parts, *maker))
        openings = [*openings_of(parts), *([] if named else [joined])]
        entry = Entry(
            product=number,
            text=text,
            own=text == product.name,
            whole=whole,
            bare=whole[len(joined) :] if named and len(whole) > len(joined) else whole,
            runs=frozenset(runs),
            stems=stems,
            openings=START + START.join(openings),
            kinds=kinds,
            spellings=tuple(sorted(w for w in runs | stems if len(w) >= SHORTEST_FUZZY)),
            placed=bool(product.category),
        )
        yield entry, {*parts, *maker, joined, *stems, *kinds} - {""}


def _runs(parts: tuple[str, ...]) -> Iterable[str]:
    for start in range(len(parts)):
        for end in range(start + 1, min(start + RUN, len(parts)) + 1):
            yield "".join(parts[start:end])


def _trigrams(whole: str) -> set[str]:
    marked = f"{START}{whole}{_END}"
    return {marked[i : i + 3] for i in range(len(marked) - 2)}


def _preferred_first(
    ordered: list[tuple[Judged, Entry]], is_preferred: Callable[[Entry], bool]
) -> list[tuple[Judged, Entry]]:
    """The same in another order: of those that fit alike the preferred take the first of the places they all have."""
    places: dict[tuple[int, float], list[int]] = defaultdict(list)
    for place, ((tier, _quality, fit), _entry) in enumerate(ordered):
        places[tier, round(fit, 6)].append(place)
    result = list(ordered)
    for alike in places.values():
        moved = sorted((ordered[place] for place in alike), key=lambda found: not is_preferred(found[1]))
        for place, found in zip(alike, moved, strict=True):
            result[place] = found
    return result
