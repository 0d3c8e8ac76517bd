"""The picker of devices: words, a list of what the catalogue has, one's own words, several devices. Works without
scripts; with them `devices` answers while somebody types.

What was picked so far travels in the form, in pairs of `product` and `value`, which `checking.check` reads; nothing is
kept before the person goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from bluelamp.kernel.catalogue.domain.keys import is_product_key
from bluelamp.kernel.catalogue.queries import named_products
from bluelamp.kernel.catalogue.search import search_products
from bluelamp.reporting.domain.checking import MOST_DEVICES
from bluelamp.reporting.domain.tidying import tidy_line
from bluelamp.reporting.web.journey_forms import Fields
from bluelamp.reporting.web.journey_sitting import kept_out

MOST_FOUND = 10
_LONGEST = 200
OWN_WORDS = "own"


@dataclass(frozen=True)
class Picked:
    """One device on the list: the catalogue's key or "", the person's words, the catalogue's name or ""."""

    key: str
    text: str
    name: str

    @property
    def shown(self) -> str:
        """How it reads."""
        return self.name or self.text or self.key


@dataclass(frozen=True)
class Match:
    """A product of the catalogue that the words may mean."""

    key: str
    name: str


@dataclass(frozen=True)
class Picking:
    """Where the picking stands. `matches` are offered for `text`; `looked`: they were looked for. `is_done`: go on."""

    chosen: tuple[Picked, ...]
    text: str = ""
    matches: tuple[Match, ...] = ()
    looked: bool = False
    is_done: bool = False
    fields: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """No more can be added."""
        return len(self.chosen) >= MOST_DEVICES


def chosen_in(fields: Fields) -> Picking:
    """The devices that were picked before."""
    return Picking(_listed(list(zip(fields.get("product", ()), fields.get("value", ()), strict=False))))


def picking(fields: Fields) -> Picking:
    """What a press of a button on the page does: `find`, `add`, `remove` (with a place), or going on.

    `word` is what was written and `pick` the product chosen for it (`own` for the words as they are).
    """
    pairs = list(zip(fields.get("product", ()), fields.get("value", ()), strict=False))
    word, pick = _one(fields, "word"), _one(fields, "pick")
    if "remove" in fields:
        place = _one(fields, "remove")
        pairs = [pair for n, pair in enumerate(pairs) if str(n) != place]
        return Picking(_listed(pairs), text=word)
    if "find" in fields:
        return Picking(_listed(pairs), text=word, matches=_matches(word), looked=bool(tidy_line(word)))
    if tidy_line(word) or pick not in ("", OWN_WORDS):
        pairs.append((pick if is_product_key(pick) else "", word))
    if "add" in fields:
        return Picking(_listed(pairs))
    made = {"product": [key for key, _ in pairs], "value": [text for _, text in pairs]}
    return Picking(_listed(pairs), is_done=True, fields=made)


@require_safe
@kept_out
def devices(request: HttpRequest) -> JsonResponse:
    """Products for what was typed so far, as JSON, for the script of the picker."""
    found = _matches(request.GET.get("q", "")[:_LONGEST])
    return JsonResponse({"found": [{"key": match.key, "name": match.name} for match in found]})


def shown_name(name: str, maker: str) -> str:
    """A product's name with its maker in front, once."""
    return name if not maker or name.casefold().startswith(maker.casefold()) else f"{maker} {name}"


def catalogue_names(keys: list[str]) -> dict[str, str]:
    """Key -> name with maker, of products that the catalogue has."""
    found = named_products(keys=[key for key in keys if key]) if any(keys) else {}
    return {key: shown_name(product.name, product.maker.name) for key, product in found.items()}


def _matches(text: str) -> tuple[Match, ...]:
    words = tidy_line(text)[:_LONGEST]
    if not words:
        return ()
    found = search_products(text=words, limit=MOST_FOUND)
    return tuple(Match(one.product_key, shown_name(one.name, one.maker)) for one in found)


def _listed(pairs: list[tuple[str, str]]) -> tuple[Picked, ...]:
    known = [(key if len(key) <= _LONGEST and is_product_key(key) else "", tidy_line(text)) for key, text in pairs]
    kept = [pair for pair in dict.fromkeys(known) if any(pair)][: MOST_DEVICES + 1]
    names = catalogue_names([key for key, _ in kept])
    return tuple(Picked(key, text, names.get(key, "")) for key, text in kept)


def _one(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "")
