"""The list of devices that stands in the address of "Check my home": read, limited, understood. Nothing is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from bluelamp.index.domain.home_names import (
    EXACT,
    GUESSED,
    KINDS,
    Hit,
    in_order,
    kind_meant,
    kind_shared,
    offered,
    sure_of,
    without_kinds,
)
from bluelamp.index.web.filters import LONGEST_TEXT, cut, not_known
from bluelamp.kernel.catalogue import search as catalogue
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.kernel.catalogue.domain.household import Meant, meant_at_home
from bluelamp.kernel.catalogue.domain.searching import Found, Index, Preferred
from bluelamp.kernel.catalogue.domain.watched import smells_of_being_watched
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import household_names, kinds_of_makers, named_products
from bluelamp.ui import labels

MOST = 20
_READ = 200
# So many finds are put in order, families with evidence first; so many of these are looked at.
_FOUND, _LOOKED_UP = 200, 12


class Entry(NamedTuple):
    """One part of the list: `d` words that were typed , `p` a product's key, `k` a kind."""

    field: str
    value: str


@dataclass(frozen=True)
class Understood:
    """What one entry was taken for. `product` where one is meant, else `kind` where that much is clear, else neither.

    `unknown` says that words were typed that are the name of no product and of no kind, `unsure` that products fit but
    none for certain, `household` that it is a maker or a box that homes have and the catalogue does not hold.
    `guesses` are (name, key) of what else it might be and, once the list is read, (name, the query of the page with
    that one chosen); `without` is the query of the page without this entry.
    """

    entry: Entry
    name: str
    kind: str = ""
    product: Product | None = None
    unknown: bool = False
    unsure: bool = False
    household: bool = False
    guesses: tuple[tuple[str, str], ...] = ()
    without: str = ""


def read_entries(query: QueryDict) -> tuple[list[Entry], list[str]]:
    """The list of a query, and a plain sentence for each thing that was changed: repeats, too long, too many."""
    lines = [line for text in query.getlist("d")[:_READ] for line in text.splitlines()[:_READ]]
    texts = [cut(line) for line in lines]
    given = [Entry("p", key) for keys in query.getlist("p")[:_READ] for key in keys.split()[:_READ]]
    given += [Entry("d", text) for text, _ in texts if text]
    given += [Entry("k", code) for code in query.getlist("k")[:_READ] if code]
    problems = [too_long()] if any(was_cut for _, was_cut in texts) else []
    strange = [e for e in given if e.field == "k" and e.value not in KINDS]
    if strange:
        problems.append(not_known(strange[0].value))
    once: dict[tuple[str, str], Entry] = {}
    for entry in given:
        if entry not in strange:
            once.setdefault((entry.field, entry.value.casefold()), entry)
    repeats = len(given) - len(strange) - len(once)
    if repeats:
        problems.append(_twice(repeats))
    kept = list(once.values())
    if len(kept) > MOST:
        problems.append(gettext("Only the first %(most)d devices were kept.") % {"most": MOST})
    return kept[:MOST], problems


def understand(entries: list[Entry], *, preferred: Preferred | None = None) -> tuple[list[Understood], list[str]]:
    """What each entry means, and a sentence for each that was left out: unknown keys, one product named twice.

    `preferred` says which products the edition has evidence of.
    """
    meant = {e: meant_at_home(text=e.value, table=household_names()) for e in entries if e.field == "d"}
    hits = _hits([e.value for e in meant], preferred)
    keys = {e.value for e in entries if e.field == "p"} | {h.product_key for found in hits.values() for h in found}
    products = named_products(keys=keys | {m.household.product_key for m in meant.values() if m} - {""})
    problems: list[str] = []
    read: list[Understood] = []
    seen: set[str] = set()
    for entry in entries:
        one = _one(entry, hits=hits.get(entry.value, []), meant=meant.get(entry), products=products)
        if one is None:
            problems.append(not_known(entry.value))
        elif one.product is not None and one.product.key in seen:
            problems.append(_twice(1))
        else:
            read.append(one)
            seen |= {one.product.key} if one.product is not None else set()
    kept = [one.entry for one in read]
    return [_with_addresses(one, kept) for one in read], problems


def address_of(entries: Iterable[Entry]) -> str:
    """The query that holds a list; "?" alone for an empty one, so that a link to it leads to the page."""
    return f"?{urlencode(list(entries))}"


def too_long() -> str:
    """What a reader is told of whose lines one was cut."""
    return gettext("A name was longer than %(most)d characters, so the rest was left out.") % {"most": LONGEST_TEXT}


