"""How well one written name fits a text that is searched for: what searching.py asks of each candidate."""

from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.words import OPTIONAL, stem, words

Why = Literal["name", "other-name", "begins", "words", "parts", "inside", "similar", "some"]
WHYS: tuple[Why, ...] = ("name", "other-name", "begins", "words", "parts", "inside", "similar", "some")
NAME, OTHER, BEGINS, WORDS, PARTS, INSIDE, SIMILAR, SOME = range(8)

LONGEST_TEXT = 200
RUN = 3
SHORTEST_FUZZY = 4
SHORTEST_INSIDE = 5
START = "\x02"
_MOST_WORDS = 10
_FEW_WORDS = 4
# (tier, quality 0 to 1, fit): fit is how well the words match, whatever else there is of the name.
Judged = tuple[int, float, float]


@dataclass(frozen=True)
class Entry:
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
class Unit:
    """One to three words of a query, joined: where they stand, and what a match by a misspelling is worth."""

    start: int
    text: str
    root: str
    opening: str
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
        tuple(_unit(parts, start, end) for start in range(max(0, end - RUN), end)) for end in range(1, len(parts) + 1)
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
        opening=START + text,
        # Joined words are compared letter by letter only in short queries, where it is worth its time.
        edits=edits_of(text) if single or len(parts) <= _FEW_WORDS else 0,
        # A digit makes another model of it: a slip there is less likely meant.
        worth=0.45 if any(c.isdigit() for c in text) else 0.6,
        optional=single and text in OPTIONAL,
    )


def openings_of(parts: tuple[str, ...]) -> list[str]:
    """What begins at each word of a name. A small word joins no other: "ford" is not the beginning of "for data"."""
    return [p if p in OPTIONAL else "".join(parts[i : i + RUN]) for i, p in enumerate(parts)]


def edits_of(word: str) -> int:
    """How many edits a misspelt word may be away: none for short ones, two for long ones."""
    return 0 if len(word) < SHORTEST_FUZZY else 1 if len(word) < 8 else 2


def judge(query: Query, entry: Entry, *, guesses: bool) -> Judged | None:
    """How one name fits a query; None where it does not.

    Without `guesses` also None, and soon, where it could only be one: beside a name that is the text none is shown.
    """
    if query.whole == entry.whole:
        return (NAME if entry.own else OTHER), 1.0, 1.0
    if query.whole == entry.bare:
        # The name without its maker, which another maker's product may have too.
        return BEGINS, 0.6 + 0.3 * entry.placed, 1.0
    share = len(query.whole) / max(len(entry.whole), len(query.whole))
    if len(query.whole) > 1 and (entry.whole.startswith(query.whole) or entry.bare.startswith(query.whole)):
        return BEGINS, 0.7 * share + 0.3 * entry.placed, 1.0
    if not guesses and not _holds_words(query, entry):
        return None
    aligned = _align(query, entry)
    whole = _whole_likeness(query.whole, entry)
    likeness = max(share, whole)
    if aligned is not None and (aligned[0] < SOME or not whole):
        tier, strength = aligned
        return tier, 0.6 * strength + 0.25 * likeness + 0.15 * entry.placed, strength + whole
    return (SIMILAR, 0.85 * whole + 0.15 * entry.placed, whole) if whole else None


def _whole_likeness(whole: str, entry: Entry) -> float:
    """How like the whole text is to the whole name, 0.75 to 1; 0 where it is less: for slips across words."""
    if len(whole) <= SHORTEST_FUZZY:
        return 0.0
    return max(
        OSA.normalized_similarity(whole, entry.whole, score_cutoff=0.75),
        OSA.normalized_similarity(whole, entry.bare, score_cutoff=0.75),
    )


def _align(query: Query, entry: Entry) -> tuple[int, float] | None:
    """Cover the query's words, singly or two to three joined, by the entry; the cover of greatest strength.

    Gives the tier of its weakest match and its mean strength by letters; None where too many words are left over.
    """
    # (strength so far, weakest tier, words left over) of the best cover of the first n words.
    covers: list[tuple[float, int, int]] = [(0.0, WORDS, 0)]
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
    return (SOME if left else tier), strength / query.letters


def _holds_words(query: Query, entry: Entry) -> bool:
    """Whether every word that counts is in the entry as it is written: what _align needs for a tier up to PARTS."""
    reached = [True]
    for end, units in enumerate(query.units):
        may_be_left = units[-1].optional and query.required
        reached.append(
            bool(may_be_left and reached[end]) or any(reached[u.start] and _written(u, entry)[0] for u in units)
        )
    return reached[-1]


def _match(unit: Unit, entry: Entry) -> tuple[float, int]:
    """(strength 0 to 1, tier) of the best match of one unit of a query in an entry."""
    strength, tier = _written(unit, entry)
    if not strength and unit.edits:
        for known, factor in ((entry.spellings, 1.0), (entry.kinds, 0.8)):
            choices = known if len(unit.text) > SHORTEST_FUZZY else [w for w in known if _is_short_slip(unit.text, w)]
            near = process.extractOne(unit.text, choices, scorer=OSA.distance, score_cutoff=unit.edits)
            if near is not None:
                return unit.worth * factor - 0.1 * (near[1] - 1), SIMILAR
    return strength, tier


def _is_short_slip(written: str, word: str) -> bool:
    """Whether letters changed places, or one is too few or too many: another letter makes another word of it."""
    return len(word) != len(written) or sorted(word) == sorted(written)


def _written(unit: Unit, entry: Entry) -> tuple[float, int]:
    """The same of matches without a misspelling; strength 0 where there is none."""
    if unit.text in entry.runs:
        return 1.0, WORDS
    if unit.root in entry.stems:
        return 0.97, WORDS
    if unit.root in entry.kinds:
        return 0.8, WORDS
    if unit.opening in entry.openings:
        return 0.85, PARTS
    # Letters in the middle of other words mean something only where there are many; a number is one of a model.
    if len(unit.text) >= (SHORTEST_INSIDE if unit.text.isalpha() else 3) and unit.text in entry.whole:
        return 0.7, INSIDE
    return 0.0, SOME
