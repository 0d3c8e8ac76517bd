"""Search over the catalogue in memory: candidates by words and trigrams, then a close look at each.

What counts, in this order: the product's own name; another name of it; a name that begins with the text; every word a
word of the name, the maker or the kind of product; every word a part of one; words misspelt; only some words.

A misspelt maker alone fits all its products alike: which come first among such guesses the caller may say.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.words import OPTIONAL, category_words, stem, words

Why = Literal["name", "other-name", "begins", "words", "parts", "similar", "some"]
WHYS: tuple[Why, ...] = ("name", "other-name", "begins", "words", "parts", "similar", "some")
_NAME, _OTHER, _BEGINS, _WORDS, _PARTS, _SIMILAR, _SOME = range(7)

LONGEST_TEXT = 200
_MOST_WORDS = 10
_RUN = 3
_FEW_WORDS = 4
_SHORTEST_FUZZY = 4
_NEAR_WORDS = 6
_CANDIDATES = {1: 600, 2: 300, 3: 200, 4: 150}
_FEWEST_CANDIDATES = 100
_BESIDE_EXACT = 30
_START, _END = "\x02", "\x03"
# (tier, quality 0 to 1, fit): fit is how well the words match, whatever else there is of the name.
_Judged = tuple[int, float, float]
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


@dataclass(frozen=True)
class _Entry:
    """One written name. `runs` are one to three of its words joined, `openings` all that begins at a word, `kinds` the
    words of its category, `spellings` what a misspelt word is compared with."""

    product: int
    text: str
    own: bool
    whole: str
    bare: str
    runs: frozenset[str]
    stems: frozenset[str]
    openings: str
    kinds: frozenset[str]
    spellings: tuple[str, ...]
    placed: bool


@dataclass(frozen=True)
class _Unit:
    """One to three words of a query, joined: where they stand, and what a match by a misspelling is worth."""

    start: int
    text: str
    root: str
    opening: str
    edits: int
    worth: float
    optional: bool


@dataclass(frozen=True)
class _Query:
    """A text to search for: its words, all of them joined, the units that end at each word, how many words count."""

    words: tuple[str, ...]
    whole: str
    letters: int
    units: tuple[tuple[_Unit, ...], ...]
    required: int


class Index:
    """The index over all products; made once for a catalogue, then only read (so threads may share it)."""

    def __init__(self, products: Iterable[Named]) -> None:
        self.products = tuple(products)
        self._entries: list[_Entry] = []
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
        query = _read(text)
        if not query.whole or not self._entries:
            return []
        best: dict[int, tuple[_Judged, _Entry]] = {}
        guesses = query.whole not in self._wholes
        for place in self._candidates(query):
            entry = self._entries[place]
            judged = _judge(query, entry, guesses=guesses)
            if judged is None:
                continue
            known = best.get(entry.product)
            if known is None or (judged[0], -judged[1]) < (known[0][0], -known[0][1]):
                best[entry.product] = (judged, entry)
        ordered = self._ordered(best)
        if preferred is not None and ordered and ordered[0][0][0] >= _SIMILAR:
            first = preferred([self.products[entry.product].key for _, entry in ordered])
            ordered = _preferred_first(ordered, lambda entry: self.products[entry.product].key in first)
        return [self._found(judged, entry) for judged, entry in ordered[:limit]]

    def _ordered(self, best: dict[int, tuple[_Judged, _Entry]]) -> list[tuple[_Judged, _Entry]]:
        top = min((judged[0] for judged, _ in best.values()), default=_NAME)
        # Guesses help only where nothing holds the words as they were written.
        worst = _PARTS if top <= _WORDS else _SIMILAR if top <= _SIMILAR else _SOME
        kept = [(judged, entry) for judged, entry in best.values() if judged[0] <= worst]
        kept.sort(key=lambda b: (b[0][0], -b[0][1], not b[1].placed, len(b[1].whole), self.products[b[1].product].key))
        return kept

    def _found(self, judged: _Judged, entry: _Entry) -> Found:
        tier, quality, _fit = judged
        product = self.products[entry.product]
        score = round((len(WHYS) - 1 - tier + min(quality, 1.0)) / len(WHYS), 4)
        matched = "" if entry.own else entry.text
        return Found(product.key, product.name, product.maker, score, matched, WHYS[tier])

    def _candidates(self, query: _Query) -> list[int]:
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

    def _near_words(self, query: _Query) -> list[tuple[_Ids, float]]:
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
        edits = _edits(word)
        if not edits:
            return []
        near = range(len(word) - edits, len(word) + edits + 1)
        choices = [w for length in near for w in self._by_length.get(length, ())]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=_NEAR_WORDS)
        return [(w, 0.8**distance) for w, distance, _ in found]


def _entries(number: int, product: Named) -> Iterable[tuple[_Entry, set[str]]]:
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
        openings = ["".join(parts[i : i + _RUN]) for i in range(len(parts))] + ([] if named else [joined])
        entry = _Entry(
            product=number,
            text=text,
            own=text == product.name,
            whole=whole,
            bare=whole[len(joined) :] if named and len(whole) > len(joined) else whole,
            runs=frozenset(runs),
            stems=stems,
            openings=_START + _START.join(openings),
            kinds=kinds,
            spellings=tuple(sorted(w for w in runs | stems if len(w) >= _SHORTEST_FUZZY)),
            placed=bool(product.category),
        )
        yield entry, {*parts, *maker, joined, *stems, *kinds} - {""}


def _runs(parts: tuple[str, ...]) -> Iterable[str]:
    for start in range(len(parts)):
        for end in range(start + 1, min(start + _RUN, len(parts)) + 1):
            yield "".join(parts[start:end])


def _trigrams(whole: str) -> set[str]:
    marked = f"{_START}{whole}{_END}"
    return {marked[i : i + 3] for i in range(len(marked) - 2)}


def _read(text: str) -> _Query:
    every = words(text[:LONGEST_TEXT])
    parts = every[:_MOST_WORDS]
    units = tuple(
        tuple(_unit(parts, start, end) for start in range(max(0, end - _RUN), end)) for end in range(1, len(parts) + 1)
    )
    required = sum(1 for w in parts if w not in OPTIONAL)
    return _Query(parts, "".join(every), sum(map(len, parts)), units, required)


def _unit(parts: tuple[str, ...], start: int, end: int) -> _Unit:
    text = "".join(parts[start:end])
    single = end - start == 1
    return _Unit(
        start=start,
        text=text,
        root=stem(text),
        opening=_START + text,
        # Joined words are compared letter by letter only in short queries, where it is worth its time.
        edits=_edits(text) if single or len(parts) <= _FEW_WORDS else 0,
        # A digit makes another model of it: a slip there is less likely meant.
        worth=0.45 if any(c.isdigit() for c in text) else 0.6,
        optional=single and text in OPTIONAL,
    )


def _edits(word: str) -> int:
    """How many edits a misspelt word may be away: none for short ones, two for long ones."""
    return 0 if len(word) < _SHORTEST_FUZZY else 1 if len(word) < 8 else 2


def _preferred_first(
    ordered: list[tuple[_Judged, _Entry]], is_preferred: Callable[[_Entry], bool]
) -> list[tuple[_Judged, _Entry]]:
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


def _judge(query: _Query, entry: _Entry, *, guesses: bool) -> _Judged | None:
    """How one name fits a query; None where it does not.

    Without `guesses` also None, and soon, where it could only be one: beside a name that is the text none is shown.
    """
    if query.whole == entry.whole:
        return (_NAME if entry.own else _OTHER), 1.0, 1.0
    if query.whole == entry.bare:
        # The name without its maker, which another maker's product may have too.
        return _BEGINS, 0.6 + 0.3 * entry.placed, 1.0
    share = len(query.whole) / max(len(entry.whole), len(query.whole))
    if len(query.whole) > 1 and (entry.whole.startswith(query.whole) or entry.bare.startswith(query.whole)):
        return _BEGINS, 0.7 * share + 0.3 * entry.placed, 1.0
    if not guesses and not _holds_words(query, entry):
        return None
    aligned = _align(query, entry)
    whole = _whole_likeness(query.whole, entry)
    likeness = max(share, whole)
    if aligned is not None and (aligned[0] < _SOME or not whole):
        tier, strength = aligned
        return tier, 0.6 * strength + 0.25 * likeness + 0.15 * entry.placed, strength + whole
    return (_SIMILAR, 0.85 * whole + 0.15 * entry.placed, whole) if whole else None


def _whole_likeness(whole: str, entry: _Entry) -> float:
    """How like the whole text is to the whole name, 0.75 to 1; 0 where it is less: for slips across words."""
    if len(whole) <= _SHORTEST_FUZZY:
        return 0.0
    return max(
        OSA.normalized_similarity(whole, entry.whole, score_cutoff=0.75),
        OSA.normalized_similarity(whole, entry.bare, score_cutoff=0.75),
    )


def _align(query: _Query, entry: _Entry) -> tuple[int, float] | None:
    """Cover the query's words, singly or two to three joined, by the entry; the cover of greatest strength.

    Gives the tier of its weakest match and its mean strength by letters; None where too many words are left over.
    """
    # (strength so far, weakest tier, words left over) of the best cover of the first n words.
    covers: list[tuple[float, int, int]] = [(0.0, _WORDS, 0)]
    for units in query.units:
        options = []
        for unit in units:
            before = covers[unit.start]
            strength, tier = _match(unit, entry)
            if strength:
                options.append((before[0] + strength * len(unit.text), max(before[1], tier), before[2]))
            elif unit.start == len(covers) - 1:
                left = before[2] + int(not unit.optional or not query.required)
                options.append((before[0], before[1], left))
        covers.append(max(options, key=lambda o: (o[0], -o[1], -o[2])))
    strength, tier, left = covers[-1]
    if not strength or left > (query.required - 1) // 3:
        return None
    return (_SOME if left else tier), strength / query.letters


def _holds_words(query: _Query, entry: _Entry) -> bool:
    """Whether every word that counts is in the entry as it is written: what _align needs for a tier up to _PARTS."""
    reached = [True]
    for end, units in enumerate(query.units):
        may_be_left = units[-1].optional and query.required
        reached.append(
            bool(may_be_left and reached[end]) or any(reached[u.start] and _written(u, entry)[0] for u in units)
        )
    return reached[-1]


def _match(unit: _Unit, entry: _Entry) -> tuple[float, int]:
    """(strength 0 to 1, tier) of the best match of one unit of a query in an entry."""
    strength, tier = _written(unit, entry)
    if not strength and unit.edits:
        for choices, factor in ((entry.spellings, 1.0), (entry.kinds, 0.8)):
            near = process.extractOne(unit.text, choices, scorer=OSA.distance, score_cutoff=unit.edits)
            if near is not None:
                return unit.worth * factor - 0.1 * (near[1] - 1), _SIMILAR
    return strength, tier


def _written(unit: _Unit, entry: _Entry) -> tuple[float, int]:
    """The same of matches without a misspelling; strength 0 where there is none."""
    if unit.text in entry.runs:
        return 1.0, _WORDS
    if unit.root in entry.stems:
        return 0.97, _WORDS
    if unit.root in entry.kinds:
        return 0.8, _WORDS
    if unit.opening in entry.openings:
        return 0.85, _PARTS
    if len(unit.text) > 2 and unit.text in entry.whole:
        return 0.7, _PARTS
    return 0.0, _SOME
