"""What products are compared with is told: the dates of all others, and how many of a kind are catalogued."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from small_edition import make_edition

from bluelamp.index.facts import fact_path
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.models import Edition
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_path

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def page(address: str) -> str:
    return " ".join(Client(headers={"host": "localhost"}).get(address).content.decode().split())


def told(edition: Edition) -> dict[str, Any]:
    edition.coverage |= {
        "dates": {"now": 1_420, "before": 280},
        "categories": {"router": {"catalogued": 3, "confirmed": 2}, "camera": {"catalogued": 2, "confirmed": 2}},
    }
    edition.save()
    return dict(edition.coverage)


def test_a_built_edition_counts_all_products_and_kinds(
    packaged_catalogue: None, settings: LazySettings, tmp_path: Path
) -> None:
    settings.BLUELAMP_HOME = tmp_path
    load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=NOW)
    edition, _ = build_edition(now=NOW)
    rows = list(edition.rows.all())
    assert edition.coverage["dates"] == {"now": sum(r.dates for r in rows), "before": sum(r.dates_before for r in rows)}
    kinds = edition.coverage["categories"]
    assert kinds["router"]["confirmed"] == sum(r.category == "router" and r.dates_ever > 0 for r in rows)
    assert kinds["router"]["confirmed"] < kinds["router"]["catalogued"]
    assert sum(k["confirmed"] for k in kinds.values()) == sum(r.dates_ever > 0 for r in rows)
    assert edition.parameters["formulas"] >= 2


def test_a_product_page_says_what_its_trend_and_rank_are_held_against() -> None:
    told(make_edition())
    router = page("/product/acme:r/")
    assert "All other products together: 1,416 now, 279 before." in router
    assert "Catalogued: 3; ever confirmed: 2." in router and "attackers are known to use" not in router
    assert "Catalogued: 2; ever confirmed: 2. So it is compared only with products" in page("/product/beta:cam/")
    assert "Yn y catalog: 3;" in page("/cy/product/acme:r/")
    assert "Catalogued: 3; ever confirmed: 2." in page("/category/router/")
    assert "Kinds, their catalogued products and those ever confirmed" in page("/methods/")


def test_a_band_that_both_intervals_would_make_high_and_that_is_not_is_explained() -> None:
    edition = make_edition()
    why = "would not be if it were held beside all products"
    assert why not in page("/product/acme:r/") and why not in page("/product/beta:cam/")
    edition.rows.filter(product_key="beta:cam").update(low=0.6, jeffreys_low=0.7, band="cannot-tell")
    assert why in page("/product/beta:cam/")


def test_the_api_tells_it_too() -> None:
    coverage = told(make_edition())
    found = json.loads(page("/api/v1/editions/current"))["coverage"]
    assert found["dates"] == coverage["dates"] and found["categories"] == coverage["categories"]
    assert set(found) == {"entries", "to_product", "maker_only", "unmapped", "dates", "categories"}


def test_an_edition_made_before_this_was_kept_says_nothing_of_it() -> None:
    make_edition()
    router = page("/product/acme:r/")
    assert "All other products together" not in router and "Catalogued:" not in router
    assert "Catalogued:" not in page("/category/router/")
    found = json.loads(page("/api/v1/editions/current"))["coverage"]
    assert found["dates"] is None and found["categories"] == {}
