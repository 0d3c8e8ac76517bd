"""Finding places by name, typing errors forgiven."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from bluelamp.kernel.places.domain.force import Force

LONGEST = 100  # letters of a question
MOST = 50  # places of an answer
ALIKE = 76  # of 100: one slip in four letters, two in eight
BEGINNING = 90  # for the beginning of a longer name, as one types it
QUALIFIER_ALIKE = 85
SHORT = 4  # names so short are not guessed at: one slip makes another name
ARTICLES = ("y ", "yr ", "the ")  # Welsh and English; many leave them out
NATIONS = {
    "england": ("England", "Lloegr"),
    "wales": ("Wales", "Cymru"),
    "scotland": ("Scotland", "Yr Alban"),
    "northern-ireland": ("Northern Ireland", "Gogledd Iwerddon"),
}


@dataclass(frozen=True)
class Place:
    """A town or village of the United Kingdom: names, centre in degrees, people, local authority (2021), force.

    `name_cy` is "" where no Welsh name is known. `population` is 0 where GeoNames does not know it.
    """

    id: int
    name: str
    name_cy: str
    others: tuple[str, ...]
    lat: float
    lon: float
    population: int
    area: str
    force: Force


@dataclass(frozen=True)
class Found:
    """A place that a question may mean: the name that matched, and how well, of 100 (100: letter for letter)."""

    place: Place
    matched: str
    score: int


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes, words apart by one space; saint is st, and & is and."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['\u2019`]", "", plain).replace("&", " and ")).split()
    return " ".join("st" if word == "saint" else word for word in words)


def read_places(*, columns: Sequence[str], rows: Iterable[Sequence[Any]], forces: Mapping[str, Force]) -> list[Place]:
    """The places of the packaged table."""
    named = (dict(zip(columns, row, strict=True)) for row in rows)
    return [Place(**{**row, "others": tuple(row["others"]), "force": forces[row["force"]]}) for row in named]


class Gazetteer:
    """All places by folded name. Only read after it is made."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Index every name of every place."""
        self._named: dict[str, list[tuple[Place, str]]] = defaultdict(list)
        for place in places:
            for name in (place.name, place.name_cy, *place.others):
                key = fold(name)
                for form in {key, *(key.removeprefix(article) for article in ARTICLES)} - {""}:
                    self._named[form].append((place, name))
        self._keys = list(self._named)

    def find(self, *, text: str, limit: int, exact: bool = False) -> list[Found]:
        """Places whose name is `text` or nearly so: the best match first, then the larger place.

        What stands after a comma (an authority, a force, a nation) brings those places to the front; it hides none.
        Places of one name all come, as far as `limit` goes; with `exact` only those of just this name. Raises
        ValueError for an empty or endless text, or a limit not from 1 to 50.
        """
        if isinstance(limit, bool) or not 1 <= limit <= MOST:
            raise ValueError(f"The limit {limit} is not from 1 to {MOST}.")
        if len(text) > LONGEST:
            raise ValueError(f"The name of a place is longer than {LONGEST} letters.")
        name, _, qualifier = text.partition(",")
        key, within = fold(name), fold(qualifier)
        if not key:
            raise ValueError("The name of a place has no letters.")
        found: dict[int, Found] = {}
        for match, score in self._same(key) if exact else self._alike(key):
            for place, written in self._named[match]:
                if place.id not in found or found[place.id].score < score:
                    found[place.id] = Found(place, written, score)
        order = sorted(found.values(), key=_rank)
        if within:
            order.sort(key=lambda f: not _is_within(f.place, within))
        return order[:limit]

    def _same(self, key: str) -> list[tuple[str, int]]:
        return [(key, 100)] if key in self._named else []

    def _alike(self, key: str) -> list[tuple[str, int]]:
        if len(key) < SHORT:
            return self._same(key)
        matches = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST)
        # Only the same letters are 100: a near match never ties with the name itself.
        alike = {match: 100 if match == key else min(99, round(score)) for match, score, _ in matches}
        for other in self._keys:
            if other != key and other.startswith(key) and (len(key) > SHORT or other[len(key)] == " "):
                alike[other] = max(alike.get(other, 0), BEGINNING)
        return list(alike.items())


def _rank(found: Found) -> tuple[int, bool, int, int]:
    # Walton before West Walton, which is also called so; then the larger place.
    place = found.place
    return -found.score, found.matched not in (place.name, place.name_cy), -place.population, place.id


def _is_within(place: Place, qualifier: str) -> bool:
    known = (place.area, place.force.name, place.force.slug, place.force.name_cy, *NATIONS[place.force.nation])
    return any(fuzz.partial_ratio(qualifier, folded) >= QUALIFIER_ALIKE for folded in map(fold, known) if folded)
