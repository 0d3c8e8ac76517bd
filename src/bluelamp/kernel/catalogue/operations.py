"""Writes to the catalogue."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from bluelamp.kernel.catalogue.domain.keys import fold, shown_name
from bluelamp.kernel.catalogue.domain.tables import Tables
from bluelamp.kernel.catalogue.models import CatalogueVersion, FormerKey, Maker, Model, Product, WrittenName

_BATCH = 2_000
_LONGEST = 300
_LONGEST_MAKER = 120


def load_catalogue(*, tables: Tables, keys: Iterable[str], names: Mapping[str, tuple[str, str]], version: str) -> int:
    """Put the catalogue in the state that the tables and the packaged names describe; give the number of products.

    `keys` are product keys known from vulnerability records, `names` the written (maker, product) of some of them.
    Hand-made rows win. Runs in one transaction: a stop leaves the catalogue as it was.
    """
    plan = _Plan(tables=tables)
    for key in sorted(keys):
        plan.add_key(key=key, written=names.get(key))
    with transaction.atomic():
        plan.write()
        CatalogueVersion.objects.update_or_create(id=1, defaults={"version": version})
    return len(plan.products)


class _Plan:
    """Collects the rows of one catalogue load, hand-made ones first."""

    def __init__(self, *, tables: Tables) -> None:
        self.tables = tables
        self.makers = {r["maker_key"]: Maker(key=r["maker_key"], name=r["name"]) for r in tables.makers}
        self.products: dict[str, Product] = {}
        self.models: dict[str, Model] = {}
        self.names: dict[tuple[str, str], WrittenName] = {}
        self.former: dict[str, FormerKey] = {}
        for r in tables.products:
            self.products[r["product_key"]] = Product(
                key=r["product_key"],
                maker_id=r["maker_key"],
                name=r["name"],
                category=r["category"],
                support=r["support"],
                note=r["note"],
            )
            self._name(text=r["name"], product_key=r["product_key"])
        for former, moved in tables.moved.items():
            self.former[former] = FormerKey(key=former, product_id=moved.product_key, name=moved.name)
            if moved.name:
                self._name(text=moved.name, product_key=moved.product_key)
        for r in tables.models:
            self.models[r["model_key"]] = Model(key=r["model_key"], product_id=r["product_key"], name=r["name"])
            self._name(text=r["name"], product_key=r["product_key"])
        for (maker, product, _), place in tables.aliases.items():
            if place.product_key:
                self._name(text=f"{maker.strip()} {product.strip()}", product_key=place.product_key)

    def add_key(self, *, key: str, written: tuple[str, str] | None) -> None:
        maker_key, _, rest = key.partition(":")
        # A heuristic key longer than any name is a sentence, not a product.
        if key in self.former:
            if written:
                self._name(text=_display(written, maker=written[0]), product_key=self.former[key].product_id)
            return
        if key in self.products or key in self.models or len(key) > _LONGEST or len(maker_key) > _LONGEST_MAKER:
            return
        maker = shown_name(written[0]) if written else maker_key
        self.makers.setdefault(maker_key, Maker(key=maker_key, name=maker[:_LONGEST]))
        name = _display(written, maker=self.makers[maker_key].name)
        rule = self.tables.rule_for(maker_key=maker_key, product=rest)
        if rule and rule.product_key:
            self.models[key] = Model(key=key, product_id=rule.product_key, name=name)
            target = rule.product_key
        else:
            category = rule.category if rule else ""
            self.products[key] = Product(key=key, maker_id=maker_key, name=name, category=category)
            target = key
        if name:
            self._name(text=name, product_key=target)

    def _name(self, *, text: str, product_key: str) -> None:
        text = " ".join(text.split())[:_LONGEST]
        maker_key = self.products[product_key].maker_id
        row = WrittenName(text=text, folded=fold(text), maker_id=maker_key, product_id=product_key)
        self.names.setdefault((text, product_key), row)

    def write(self) -> None:
        WrittenName.objects.all().delete()
        FormerKey.objects.all().delete()
        Model.objects.all().delete()
        Product.objects.all().delete()
        Maker.objects.all().delete()
        Maker.objects.bulk_create(self.makers.values(), batch_size=_BATCH)
        Product.objects.bulk_create(self.products.values(), batch_size=_BATCH)
        FormerKey.objects.bulk_create(self.former.values(), batch_size=_BATCH)
        Model.objects.bulk_create(self.models.values(), batch_size=_BATCH)
        WrittenName.objects.bulk_create(self.names.values(), batch_size=_BATCH)


def _display(written: tuple[str, str] | None, *, maker: str) -> str:
    """The name to show for a written (maker, product), maker first; "" where there is none."""
    if not written:
        return ""
    product = shown_name(" ".join(written[1].split()))
    named = fold(product).startswith(fold(maker))
    return (product if named else f"{maker} {product}")[:_LONGEST]
