"""What households write for their devices: makers and boxes that the catalogue does not hold, models by their number.

A box that a broadband company lends is no product of the catalogue, and "blink" is a camera to whoever owns one and an
engine of browsers to those who write of weaknesses. The table says which is meant at home.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bluelamp.kernel.catalogue.domain.words import words

_MOST_WORDS = 10
_NUMBERED = re.compile(r"([a-z]{4,})([0-9].*)")
_LONGEST_RUN = 5
# Shorter names are other words with one letter changed: "tp link" is no slip of "blink".
_SHORTEST_FUZZY, _LONG = 6, 10


@dataclass(frozen=True)
class Household:
    """One name of the table: its letters, the kind of device, and the product that is meant ("" where none is)."""

    whole: str
    kind: str
    product_key: str


@dataclass(frozen=True)
class Meant:
    """What a text names: the row of the table, and the words of the text around it."""

    household: Household
    rest: str


def read_household(rows: Iterable[Mapping[str, str]]) -> tuple[Household, ...]:
    """The table (docs/reference/catalogue-tables.md), longest names first."""
    read = [Household("".join(words(row["text"])), row["kind"], row["product_key"]) for row in rows]
    return tuple(sorted(read, key=lambda h: (-len(h.whole), h.whole)))


def meant_at_home(*, text: str, table: Iterable[Household]) -> Meant | None:
    """The longest name of the table whose words stand in a text, written together or apart, a slip forgiven.

    Digits are never a slip: they make another model of it.
    """
    said = [part for word in words(text) for part in _apart(word)][:_MOST_WORDS]
    runs = [
        ("".join(said[start:end]), " ".join((*said[:start], *said[end:])))
        for start in range(len(said))
        for end in range(start + 1, min(start + _LONGEST_RUN, len(said)) + 1)
    ]
    exact = {whole: rest for whole, rest in reversed(runs)}
    nearly: Meant | None = None
    for household in table:
        if household.whole in exact:
            slip = nearly is not None and len(nearly.household.whole) > len(household.whole)
            return nearly if slip else Meant(household, exact[household.whole])
        if nearly is None:
            rest = next((rest for whole, rest in runs if _is_slip(whole, household.whole)), None)
            nearly = None if rest is None else Meant(household, rest)
    return nearly


def _apart(word: str) -> tuple[str, ...]:
    """A name and the number of its model, where they are written together ("iphone15")."""
    found = _NUMBERED.fullmatch(word)
    return found.groups() if found else (word,)


def _is_slip(written: str, name: str) -> bool:
    if len(name) < _SHORTEST_FUZZY or written[:1] != name[:1] or _digits(written) != _digits(name):
        return False
    edits = 2 if len(name) >= _LONG else 1
    return OSA.distance(written, name, score_cutoff=edits) <= edits


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
