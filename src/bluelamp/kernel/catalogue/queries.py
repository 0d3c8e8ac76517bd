"""Reads of the catalogue."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bluelamp.kernel.catalogue.domain.keys import fold
from bluelamp.kernel.catalogue.domain.tables import Place, Tables, read_tables
from bluelamp.kernel.catalogue.models import CatalogueVersion, Maker, Model, Product
from bluelamp.kernel.prepared import PreparedValues


@cache
def packaged_tables() -> Tables:
    """The hand-made tables that this program carries."""
    folder = resources.files("bluelamp.kernel.catalogue") / "tables"
    return read_tables(lambda name: (folder / name).read_text(encoding="utf-8"))


def loaded_version() -> str:
    """The version the database holds; "" before the first load."""
    found = _VERSION.rows()
    return str(found[0][0]) if found else ""


_VERSION = PreparedValues(lambda: CatalogueVersion.objects.order_by("pk").values_list("version")[:1])


def products_with_category() -> Iterable[tuple[str, str, str, str, str]]:
    """(key, maker key, name, category, support) of every product that has been placed, by key."""
    rows = Product.objects.exclude(category="").order_by("key")
    return rows.values_list("key", "maker_id", "name", "category", "support").iterator()


def maker_names() -> dict[str, str]:
    """Maker key -> name."""
    return dict(Maker.objects.values_list("key", "name"))


@dataclass(frozen=True)
class Resolver:
    """Finds where a written name belongs: the alias table first, else a key of the same letters and digits."""

    aliases: dict[tuple[str, str, str], Place]
    makers: frozenset[str]
    products: frozenset[str]
    models: dict[str, str]
    keys_of_ref: Callable[[str], tuple[str, ...]]

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

    def _place_of_ref(self, ref: str) -> Place:
        keys = self.keys_of_ref(ref)
        # Several candidates would be a guess about which product was attacked.
        return (self._place_of_key(keys[0]) if len(keys) == 1 else None) or Place("", "", "")

    def _place_of_key(self, key: str) -> Place | None:
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
    )
