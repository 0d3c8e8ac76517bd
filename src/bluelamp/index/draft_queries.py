"""Reads of what a draft is to show, for those who check, sign or are shown it before it is out."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.queries import nameable_rows

PRODUCT, CRIMES = "product", "crimes"


def withheld_of(*, edition: Edition) -> list[tuple[str, str, str, str]]:
    """What a draft withholds, by name: "product" or "crimes", the product's key and name, and why."""
    rows = edition.rows.exclude(withheld="", crimes_withheld="").order_by("product_name", "product_key")
    found = []
    for row in rows:
        reasons = {PRODUCT: row.withheld, CRIMES: row.crimes_withheld}
        found += [(what, row.product_key, row.product_name, why) for what, why in reasons.items() if why]
    return found


def shown_in(*, edition: Edition, text: str = "") -> QuerySet[EditionRow]:
    """The products that an edition has a page of, by name; those only whose name or key holds a text."""
    rows = nameable_rows(edition=edition).order_by("product_name", "product_key")
    return rows.filter(Q(product_name__icontains=text) | Q(product_key__icontains=text)) if text else rows


def names_of(*, keys: Collection[str], edition: Edition | None = None) -> dict[str, str]:
    """Product key -> its written name, in one edition or as the newest edition that has it writes it."""
    rows = EditionRow.objects.filter(product_key__in=keys).exclude(product_name="")
    rows = rows.filter(edition=edition) if edition is not None else rows.exclude(edition__status="specimen")
    pairs = rows.order_by("edition__number", "edition__revision").values_list("product_key", "product_name")
    return dict(pairs)
