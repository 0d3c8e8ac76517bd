"""How well written names fit a text that is searched for: what searching.py asks of its candidates, all at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.columns import Held, Looked
from bluelamp.kernel.catalogue.domain.lexicon import Flags, Floats, Numbers, may_be_near
from bluelamp.kernel.catalogue.domain.words import OPTIONAL, stem, words
from bluelamp.kernel.catalogue.domain.written import LONGEST_RUN, OPENING, RUN, SHORTEST_FUZZY, STEM

Why = Literal["name", "other-name", "begins", "words", "parts", "inside", "similar", "some"]
WHYS: tuple[Why, ...] = ("name", "other-name", "begins", "words", "parts", "inside", "similar", "some")
NAME, OTHER, BEGINS, WORDS, PARTS, INSIDE, SIMILAR, SOME = range(8)
NOT = len(WHYS)

LONGEST_TEXT = 200
# Letters in the middle of other words mean something only where there are many; a number is one of a model.
_SHORTEST_INSIDE, _SHORTEST_NUMBER = 5, 3
_MOST_WORDS = 10
_FEW_WORDS = 4
_LEAST_LIKENESS = 0.75
# (tier, quality 0 to 1, fit): fit is how well the words match, whatever else there is of the name.
Judged = tuple[int, float, float]


@dataclass(frozen=True)
class Unit:
    """One to three words of a query, joined: where they stand, and what a match by a misspelling is worth."""

    start: int
    text: str
    root: str
    edits: int
    worth: float
    optional: bool


@dataclass(frozen=True)
class Query:
    """A text to search for: its words, all of them joined, the units that end at each word, how many words count."""

    words: tuple[str, ...]
    whole: str
    letters: int
    units: tuple[tuple[Unit, ...], ...]
    required: int


def read_query(text: str) -> Query:
    """A text as it is searched for: of a very long one the first ten words."""
    every = words(text[:LONGEST_TEXT])
    parts = every[:_MOST_WORDS]
    units = tuple(
        tuple(_unit(parts, start, end) for start in range(max(0, end - LONGEST_RUN), end))
        for end in range(1, len(parts) + 1)
    )
    required = sum(1 for w in parts if w not in OPTIONAL)
    return Query(parts, "".join(every), sum(map(len, parts)), units, required)


def _unit(parts: tuple[str, ...], start: int, end: int) -> Unit:
    text = "".join(parts[start:end])
    single = end - start == 1
    return Unit(
        start=start,
        text=text,
        root=stem(text),
        # Joined words are compared letter by letter only in short queries, where it is worth its time.
        edits=edits_of(text) if single or len(parts) <= _FEW_WORDS else 0,
        # A digit makes another model of it: a slip there is less likely meant.
        worth=0.45 if any(c.isdigit() for c in text) else 0.6,
        optional=single and text in OPTIONAL,
    )


def edits_of(word: str) -> int:
    """How many edits a misspelt word may be away: none for short ones, two for long ones."""
    return 0 if len(word) < SHORTEST_FUZZY else 1 if len(word) < 8 else 2


# For each name the strength (0 to 1) and tier of a unit's best match; strength 0 where there is none.
_Match = tuple[Floats, Numbers]
# For each name the strength so far, weakest tier and words left over of the best cover of the first words.
_Cover = tuple[Floats, Numbers, Numbers]


@dataclass(frozen=True)
class Verdicts:
    """How names fit a query, a row for each: the tier (NOT where it does not fit), quality and fit as in Judged."""

    tiers: Numbers
    qualities: Floats
    fits: Floats


def judge(query: Query, looked: Looked, *, guesses: bool) -> Verdicts:
    """How each of some names fits a query.

    Without `guesses` one that could only be a guess does not fit: beside a name that is the text none is shown.
    """
    count = len(looked)
    found = Verdicts(np.full(count, NOT, dtype=np.int32), np.zeros(count), np.ones(count))
    rest = np.flatnonzero(~_judge_openings(query, looked, found))
    if not guesses:
        rest = rest[_hold_words(query, looked.only(rest))]
    if len(rest):
        found.tiers[rest], found.qualities[rest], found.fits[rest] = _judge_words(query, looked.only(rest))
    return found


def _judge_openings(query: Query, looked: Looked, found: Verdicts) -> Flags:
    """Judge the names that are the text or begin with it; which these are."""
    number = looked.lexicon.number(query.whole)
    first, after = looked.lexicon.beginning(query.whole)
    begins = _between(looked.wholes, first, after) | _between(looked.bares, first, after)
    begins &= len(query.whole) > 1
    same, same_bare = looked.wholes == number, looked.bares == number
    share = _share(query, looked)
    # Later ones count for more. The name without its maker another maker's product may have too.
    for rows, tiers, qualities in (
        (begins, BEGINS, 0.7 * share + 0.3 * looked.placed),
        (same_bare, BEGINS, 0.6 + 0.3 * looked.placed),
        (same, np.where(looked.own, NAME, OTHER), 1.0),
    ):
        np.copyto(found.tiers, tiers, where=rows, casting="same_kind")
        np.copyto(found.qualities, qualities, where=rows)
    judged: Flags = begins | same_bare | same
    return judged


def _judge_words(query: Query, looked: Looked) -> tuple[Numbers, Floats, Floats]:
    """(tiers, qualities, fits) by the words in the names, or by how like the whole text is to a whole name."""
    matches = [[_match(unit, looked) for unit in units] for units in query.units]
    tiers, strengths = _align(query, len(looked), matches)
    whole = _whole_likeness(query.whole, looked)
    likeness = np.maximum(_share(query, looked), whole)
    by_words = (tiers < SOME) | ((tiers == SOME) & (whole == 0))
    quality = 0.6 * strengths + 0.25 * likeness + 0.15 * looked.placed
    return (
        np.where(by_words, tiers, np.where(whole > 0, SIMILAR, NOT)),
        np.where(by_words, quality, 0.85 * whole + 0.15 * looked.placed),
        np.where(by_words, strengths + whole, whole),
    )


def _share(query: Query, looked: Looked) -> Floats:
    """How much of the whole name the text is as long as, at most 1."""
    return len(query.whole) / np.maximum(looked.lexicon.lengths[looked.wholes], len(query.whole))


def _whole_likeness(whole: str, looked: Looked) -> Floats:
    """How like the whole text is to the whole name, 0.75 to 1; 0 where it is less: for slips across words."""
    likeness = np.zeros(len(looked))
    if len(whole) <= SHORTEST_FUZZY:
        return likeness
    for numbers in (looked.wholes, looked.bares):
        lengths = looked.lexicon.lengths[numbers]
        # Likeness is 1 less the edits for each letter of the longer text.
        edits = (np.maximum(lengths, len(whole)) * (1 - _LEAST_LIKENESS)).astype(np.int32)
        near = np.flatnonzero(may_be_near(whole, edits, lengths, looked.lexicon.letters[numbers]))
        for row, number in zip(near.tolist(), numbers[near].tolist(), strict=True):
            other = looked.lexicon.texts[number]
            alike = OSA.normalized_similarity(whole, other, score_cutoff=_LEAST_LIKENESS)
            likeness[row] = max(likeness[row], alike)
    return likeness


def _align(query: Query, count: int, matches: list[list[_Match]]) -> tuple[Numbers, Floats]:
    """Cover the query's words, singly or two to three joined, by each name; the cover of greatest strength.

    Gives the tier of its weakest match (NOT where too many words are left over) and its mean strength by letters.
    """
    covers: list[_Cover] = [(np.zeros(count), np.full(count, WORDS), np.zeros(count, dtype=np.int64))]
    for units, found in zip(query.units, matches, strict=True):
        *joined, (alone, match) = zip(units, found, strict=True)
        best = _cover(covers[alone.start], alone, match, left_over=int(not alone.optional or not query.required))
        for unit, match in joined:
            best = _better(best, _cover(covers[unit.start], unit, match), match[0] > 0)
        covers.append(best)
    strengths, tiers, left = covers[-1]
    fits = (strengths > 0) & (left <= (query.required - 1) // 3)
    return np.where(fits, np.where(left > 0, SOME, tiers), NOT), strengths / query.letters


def _cover(before: _Cover, unit: Unit, match: _Match, *, left_over: int = 0) -> _Cover:
    """A cover with one unit more; where it is not matched, so many words more are left over."""
    strengths, tiers = match
    matched = strengths > 0
    return (
        before[0] + strengths * len(unit.text),
        np.where(matched, np.maximum(before[1], tiers), before[1]),
        np.where(matched, before[2], before[2] + left_over),
    )


def _better(one: _Cover, other: _Cover, may: Flags) -> _Cover:
    """The better cover for each name (stronger, else of a better tier, else with less left over): `other` if it may."""
    tier = (other[1] < one[1]) | ((other[1] == one[1]) & (other[2] < one[2]))
    better = may & ((other[0] > one[0]) | ((other[0] == one[0]) & tier))
    return np.where(better, other[0], one[0]), np.where(better, other[1], one[1]), np.where(better, other[2], one[2])


def _hold_words(query: Query, looked: Looked) -> Flags:
    """Whether every word that counts is in each name as it is written: what _align needs for a tier up to INSIDE."""
    reached = [np.ones(len(looked), dtype=np.bool_)]
    for end, units in enumerate(query.units):
        held = reached[end] & bool(units[-1].optional and query.required)
        for unit in units:
            if reached[unit.start].any():
                held = held | (reached[unit.start] & (_written(unit, looked)[0] > 0))
        reached.append(held)
    return reached[-1]


def _match(unit: Unit, looked: Looked) -> _Match:
    strengths, tiers = _written(unit, looked)
    if not unit.edits:
        return strengths, tiers
    # A name's own words count before the words of its kind.
    names = _nearest(unit, looked.held, looked)
    kinds = _nearest(unit, looked.words_of_kinds, looked)[looked.kinds]
    edits = np.where(names <= unit.edits, names, kinds)
    similar = (strengths == 0) & (edits <= unit.edits)
    factor = np.where(names <= unit.edits, 1.0, 0.8)
    return (
        np.where(similar, unit.worth * factor - 0.1 * (edits - 1), strengths),
        np.where(similar, SIMILAR, tiers),
    )


def _nearest(unit: Unit, held: Held, looked: Looked) -> Numbers:
    """The fewest edits between a unit and a text of each owner; one more than the unit may have where there is none."""
    nearest = np.full(held.count, unit.edits + 1, dtype=np.int32)
    near = np.flatnonzero(held.spelled & may_be_near(unit.text, unit.edits, held.lengths, held.letters))
    if len(unit.text) <= SHORTEST_FUZZY:
        near = near[[_is_short_slip(unit.text, looked.lexicon.texts[number]) for number in held.numbers[near]]]
    if len(near):
        edits = looked.lexicon.distances(unit.text, unit.edits, held.numbers[near])
        np.minimum.at(nearest, held.owners[near], edits)
    return nearest


def _is_short_slip(written: str, word: str) -> bool:
    """Whether letters changed places, or one is too few or too many: another letter makes another word of it."""
    return len(word) != len(written) or sorted(word) == sorted(written)


def _written(unit: Unit, looked: Looked) -> _Match:
    """The best match of a unit in each name without a misspelling."""
    strengths, tiers = np.zeros(len(looked)), np.full(len(looked), SOME)
    for rows, strength, tier in _written_rows(unit, looked):
        strengths[rows], tiers[rows] = strength, tier
    return strengths, tiers


def _written_rows(unit: Unit, looked: Looked) -> Iterator[tuple[Flags, float, int]]:
    """(which names, strength, tier) of the ways in which a unit may match; later ones count for more."""
    held, kinds = looked.held, looked.words_of_kinds
    if len(unit.text) >= (_SHORTEST_INSIDE if unit.text.isalpha() else _SHORTEST_NUMBER):
        yield looked.containing(unit.text), 0.7, INSIDE
    first, after = looked.lexicon.beginning(unit.text)
    if first < after:
        yield held.owning(_between(held.numbers, first, after) & ((held.roles & OPENING) > 0)), 0.85, PARTS
    root = looked.lexicon.number(unit.root)
    if root >= 0:
        yield kinds.owning(kinds.numbers == root)[looked.kinds], 0.8, WORDS
        yield held.owning((held.numbers == root) & ((held.roles & STEM) > 0)), 0.97, WORDS
    # The text itself, if it is there, is the first of those that begin with it.
    if first < after and looked.lexicon.texts[first] == unit.text:
        yield held.owning((held.numbers == first) & ((held.roles & RUN) > 0)), 1.0, WORDS


def _between(numbers: Numbers, first: int, after: int) -> Flags:
    return (numbers >= first) & (numbers < after)
