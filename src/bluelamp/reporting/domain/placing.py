"""Which force a place in words belongs to: exact names only, and every other force that it may mean is told."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bluelamp.kernel.places.domain.gazetteer import LONGEST, Found
from bluelamp.reporting.domain.identifiers import find_postcode
from bluelamp.reporting.domain.tidying import tidy_line

_BETWEEN = re.compile(r"[,;\n/()]|\b(?:near|by|in|at|close to|outside|ger|wrth|yn|ym|yng)\b", re.IGNORECASE)
_EXACT = 100
_MOST_PARTS = 6
_ALSO = 5


@dataclass(frozen=True)
class Settled:
    """The force of a place (its slug), the others that the words may mean, and the point in degrees.

    `force` is "" and `point` None where no place of these words is known.
    """

    force: str = ""
    also: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


def settle(*, text: str, find: Callable[[str], Sequence[Found]]) -> Settled:
    """The place that a text means. `find` looks a name up, best first; what follows a comma in it is where it lies.

    Of several parts ("Church Street, Reading") the one that names the largest place decides: streets share the names
    of villages.
    """
    bare = text.replace(find_postcode(text), " ") if find_postcode(text) else text
    parts = [re.sub(r"^[\d\W]+", "", tidy_line(part)) for part in _BETWEEN.split(bare)]
    parts = [part for part in parts if re.search(r"[^\W\d_]", part) and len(part) <= LONGEST][:_MOST_PARTS]
    best: list[Found] = []
    for number, part in enumerate(parts):
        asked = ", ".join((part, " ".join(parts[number + 1 :])[: LONGEST - len(part) - 2])).rstrip(", ")
        exact = [found for found in find(asked) if found.score >= _EXACT]
        if exact and (not best or exact[0].place.population > best[0].place.population):
            best = exact
    if not best:
        return Settled()
    slugs = list(dict.fromkeys(found.place.force.slug for found in best))
    place = best[0].place
    return Settled(slugs[0], tuple(slugs[1 : 1 + _ALSO]), (place.lat, place.lon))
