"""Products side by side, the whole time of the evidence, and the one sentence of the home page."""

import csv
import io
import json
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from small_edition import add_product, add_row, make_edition, sighting

from bluelamp.index.models import Edition
from bluelamp.index.web.reads import Card, frequent_kinds

pytestmark = pytest.mark.django_db
NO_EVIDENCE = "We hold no evidence about this product. That is not a sign that it is safe."


@pytest.fixture
def edition() -> Edition:
    return make_edition()


def ask(path: str, query: dict[str, str | list[str]] | None = None, **headers: str) -> HttpResponse:
    return Client(headers={"host": "localhost", **headers}).get(path, query or {})


def read(path: str, **query: str | list[str]) -> str:
    answer = ask(path, dict(query))
    assert answer.status_code == 200
    return answer.content.decode()


def test_two_are_told_apart_only_where_no_interval_overlaps(edition: Edition) -> None:
    assert "cannot be told apart" in read("/compare/", p=["acme:r", "acme:old"])
    edition.rows.filter(product_key="acme:r").update(low=5.0, high=9.0, jeffreys_low=2.0)
    assert "cannot be told apart" in read("/compare/", p=["acme:r", "acme:old"])
    edition.rows.filter(product_key="acme:r").update(jeffreys_low=5.0, jeffreys_high=9.0)
    text = read("/compare/", p=["acme:old", "acme:r"])
    assert "Acme R routers was confirmed exploited more often than Acme Old router" in text


def test_compare_says_what_it_does_not_know(edition: Edition) -> None:
    text = read("/compare/", p="acme:r acme:quiet")
    assert NO_EVIDENCE in text and "Acme Quiet router is not compared" in text
    outside = ask("/compare/", {"p": ["acme:r", "acme:old"]}, **{"x-forwarded-for": "192.0.2.1"}).content.decode()
    assert "Confirmed exploited" not in outside and "told apart" not in outside and "Acme R routers" in outside


def test_products_are_added_and_taken_out_by_links(edition: Edition) -> None:
    text = read("/compare/", p=["acme:r", "acme:old"], q="beta cam")
    assert "?p=acme%3Ar&amp;p=acme%3Aold&amp;p=beta%3Acam" in text and 'href="?p=acme%3Aold"' in text
    assert 'name="p" value="acme:r acme:old"' in text
    five = [f"zeta:{n}" for n in range(5)]
    for key in five:
        add_product(key, f"Zeta {key[-1]}")
    full = read("/compare/", p=five, q="beta")
    assert "Only the first 4 products were kept." in full and 'id="add"' not in full and "Zeta 4" not in full
    strange = read("/compare/", p=["no:<b>", "beta:nameless"])
    assert "is not one of the choices" in strange and "<b>" not in strange


def test_compare_is_reached_from_search_and_product(edition: Edition) -> None:
    assert "/compare/?p=acme%3Ar" in read("/search", q="acme r routers")
    assert "/compare/?p=acme%3Ar" in read("/product/acme:r/")


def test_the_interface_compares_too(edition: Edition) -> None:
    found = json.loads(ask("/api/v1/compare", {"p": ["acme:r", "acme:quiet"]}).content)
    assert [p["key"] for p in found["products"]] == ["acme:r", "acme:quiet"]
    assert found["products"][1]["figures"] is None and found["products"][1]["statement"] == NO_EVIDENCE
    assert [p["finding"] for p in found["pairs"]] == ["no-evidence"]
    assert json.loads(ask("/api/v1/compare", {"p": ["acme:r", "no:such"]}).content)["unknown"] == ["no:such"]
    assert ask("/api/v1/compare", {"p": ["acme:r"]}).status_code == 422


def test_whole_time_brings_products_that_the_period_leaves_out(edition: Edition) -> None:
    days = [sighting("2024-08-01"), sighting("2023-01-02"), sighting("2023-01-02", ref="CVE-2")]
    add_row(edition, "acme:quiet", dates=0, dates_ever=2, monthly=[0] * 24, last_seen="2024-08-01", sightings=days)
    assert "/product/acme:quiet/" not in read("/table/")
    for path in ("/table/", "/category/router/", "/maker/acme/"):
        assert "/product/acme:quiet/" in read(path, time="all"), path
        assert "Since January 2023" in read(path, time="all")
    assert "is not one of the choices" in read("/table/", time="nonsense")
    text = read("/product/acme:quiet/")
    assert "Confirmed exploited on 2 dates up to 7 August 2026" in text and "2 Jan" in text and "1 Aug" in text
    by_year = read("/maker/acme/")
    assert "By year, since January 2023" in by_year


def test_whole_time_in_downloads_and_interface(edition: Edition) -> None:
    days = [sighting("2024-08-01"), sighting("2023-01-02")]
    add_row(edition, "acme:quiet", dates=0, dates_ever=2, monthly=[0] * 24, last_seen="2024-08-01", sightings=days)
    rows = list(csv.DictReader(io.StringIO(read(f"/download/{edition.id}.csv", time="all"))))
    assert {r["product_key"]: r["dates_ever"] for r in rows}["acme:quiet"] == "2"
    assert "acme:quiet" not in read(f"/download/{edition.id}.csv")
    found = json.loads(read("/api/v1/products", time="all"))["products"]
    quiet = next(p for p in found if p["key"] == "acme:quiet")
    assert quiet["dates_ever"] == 2 and quiet["whole_since"] == "2023-01-02"
    assert quiet["whole_low"] < quiet["whole_rate"] < quiet["whole_high"]
    assert "acme:quiet" not in read("/api/v1/products")


def test_whole_time_does_not_name_what_may_not_be_named(edition: Edition) -> None:
    add_row(edition, "acme:quiet", named=False)
    for path in ("/table/", "/category/router/"):
        assert "/product/acme:quiet/" not in read(path, time="all")
    assert "Acme Quiet router is not compared" in read("/compare/", p=["acme:quiet", "acme:r"])


def test_home_says_what_is_targeted_in_one_sentence(edition: Edition) -> None:
    lede = read("/").split('class="govuk-body-l bl-lede">')[1].split("</p>")[0]
    assert lede.startswith("Attackers were confirmed to have used weaknesses in <strong>3 products</strong> in homes")
    assert "the newest is Acme R routers, on 1 August 2026." in lede
    # Counts by kind, and no kind above the others.
    assert "Routers: 2, " in lede and lede.endswith(": 1.</span>")


def test_frequent_kinds_are_three_or_as_many_as_are_level() -> None:
    def cards(*products: int) -> list[Card]:
        return [Card(category=f"k{i}", products=n, newest=date(2026, 8, 1)) for i, n in enumerate(products)]

    assert frequent_kinds(cards=[]) == []
    assert [c.products for c in frequent_kinds(cards=cards(1, 5))] == [5, 1]
    assert [c.products for c in frequent_kinds(cards=cards(2, 7, 8, 2, 1))] == [8, 7, 2, 2]
