"""Reads of the catalogue."""

import csv
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from django.db.models import QuerySet

from bluelamp.kernel.catalogue.domain.household import Household, read_household
from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.catalogue.domain.tables import Place, Tables, read_tables
from bluelamp.kernel.catalogue.models import CatalogueVersion, FormerKey, Maker, Model, Product
from bluelamp.kernel.prepared import PreparedValues


@cache
def packaged_tables() -> Tables:
    """The hand-made tables that this program carries."""
    folder = resources.files("bluelamp.kernel.catalogue") / "tables"
    return read_tables(lambda name: (folder / name).read_text(encoding="utf-8"))


@cache
def household_names() -> tuple[Household, ...]:
    """What households write for their devices, as this program carries it."""
    table = resources.files("bluelamp.kernel.catalogue") / "tables" / "household.csv"
    return read_household(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def loaded_version() -> str:
    """The version the database holds; "" before the first load."""
    found = _VERSION.rows()
    return str(found[0][0]) if found else ""


def version_loaded() -> QuerySet[CatalogueVersion, Any]:
    """The same as a query, to be asked as part of another."""
    return CatalogueVersion.objects.order_by("pk").values_list("version")[:1]


_VERSION = PreparedValues(version_loaded)


def products_with_category() -> Iterable[tuple[str, str, str, str, str]]:
    """(key, maker key, name, category, support) of every product that has been placed, by key."""
    rows = Product.objects.exclude(category="").order_by("key")
    return rows.values_list("key", "maker_id", "name", "category", "support").iterator()


def maker_names() -> dict[str, str]:
    """Maker key -> name."""
    return dict(Maker.objects.values_list("key", "name"))


def kinds_of_makers(*, keys: Collection[str]) -> dict[str, frozenset[str]]:
    """Maker key -> the categories of its placed products, for the makers of some products."""
    makers = {key.partition(":")[0] for key in keys}
    found: dict[str, set[str]] = defaultdict(set)
    placed = Product.objects.filter(maker_id__in=makers).exclude(category="") if makers else Product.objects.none()
    for maker, category in placed.values_list("maker_id", "category").distinct():
        found[maker].add(category)
    return {maker: frozenset(kinds) for maker, kinds in found.items()}


def moved_keys() -> dict[str, str]:
    """Earlier key -> present key, of every product that was renamed or joined with another."""
    return dict(FormerKey.objects.values_list("key", "product_id"))


def current_key(*, key: str) -> str:
    """The present key of a product named by any key that it ever had; the key itself where nothing is known of it."""
    found = FormerKey.objects.filter(key=key).values_list("product_id", flat=True).first()
    return str(found) if found else key


def former_keys(*, keys: Collection[str]) -> dict[str, str]:
    """Earlier key -> present key, of some products by their present keys."""
    return dict(FormerKey.objects.filter(product_id__in=keys).order_by("key").values_list("key", "product_id"))


def named_products(*, keys: Collection[str]) -> dict[str, Product]:
    """Key as it was asked for -> product with a written name, also by keys that it had before."""
    moved = dict(FormerKey.objects.filter(key__in=keys).values_list("key", "product_id"))
    products = Product.objects.select_related("maker").exclude(name="").in_bulk({*keys, *moved.values()})
    found = {key: products.get(key) or products.get(moved.get(key, "")) for key in keys}
    return {key: product for key, product in found.items() if product is not None}


@dataclass(frozen=True)
class Resolver:
    """Finds where a written name belongs: the alias table first, else a key of the same letters and digits."""

    aliases: dict[tuple[str, str, str], Place]
    makers: frozenset[str]
    products: frozenset[str]
    models: dict[str, str]
    keys_of_ref: Callable[[str], tuple[str, ...]]
    moved: Mapping[str, str] = field(default_factory=dict)

    def place(self, *, written_maker: str, written_product: str, ref: str) -> Place:
        """The place of one written pair; every key is "" where nothing is known of it."""
        if not written_maker and not written_product:
            return self._place_of_ref(ref)
        for key in ((written_maker, written_product, ref), (written_maker, written_product, "")):
            if key in self.aliases:
                return self.aliases[key]
        maker = fold(written_maker)
        found = self._place_of_key(f"{maker}:{fold(written_product)}")
        return found or Place(maker if maker in self.makers else "", "", "")

    def present(self, *, key: str) -> str:
        """The present key of a product named by any key that it ever had; "" where there is none."""
        key = self.moved.get(key, key)
        return key if key in self.products else ""

    def _place_of_ref(self, ref: str) -> Place:
        keys = self.keys_of_ref(ref)
        # Several candidates would be a guess about which product was attacked; two keys of one product are not.
        keys = tuple(dict.fromkeys(self.moved.get(key, key) for key in keys))
        return (self._place_of_key(keys[0]) if len(keys) == 1 else None) or Place("", "", "")

    def _place_of_key(self, key: str) -> Place | None:
        key = self.moved.get(key, key)
        maker = key.partition(":")[0]
        if key in self.models:
            return Place(maker, self.models[key], key)
        return Place(maker, key, "") if key in self.products else None


def resolver(*, keys_of_ref: Callable[[str], tuple[str, ...]]) -> Resolver:
    """A resolver over the loaded catalogue. `keys_of_ref` gives the product keys known for a CVE."""
    return Resolver(
        aliases=dict(packaged_tables().aliases),
        makers=frozenset(Maker.objects.values_list("key", flat=True)),
        products=frozenset(Product.objects.values_list("key", flat=True)),
        models=dict(Model.objects.values_list("key", "product_id")),
        keys_of_ref=keys_of_ref,
        moved=moved_keys(),
    )
