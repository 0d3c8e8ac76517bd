"""What the pages and the API read, shaped for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.queries import named_rows
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS, Category
from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.catalogue.models import Product, WrittenName

LONGEST_SEARCH = 100
MOST_FOUND = 25
ORDERS = {
    "confirmed": ("-last_seen", "product_name"),
    "name": ("product_name",),
    "dates": ("-dates", "product_name"),
    "low": ("-low", "product_name"),
}


@dataclass(frozen=True)
class CategoryCard:
    """A category with evidence in the period: how many products, and the newest date."""

    category: Category
    products: int
    newest: date


def cards_by_group(*, edition: Edition) -> list[tuple[str, list[CategoryCard]]]:
    """The categories with evidence, by group in the fixed order, newest first within a group."""
    found = named_rows(edition=edition).values("category").annotate(n=Count("id"), newest=Max("last_seen"))
    cards = [CategoryCard(CATEGORIES[r["category"]], r["n"], r["newest"]) for r in found]
    cards.sort(key=lambda c: (-c.newest.toordinal(), c.category.plural))
    groups = [(label, [c for c in cards if c.category.group == code]) for code, label in GROUPS.items()]
    return [(label, inside) for label, inside in groups if inside]


def filtered_rows(*, edition: Edition, wanted: Mapping[str, str]) -> QuerySet[EditionRow]:
    """The named rows that fit the filters `group`, `category`, `band`, `maker`, `q`, in the order of `sort`."""
    rows = named_rows(edition=edition)
    for field in ("group", "category", "band"):
        if wanted.get(field):
            rows = rows.filter(**{field: wanted[field]})
    if wanted.get("maker"):
        rows = rows.filter(maker_key=wanted["maker"])
    if wanted.get("q"):
        for word in wanted["q"][:LONGEST_SEARCH].split():
            rows = rows.filter(Q(product_name__icontains=word) | Q(maker_name__icontains=word))
    return rows.order_by(*ORDERS.get(wanted.get("sort", ""), ORDERS["confirmed"]))


def search_products(*, text: str) -> list[Product]:
    """Catalogue products with a written name that holds every word typed, shortest names first; at most 25."""
    words = [fold(word) for word in text[:LONGEST_SEARCH].split() if fold(word)]
    if not words:
        return []
    names = WrittenName.objects.filter(product__isnull=False).exclude(product__name="")
    for word in words:
        names = names.filter(folded__contains=word)
    found: dict[str, tuple[int, int, str]] = {}
    for key, category, folded in names.values_list("product_id", "product__category", "folded")[:2_000]:
        rank = (0 if category else 1, len(folded), folded)
        found[key] = min(found.get(key, rank), rank)
    keys = sorted(found, key=lambda k: found[k])[:MOST_FOUND]
    products = Product.objects.select_related("maker").in_bulk(keys)
    return [products[k] for k in keys]


def row_of(*, edition: Edition | None, key: str) -> EditionRow | None:
    """A product's row of an edition if it may be named there, whether or not it was seen in the period."""
    return edition.rows.filter(product_key=key, named=True).first() if edition else None


def month_table(*, edition: Edition, row: EditionRow) -> list[dict[str, Any]]:
    """(year and month in which a period month ends, dates) of every month with a sighting, newest first."""
    end = edition.period_end
    found = []
    for back, dates in enumerate(reversed(row.monthly)):
        year, month = divmod(end.year * 12 + end.month - 1 - back, 12)
        if dates:
            found.append({"ends": date(year, month + 1, 1), "dates": dates})
    return found