def _twice(count: int) -> str:
    return ngettext(
        "%(count)d device stood in the list twice and is shown once.",
        "%(count)d devices stood in the list twice and are shown once.",
        count,
    ) % {"count": count}


def _hits(texts: list[str], preferred: Preferred | None) -> dict[str, list[Hit]]:
    """What the search finds for each text, best first, with what the catalogue and the edition know of it."""
    index = catalogue.search_index() if texts else None
    if index is None:
        return {}
    found = {text: _found(index, text) for text in texts}
    keys = {f.product_key for of in found.values() for f in of}
    known = set(preferred(keys)) if preferred is not None and keys else set()
    kinds = {p.key: p.category for p in index.products if p.key in keys}
    makers = kinds_of_makers(keys=[key for key in keys if not kinds[key]])
    return {text: _ordered(of, known, kinds, makers) for text, of in found.items()}


def _found(index: Index, text: str) -> list[Found]:
    """What a text finds and, after that, what is found without the words for kinds: families of many kinds."""
    if smells_of_being_watched(text):
        return []
    found = index.search(text=text, limit=_FOUND)
    rest = without_kinds(text)
    if not rest or rest == text.casefold():
        return found
    own = {f.product_key for f in found}
    maker = [f for f in index.search(text=rest, limit=_FOUND) if f.why not in GUESSED and f.product_key not in own]
    return [*found, *(replace(f, why="parts") for f in maker)]


def _ordered(
    found: list[Found], known: set[str], kinds: dict[str, str], makers: dict[str, frozenset[str]]
) -> list[Hit]:
    hits = [
        Hit(
            product_key=f.product_key,
            name=f.name,
            maker=f.maker,
            score=f.score,
            why=f.why,
            kind=kinds.get(f.product_key, ""),
            evidence=f.product_key in known,
            maker_kinds=makers.get(f.product_key.partition(":")[0], frozenset()),
        )
        for f in found
    ]
    ordered = in_order(hits)
    return [*ordered[:_LOOKED_UP], *[h for h in ordered[_LOOKED_UP:] if h.evidence][:_LOOKED_UP]]


def _one(entry: Entry, *, hits: list[Hit], meant: Meant | None, products: dict[str, Product]) -> Understood | None:
    if entry.field == "k":
        return Understood(entry, name=str(labels.category_singular(entry.value)), kind=entry.value)
    if entry.field == "p":
        product = products.get(entry.value)
        return Understood(entry, name=product.name, kind=product.category, product=product) if product else None
    if kind := _kind_named(entry.value):
        return Understood(entry, name=entry.value, kind=kind)
    sure = sure_of(text=entry.value, hits=hits)
    written_whole = sure is not None and sure.why in EXACT
    if meant is not None and not written_whole:
        return _household(entry, meant, products)
    if sure is not None and sure.product_key in products:
        product = products[sure.product_key]
        return Understood(entry, name=product.name, kind=product.category, product=product)
    said = kind_meant(entry.value)
    guesses = tuple((h.name, h.product_key) for h in offered(hits=hits, kind=said))
    # Where there may be more, they may be of other kinds.
    kind = said or (kind_shared([h for h in hits if h.why not in GUESSED]) if len(hits) < _LOOKED_UP else "")
    unsure = bool(guesses) and hits[0].why not in GUESSED
    return Understood(entry, name=entry.value, kind=kind, unknown=not unsure, unsure=unsure, guesses=guesses)


def _household(entry: Entry, meant: Meant, products: dict[str, Product]) -> Understood:
    """A name that homes use: the product it stands for, unless another kind is said beside it; else the kind."""
    row, said = meant.household, kind_meant(meant.rest)
    product = products.get(row.product_key)
    if CATEGORIES[row.kind].group == "home" and said and said != row.kind:
        guesses = ((product.name, product.key),) if product is not None else ()
        return Understood(entry, name=entry.value, kind=said, household=True, guesses=guesses)
    if product is not None:
        return Understood(entry, name=product.name, kind=product.category or row.kind, product=product)
    return Understood(entry, name=entry.value, kind=row.kind, household=True)


def _kind_named(text: str) -> str:
    """The kind whose name, and no more, was written."""
    whole = text.casefold().strip()
    names = {code: {str(n).casefold() for n in labels.CATEGORIES[code]} for code in KINDS}
    return next((code for code in KINDS if whole in names[code]), "")


def _with_addresses(one: Understood, kept: list[Entry]) -> Understood:
    """The same with the queries that its links lead to."""
    chosen = tuple(
        (name, address_of([Entry("p", key) if e == one.entry else e for e in kept])) for name, key in one.guesses
    )
    return replace(one, guesses=chosen, without=address_of([e for e in kept if e != one.entry]))
