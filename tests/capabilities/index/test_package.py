"""The data package held against the validator that people use, and its fields against what they are said to mean."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frictionless
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from press import DAY, FIRST, LATER, corrected, load, out, ready, small_catalogue

from bluelamp.index.domain.reasons import CODES
from bluelamp.index.models import Edition
from bluelamp.index.operations.export import COLUMNS, export_csv, export_json
from bluelamp.index.operations.package import package_files, zipped_package
from bluelamp.index.operations.package_fields import CHANGES, PRODUCTS, REASON_CODES, REASONS, REPLIES
from bluelamp.index.queries import named_rows

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path / "home"
    small_catalogue()
    yield tmp_path


def written(edition: Edition, folder: Path) -> Path:
    """The package of an edition as files; gives its descriptor."""
    folder.mkdir()
    for name, content in package_files(edition=edition).items():
        (folder / name).write_bytes(content)
    return folder / "datapackage.json"


def problems(descriptor: Path) -> list[tuple[str, str]]:
    """What the validator finds, as (resource, message)."""
    report = frictionless.validate(str(descriptor))
    assert report.stats["tasks"] == len(json.loads(descriptor.read_text())["resources"]), report
    return [(task.name, error.message) for task in report.tasks for error in task.errors]


def table(edition: Edition, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(package_files(edition=edition)[name].decode())))


def test_the_validator_finds_a_package_valid_with_rows_without_and_of_a_correction(home: Path) -> None:
    old = out(ready())
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    new = corrected(old, now=LATER + DAY)
    assert table(new, "changes.csv") and table(new, "reasons.csv") and table(old, "products.csv")
    for edition, name in ((old, "old"), (new, "new")):
        assert problems(written(edition, home / name)) == [], name
    old.rows.all().delete()
    assert problems(written(old, home / "empty")) == [] and table(old, "products.csv") == []
    changed = home / "new" / "products.json"
    changed.write_text(changed.read_text().replace("Alpha", "Alphb"))
    assert {name for name, _ in problems(home / "new" / "datapackage.json")} == {"products-json"}, "it does look"


def test_only_what_the_standard_knows_is_declared_and_whole_numbers_stay_whole() -> None:
    edition = out(ready())
    files = package_files(edition=edition)
    resources = json.loads(files["datapackage.json"])["resources"]
    assert {r.get("type", "table") for r in resources} == {"table"}
    assert {r["path"].rpartition(".")[2] for r in resources if "schema" in r} == {"csv"}
    read = pq.read_table(io.BytesIO(files["products.parquet"]))
    kinds = {name: str(read.schema.field(name).type) for name in read.column_names}
    assert kinds["base_dates"] == "int32" and read["base_dates"].null_count == read.num_rows
    assert kinds["crime_ratio"] == kinds["trend_high"] == kinds["base_low"] == "double"
    assert kinds["last_seen"] == "date32[day]"


def test_every_field_says_what_it_means_and_every_code_too() -> None:
    resources: list[dict[str, Any]] = json.loads(package_files(edition=out(ready()))["datapackage.json"])["resources"]
    fields = {r["path"]: r["schema"]["fields"] for r in resources if "schema" in r}
    assert set(fields) == {"products.csv", "reasons.csv", "changes.csv", "replies.csv"}
    for path, described in fields.items():
        assert all(len(f.get("description", "")) > 15 for f in described), path
    assert tuple(PRODUCTS) == COLUMNS and set(REASON_CODES) == set(CODES)
    assert all(r["title"] for r in resources) and REASONS and CHANGES and REPLIES


def test_what_the_api_tells_of_trends_and_crimes_is_in_every_form() -> None:
    edition = out(ready())
    told = {"trend_low": 0.25, "trend_high": 4.5, "base_low": 0.125, "base_high": 8.5, "crime_ratio": 2.5}
    edition.rows.update(**told)
    edition.rows.filter(product_key="acme:beta").update(crimes_withheld="x")
    rows = list(named_rows(edition=edition).order_by("product_key"))
    files = package_files(edition=edition)
    forms = (
        list(csv.DictReader(io.StringIO(export_csv(edition=edition, rows=rows)))),
        json.loads(export_json(edition=edition, rows=rows))["products"],
        json.loads(files["products.json"]),
        pq.read_table(io.BytesIO(files["products.parquet"])).to_pylist(),
    )
    for form in forms:
        shown = {r["product_key"]: r for r in form}
        assert {name: float(shown["acme:alpha"][name]) for name in told} == told
        assert not shown["acme:beta"]["crime_ratio"], "it goes with the count that was withheld"


def test_a_regular_edition_and_a_correction_tell_why_they_differ() -> None:
    first = out(ready())
    assert table(first, "reasons.csv") == []
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    new = corrected(first, now=LATER + DAY)
    gone, hidden = (r for r in table(new, "reasons.csv") if r["product_key"] == "acme:gamma")
    assert (hidden["reason"], hidden["change"]) == ("not-shown", "0")
    assert (gone["edition"], gone["compared_with"]) == (f"{first.number}.1", str(first.number))
    assert (gone["reason"], gone["dates_before"], gone["dates"], gone["change"]) == ("removed", "1", "0", "-1")
    assert (gone["band_before"], gone["band"]) == ("cannot-tell", "") and "no longer in the evidence" in gone["english"]
    assert gone["welsh"] and gone["welsh"] != gone["english"]

    later = LATER + 2 * DAY
    rows = [*FIRST[:3], FIRST[4], f"CVE-2026-9999,Acme,Alpha,{later.date()}"]
    regular = out(ready(rows=rows, now=later), now=later + 30 * DAY)
    assert table(regular, "changes.csv") == [] and not regular.replaces_id
    (more,) = [r for r in table(regular, "reasons.csv") if r["product_key"] == "acme:alpha"]
    assert (more["reason"], more["count"], more["change"]) == ("new", "1", "1") and more["compared_with"] == new.label
    assert more["months"] == f"{later:%Y-%m}" and "1 new confirmed date" in more["english"]
    for product in {r["product_key"] for r in table(regular, "reasons.csv")}:
        own = [r for r in table(regular, "reasons.csv") if r["product_key"] == product]
        assert sum(int(r["change"]) for r in own) == int(own[0]["dates"]) - int(own[0]["dates_before"])
    assert zipped_package(edition=regular) == zipped_package(edition=Edition.objects.get(pk=regular.pk))
