"""What somebody at home means by the name of a device: a product, a kind of device, or neither (pure).

How names are found is the catalogue's search; here stands what of its finds is taken for meant, and what is offered.
The rules in words: docs/methods/check-my-home.md.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, group_of
from bluelamp.kernel.catalogue.domain.fitting import WHYS, Why
from bluelamp.kernel.catalogue.domain.words import OPTIONAL, category_words, stem, words

# Kinds that a home may have, in the order of the form; each is a category.
KINDS = (
    "router", "extender", "camera", "recorder", "doorbell", "nas", "hub", "printer", "tv", "media-box", "speaker",
    "wearable", "phone-desk", "phone-system", "computer-system", "vehicle", "charger",
)  # fmt: skip
GUESSES = 4
# Groups of products that stand in homes, and what of them does not.
_HOME_GROUPS = frozenset({"home", "phone", "application", "vehicle"})
_NOT_HOME = frozenset({"web-site", "phone-part", "telematics"})
# A product is taken for meant where its name is mostly what was written, and no other fits nearly as well. Scores run
# from one tier of WHYS to the next: with another number of tiers these mean something else (samples/household.csv).
_CLOSE, _AHEAD = 0.676, 0.07
GUESSED = frozenset({"parts", "inside", "similar", "some"})
_SLIPS = frozenset({"similar", "some"})
EXACT = frozenset({"name", "other-name"})
# Words of families' names beside maker, model and kind.
_FILLING = OPTIONAL | {"home", "network", "small", "business", "device", "product", "series"}
_KIND_WORDS = frozenset(word for code in KINDS for word in category_words(code))


@dataclass(frozen=True)
class Hit:
    """One find of the search. `kind` is the product's category, "" where it has not been placed; `evidence` says that
    the edition names it; `maker_kinds` are the categories of the maker's placed products."""

    product_key: str
    name: str
    maker: str
    score: float
    why: Why
    kind: str = ""
    evidence: bool = False
    maker_kinds: frozenset[str] = frozenset()


def in_order(hits: Iterable[Hit]) -> list[Hit]:
    """As the page of the search has them: those that fit alike with evidence first, then placed families."""
    return sorted(hits, key=lambda h: (WHYS.index(h.why), not h.evidence, not h.kind, -h.score))


def at_home(hit: Hit) -> bool:
    """Whether a product may stand in a home. Of one that is not placed its maker's others say so."""
    if hit.kind:
        return group_of(category=hit.kind) in _HOME_GROUPS and hit.kind not in _NOT_HOME
    return not hit.maker_kinds or any(group_of(category=k) in _HOME_GROUPS - {"application"} for k in hit.maker_kinds)


def sure_of(*, text: str, hits: Sequence[Hit]) -> Hit | None:
    """The product that a text surely means; None where it is a guess or could be several.

    A name that was written in whole is meant, whatever it is the name of. Else a family whose every other word is one
    for its kind ("dlink dir" for "D-Link DIR routers"), or a name that is mostly what was written.
    """
    best = [h for h in hits if h.why == hits[0].why] if hits and hits[0].why not in GUESSED else []
    if best and best[0].why in EXACT:
        return max(best, key=lambda h: (at_home(h), h.evidence, h.score))
    families = [h for h in hits if h.why in ("begins", "words") and h.kind and at_home(h) and _says_all(text, h)]
    chosen = [h for h in families if h.evidence] or families
    if len(chosen) == 1:
        return chosen[0]
    ranked = sorted(best, key=lambda h: -h.score)
    if not ranked or ranked[0].score < _CLOSE or not at_home(ranked[0]) or _is_maker(text, ranked[0]):
        return None
    return ranked[0] if len(ranked) == 1 or ranked[0].score - ranked[1].score >= _AHEAD else None


def offered(*, hits: Sequence[Hit], kind: str = "") -> list[Hit]:
    """What else it might be: before what has slips what has none, families with evidence first, then what is as said.

    What was found by parts or with slips is offered only where it is placed: the catalogue has thousands of products
    that nobody has at home.
    """
    fitting = [h for h in hits if at_home(h) and (h.kind or h.why not in GUESSED)]

    def order(hit: Hit) -> tuple[bool, ...]:
        return hit.why in _SLIPS, not hit.evidence, hit.why in GUESSED, bool(kind) and hit.kind != kind

    return sorted(fitting, key=order)[:GUESSES]


def kind_meant(text: str) -> str:
    """The one kind of a home whose words stand in a text; "" where several do or none."""
    said = {stem(w) for w in words(text)}
    fitting = [code for code in KINDS if code in said or said & category_words(code)]
    exact = [code for code in fitting if code in said or said & {stem(w) for w in words(CATEGORIES[code].singular)}]
    chosen = exact if len(exact) == 1 else fitting
    return chosen[0] if len(chosen) == 1 else ""


def without_kinds(text: str) -> str:
    """A text without the words for kinds and those that say little, so that the rest can be looked for."""
    return " ".join(w for w in words(text) if stem(w) not in _KIND_WORDS and w not in OPTIONAL)


def kind_shared(hits: Collection[Hit]) -> str:
    """The kind that all have; "" where they have several or none."""
    kinds = {h.kind for h in hits}
    return kinds.pop() if len(kinds) == 1 else ""


def _says_all(text: str, hit: Hit) -> bool:
    """Whether a text leaves out of a family's name only words for its kind."""
    if _is_maker(text, hit):
        return False
    said, maker, joined = set(words(text)), set(words(hit.maker)), "".join(words(text))
    unsaid = [w for w in words(hit.name) if w not in said and w not in maker and w not in joined]
    fillers = category_words(hit.kind) | {stem(w) for w in _FILLING} | _KIND_WORDS
    return all(stem(w) in fillers for w in unsaid)


def _is_maker(text: str, hit: Hit) -> bool:
    """Whether only the maker was written, which says nothing of the device: most make several things."""
    return "".join(words(text)) == "".join(words(hit.maker))
