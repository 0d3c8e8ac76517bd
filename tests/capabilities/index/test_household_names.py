"""What British households write for their devices is taken for what they mean, over the whole packaged catalogue."""

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.web.home_list import Entry, Understood, understand
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import household_names, packaged_tables

SAMPLES = Path(__file__).parents[2] / "samples" / "household.csv"
pytestmark = [
    pytest.mark.django_db,
    # The index of names is in memory.
    pytest.mark.any_engine,
]


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole catalogue; the database is left as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_catalogue()
        yield
        transaction.set_rollback(True)


def _with_evidence(keys: Collection[str]) -> Collection[str]:
    """The families that the known-exploited list names."""
    return {place.product_key for place in packaged_tables().aliases.values()} & set(keys)


def _one(text: str) -> Understood:
    read, problems = understand([Entry("d", text)], preferred=_with_evidence)
    assert len(read) == 1 and not problems
    return read[0]


def _wrong(case: dict[str, str]) -> str:
    one = _one(case["text"])
    product = one.product.key if one.product else ""
    guesses = [address for _, address in one.guesses]
    offers = not case["offers"] or any(case["offers"].replace(":", "%3A") in guess for guess in guesses[:1])
    fits = one.kind == case["kind"] and product == case["product"] and offers
    return "" if fits else f"{case['text']!r} is taken for {one.kind!r} {product!r}, offers {one.guesses}"


def test_what_households_type(catalogue: None) -> None:
    with SAMPLES.open(encoding="utf-8") as stream:
        cases = list(csv.DictReader(stream))
    assert len(cases) >= 60
    wrong = [told for case in cases if (told := _wrong(case))]
    assert not wrong, "\n".join(wrong)


def test_what_stands_in_no_home_is_not_offered(catalogue: None) -> None:
    for text in ("hive thing", "nest thing", "exchange mail", "apache", "oracle", "ford"):
        keys = {address.rpartition("=")[2].replace("%3A", ":") for _, address in _one(text).guesses}
        kinds = Product.objects.filter(key__in=keys).values_list("category", flat=True)
        groups = {CATEGORIES[kind].group if kind else "" for kind in kinds}
        assert not groups & {"business", "industrial"}, (text, keys)
        assert not any("hive" in key or "apache" in key for key in keys), (text, keys)


def test_the_table_holds_together(catalogue: None) -> None:
    table = household_names()
    assert len(table) == len({row.whole for row in table})
    assert {row.kind for row in table} <= set(CATEGORIES)
    keys = {row.product_key for row in table} - {""}
    assert keys == set(Product.objects.filter(key__in=keys).exclude(name="").values_list("key", flat=True))
