"""The written names of a product as search reads them: what a text may fit in them, and the words they are found by."""

from collections.abc import Iterator
from dataclasses import dataclass

from bluelamp.kernel.catalogue.domain.words import category_words, stem, words

LONGEST_RUN = 3
SHORTEST_FUZZY = 4
# What a text is in a name: one to three of its words joined, the stem of one, all that begins at a word.
RUN, STEM, OPENING = 1, 2, 4


@dataclass(frozen=True)
class Named:
    """A product to be found: every name that is written for it; `category` is "" where it has not been placed."""

    key: str
    name: str
    maker: str
    category: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """One written name. `whole` is its words joined and `bare` the same without the maker; `parts` tells of every text
    that a word may fit what it is in the name (RUN, STEM, OPENING, added up); `vocabulary` is what it is found by."""

    text: str
    own: bool
    whole: str
    bare: str
    parts: dict[str, int]
    vocabulary: set[str]


def written_names(product: Named) -> Iterator[Written]:
    """The names of a product, its own first; of those with the same letters and digits one."""
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
        stems = frozenset(stem(w) for w in (*parts, *maker))
        yield Written(
            text=text,
            own=text == product.name,
            whole=whole,
            bare=whole[len(joined) :] if named and len(whole) > len(joined) else whole,
            parts=_parts(parts, () if named else maker, stems),
            vocabulary={*parts, *maker, joined, *stems, *kinds} - {""},
        )


def _parts(parts: tuple[str, ...], maker: tuple[str, ...], stems: frozenset[str]) -> dict[str, int]:
    """What each text is in a name; `maker` is empty where the name begins with it."""
    found = dict.fromkeys(_runs(parts), RUN)
    if maker:
        found |= dict.fromkeys(_runs((*maker, *parts)[: len(maker) + 1]), RUN)
    openings = ["".join(parts[i : i + LONGEST_RUN]) for i in range(len(parts))]
    for opening in openings + (["".join(maker)] if maker else []):
        found[opening] = found.get(opening, 0) | OPENING
    for root in stems:
        found[root] = found.get(root, 0) | STEM
    return found


def _runs(parts: tuple[str, ...]) -> Iterator[str]:
    for start in range(len(parts)):
        for end in range(start + 1, min(start + LONGEST_RUN, len(parts)) + 1):
            yield "".join(parts[start:end])
