"""Units in use: taken in with their source, frozen with the edition, divided by, shown beside the figure."""

import json

import pyarrow.parquet as pq
import pytest
from django.test import Client
from press import DAY, FIRST, NOW, crimes, load

from bluelamp.index.feeds import feed_by_id
from bluelamp.index.models import Edition
from bluelamp.index.operations.editions import build_edition, verify_edition
from bluelamp.index.operations.export import export_json
from bluelamp.index.operations.loading import LoadRefusedError, load_bytes
from bluelamp.index.queries import editions_folder, named_rows
from bluelamp.kernel.catalogue.models import FormerKey, Model, Product
from bluelamp.kernel.evidence.models import Load, QuarantinedRow
from bluelamp.warehouse.files import read_table, write_table

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]
HEAD = "product,maker,name,units,as_of,source,address,licence"


def units(*rows: str) -> Load:
    content = "\n".join([HEAD, *rows, ""]).encode()
    return load_bytes(content=content, feed=feed_by_id("units-in-use"), now=NOW).load


def row(product: str, number: object, *, days: int = 30, source: str = "Survey A", named: str = ",") -> str:
    return f"{product},{named},{number},{NOW.date() - days * DAY},{source},https://example.org/a,CC0 1.0"


def with_crimes(n: int = 20) -> None:
    load(*FIRST)
    crimes(*(f"K/{i},{NOW.date() - (15 + i % 5) * DAY},Acme,Alpha,Kent" for i in range(n)))


def page(key: str = "acme:alpha") -> str:
    return Client(headers={"host": "localhost"}).get(f"/product/{key}/").content.decode()


def test_crimes_by_units_are_made_shown_with_their_source_and_verified() -> None:
    with_crimes()
    before, _ = build_edition(now=NOW)
    assert before.rows.get(product_key="acme:alpha").crime_rate is None and "Crimes by units" not in page()
    units(row("acme:alpha", 5000), row("", 900, named="Acme,Beta"))
    edition, new = build_edition(now=NOW + DAY)
    made = edition.rows.get(product_key="acme:alpha")
    # 20 crimes in two years of 5,000 in use.
    assert new and (made.units, made.crime_rate) == (5000, 2.0) and made.crime_low < 2.0 < made.crime_high
    assert edition.rows.get(product_key="acme:beta").units == 900
    assert verify_edition(edition=edition).same and verify_edition(edition=before).same
    text = page()
    assert "Units in use: 5,000 on" in text and "Survey A" in text and "CC0 1.0" in text
    assert 'href="https://example.org/a" rel="noreferrer"' in text


def test_frozen_units_hold_though_others_are_loaded_later() -> None:
    with_crimes()
    units(row("acme:alpha", 5000))
    edition, _ = build_edition(now=NOW)
    units(row("acme:alpha", 10, days=1))
    assert verify_edition(edition=edition).same
    after, _ = build_edition(now=NOW + DAY)
    assert after.rows.get(product_key="acme:alpha").units == 5000, "stated after the period's end"


def test_an_edition_frozen_before_there_were_units_reads_none() -> None:
    with_crimes()
    edition, _ = build_edition(now=NOW)
    frozen = read_table(folder=editions_folder(), sha256=edition.products_hash)
    assert frozen["units"].to_pylist() == [0] * frozen.num_rows
    old = write_table(table=frozen.drop_columns(["units"]), folder=editions_folder())
    Edition.objects.filter(pk=edition.pk).update(products_hash=old.sha256)
    assert "units" not in pq.read_schema(old.path).names
    assert verify_edition(edition=Edition.objects.get(pk=edition.pk)).same


def test_of_two_sources_the_newest_counts_and_the_other_is_shown() -> None:
    with_crimes()
    units(row("acme:alpha", 5000), row("acme:alpha", 8000, days=200, source="Survey B"))
    edition, _ = build_edition(now=NOW)
    assert edition.rows.get(product_key="acme:alpha").units == 5000
    text = page()
    assert "Units in use: 5,000" in text and "Not used: 8,000" in text and "Survey B" in text


def test_bad_rows_are_put_aside_with_their_reason() -> None:
    Model.objects.create(key="acme:a1", product=Product.objects.get(key="acme:alpha"), name="Acme A1")
    good = [row("acme:alpha", 1000 + n, days=30 + n) for n in range(40)]
    bad = {
        row("acme:alpha", 0): "whole number",
        row("acme:alpha", -3): "whole number",
        row("acme:alpha", "many"): "whole number",
        row("acme:alpha", 1, days=-9): "in the future",
        row("acme:nonesuch", 5): "no such product",
        row("", 5, named="Nobody,Thing"): "no such product",
        row("", 5, named="Acme,A1"): "one model of a family",
        row("", 5): "maker is empty",
        row("acme:alpha", 5).replace("https://example.org/a", "javascript:alert(1)"): "begins with https",
    }
    found = units(*good, *bad)
    assert (found.rows, found.quarantined) == (40, len(bad))
    reasons = dict(QuarantinedRow.objects.filter(load=found).values_list("line", "reason"))
    for line, reason in enumerate(bad.values(), start=len(good) + 2):
        assert reason in reasons[line], line
    with pytest.raises(LoadRefusedError):
        units(row("acme:nonesuch", 7))


def test_units_go_with_a_product_that_is_renamed() -> None:
    with_crimes()
    units(row("acme:beta", 700))
    Product.objects.get(key="acme:beta").delete()
    FormerKey.objects.create(key="acme:beta", product_id="acme:alpha")
    units(row("acme:beta", 900, days=20))
    edition, _ = build_edition(now=NOW)
    assert edition.rows.get(product_key="acme:alpha").units == 900


def test_what_is_withheld_tells_no_units_in_a_download() -> None:
    with_crimes()
    units(row("acme:alpha", 5000), row("acme:beta", 900))
    edition, _ = build_edition(now=NOW)
    shown = named_rows(edition=edition).filter(product_key="acme:beta")
    assert set(json.loads(export_json(edition=edition, rows=shown))["coverage"]["units"]) == {"acme:beta"}
