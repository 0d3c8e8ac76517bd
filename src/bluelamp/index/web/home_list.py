"""The list of devices that stands in the address of "Check my home": read, limited, understood. Nothing is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from bluelamp.index.web.filters import LONGEST_TEXT, cut, not_known
from bluelamp.kernel.catalogue import search as catalogue
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.kernel.catalogue.domain.searching import Found
from bluelamp.kernel.catalogue.domain.words import category_words, stem, words
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import named_products
from bluelamp.ui import labels

MOST = 20
GUESSES = 4
# Kinds that a home may have, in the order of the form; each is a category.
KINDS = (
    "router", "extender", "camera", "recorder", "doorbell", "nas", "hub", "printer", "tv", "media-box", "speaker",
    "wearable", "phone-desk", "phone-system", "computer-system", "vehicle", "charger",
)  # fmt: skip
_READ = 200
_LOOKED_UP = 8
# A product is taken for meant where its name is mostly what was written, and no other fits nearly as well.
_CLOSE, _AHEAD = 0.63, 0.08
_GUESSED = frozenset({"parts", "similar", "some"})


class Entry(NamedTuple):
    """One part of the list: `d` words that were typed , `p` a product's key, `k` a kind."""

    field: str
    value: str


@dataclass(frozen=True)
class Understood:
    """What one entry was taken for. `product` where one is meant, else `kind` where that much is clear, else neither.

    `unknown` says that words were typed that are the name of no product and of no kind, `unsure` that products fit but
    none for certain. `guesses` are (name, key) of
    what else it might be and, once the list is read, (name, the query of the page with that one chosen); `without` is
    the query of the page without this entry.
    """

    entry: Entry
    name: str
    kind: str = ""
    product: Product | None = None
    unknown: bool = False
    unsure: bool = False
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


def understand(entries: list[Entry]) -> tuple[list[Understood], list[str]]:
    """What each entry means, and a sentence for each that was left out: unknown keys, one product named twice."""
    typed = [e for e in entries if e.field == "d"]
    index = catalogue.search_index() if typed else None
    hits = {e: index.search(text=e.value, limit=_LOOKED_UP) for e in typed if index}
    keys = {e.value for e in entries if e.field == "p"} | {h.product_key for found in hits.values() for h in found}
    products = named_products(keys=keys)
    problems: list[str] = []
    read: list[Understood] = []
    seen: set[str] = set()
    for entry in entries:
        one = _one(entry, hits=hits.get(entry, []), products=products)
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


def _one(entry: Entry, *, hits: list[Found], products: dict[str, Product]) -> Understood | None:
    if entry.field == "k":
        return Understood(entry, name=str(labels.category_singular(entry.value)), kind=entry.value)
    if entry.field == "p":
        product = products.get(entry.value)
        return Understood(entry, name=product.name, kind=product.category, product=product) if product else None
    if kind := _kind_named(entry.value):
        return Understood(entry, name=entry.value, kind=kind)
    sure = _sure(hits)
    if sure is not None and sure.product_key in products:
        product = products[sure.product_key]
        return Understood(entry, name=product.name, kind=product.category, product=product)
    guesses = tuple((h.name, h.product_key) for h in hits[:GUESSES])
    kind = _kind_meant(entry.value) or _kind_shared([h for h in hits if h.why not in _GUESSED], products)
    unsure = bool(hits) and hits[0].why not in _GUESSED
    return Understood(entry, name=entry.value, kind=kind, unknown=not unsure, unsure=unsure, guesses=guesses)


def _sure(hits: list[Found]) -> Found | None:
    """The product that a text surely means; None where it is a guess or could be several."""
    if not hits or hits[0].why in _GUESSED:
        return None
    first, second = hits[0], next((h for h in hits[1:] if h.why == hits[0].why), None)
    if first.why in ("name", "other-name"):
        return first
    return first if first.score >= _CLOSE and (second is None or first.score - second.score >= _AHEAD) else None


def _kind_named(text: str) -> str:
    """The kind whose name, and no more, was written."""
    whole = text.casefold().strip()
    names = {code: {str(n).casefold() for n in labels.CATEGORIES[code]} for code in KINDS}
    return next((code for code in KINDS if whole in names[code]), "")


def _kind_meant(text: str) -> str:
    """The one kind of a home whose words stand in a text; "" where several do or none."""
    said = {stem(w) for w in words(text)}
    fitting = [code for code in KINDS if code in said or said & category_words(code)]
    exact = [code for code in fitting if code in said or said & {stem(w) for w in words(CATEGORIES[code].singular)}]
    chosen = exact if len(exact) == 1 else fitting
    return chosen[0] if len(chosen) == 1 else ""


def _kind_shared(hits: list[Found], products: dict[str, Product]) -> str:
    if len(hits) == _LOOKED_UP:
        return ""  # there may be more, of other kinds
    kinds = {products[h.product_key].category for h in hits if h.product_key in products}
    return kinds.pop() if len(kinds) == 1 else ""


def _with_addresses(one: Understood, kept: list[Entry]) -> Understood:
    """The same with the queries that its links lead to."""
    chosen = tuple(
        (name, address_of([Entry("p", key) if e == one.entry else e for e in kept])) for name, key in one.guesses
    )
    return replace(one, guesses=chosen, without=address_of([e for e in kept if e != one.entry]))
