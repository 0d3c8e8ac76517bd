"""Search over all products of the loaded catalogue, held in memory from the first search on."""

import csv
import threading
from collections import defaultdict
from importlib import resources

from bluelamp.kernel.catalogue.domain.searching import Found, Index, Named, Preferred
from bluelamp.kernel.catalogue.domain.watched import smells_of_being_watched
from bluelamp.kernel.catalogue.models import Product, WrittenName
from bluelamp.kernel.catalogue.queries import loaded_version

__all__ = ["Found", "did_you_mean", "search_index", "search_products"]
_GUESSES = frozenset({"similar", "some"})
_lock = threading.Lock()
_held: dict[str, Index] = {}


def search_products(*, text: str, limit: int = 25, preferred: Preferred | None = None) -> list[Found]:
    """The products that a text means, best first, typing errors forgiven. Those without a written name are not found.

    `text` is cut at 200 characters and ten words. `preferred` is asked, where all are guesses, which come first among
    those that fit alike. Nothing is found for who may be watched: a list of such programs would be their ranking
    (RED-LINES 6 and 8).
    """
    if smells_of_being_watched(text):
        return []
    return search_index().search(text=text, limit=limit, preferred=preferred)


def did_you_mean(found: list[Found]) -> str:
    """The name to ask back with where the best of the found is only a guess; "" where it is not."""
    return found[0].name if found and found[0].why in _GUESSES else ""


def search_index() -> Index:
    """The index of the catalogue as it is loaded, made where this process does not hold it (about a second)."""
    version = loaded_version()
    if not version:
        # No version is written down before the first load: nothing says that the same rows are still there.
        return _build()
    held = _held.get(version)
    if held is None:
        with _lock:
            held = _held.get(version)
            if held is None:
                held = _build()
                _held.clear()
                _held[version] = held
    return held


def called() -> list[tuple[str, str]]:
    """(product key, what people call it): names that no source of evidence writes, for search only."""
    table = resources.files("bluelamp.kernel.catalogue") / "tables" / "called.csv"
    return [(r["product_key"], r["text"]) for r in csv.DictReader(table.read_text(encoding="utf-8").splitlines())]


def _build() -> Index:
    names: dict[str, list[str]] = defaultdict(list)
    written = WrittenName.objects.filter(product__isnull=False).exclude(product__name="").order_by("id")
    for key, text in written.values_list("product_id", "text").iterator():
        names[str(key)].append(text)
    for key, text in called():
        names[key].append(text)
    products = Product.objects.exclude(name="").order_by("key")
    rows = products.values_list("key", "name", "maker__name", "category").iterator()
    return Index(Named(key, name, maker, category, tuple(names[key])) for key, name, maker, category in rows)
