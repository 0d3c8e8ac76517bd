"""`bluelamp index build --base N`: which editions can be the base, and what is said of the others."""

import json
from typing import Any

import pytest
from cast import actor
from press import DAY, FIRST, LATER, NOW, load, out, ready
from typer.testing import CliRunner

from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.models import Edition
from bluelamp.index.operations.drafting import draft
from bluelamp.index.operations.editions import BaseError, build_edition, verify_edition
from bluelamp.index.operations.publishing import withdraw
from bluelamp.project.cli.app import app

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]


def build(*more: str) -> Any:
    return CliRunner().invoke(app, ["index", "build", *more])


def test_a_specimen_is_held_against_another_one_and_show_says_so() -> None:
    load(*FIRST)
    first, _ = build_edition(now=NOW)
    load(*FIRST, f"CVE-2026-2000,Acme,Beta,{NOW.date()}", now=NOW + DAY)
    made = json.loads(build("--base", str(first.number), "--json").stdout)
    assert made["new"] and made["base"]["number"] == first.label
    edition = Edition.objects.get(pk=made["id"])
    row = edition.rows.get(product_key="acme:beta")
    assert edition.base == first and (row.dates, row.base_dates) == (2, 1) and verify_edition(edition=edition).same
    assert json.loads(build("--base", str(first.number), "--json").stdout)["new"] is False
    shown = CliRunner().invoke(app, ["index", "show", "--json"])
    assert json.loads(shown.stdout)["edition"]["base"]["number"] == first.label
    assert f"beside edition {first.label}" in " ".join(CliRunner().invoke(app, ["index", "show"]).output.split())
    assert json.loads(build("--json").stdout)["base"] is None, "without the option it has none"


def test_what_can_be_no_base_is_told_in_a_sentence() -> None:
    assert "There is no edition 7" in str(build("--base", "7").exception)
    published = out(ready())
    assert json.loads(build("--base", str(published.number), "--json").stdout)["base"]["status"] == "published"
    made = draft(actor=actor("analyst"), now=LATER)
    for number, words in ((made.number, "A draft may still change"),):
        answer = build("--base", str(number))
        assert isinstance(answer.exception, BaseError) and words in str(answer.exception)
    withdraw(actor=actor("head-of-profession"), edition_id=published.pk, reason="The list was wrong.", now=LATER)
    assert "was withdrawn" in str(build("--base", str(published.number)).exception)


def test_a_period_of_another_length_is_no_base() -> None:
    load(*FIRST)
    short, _ = build_edition(now=NOW, parameters=Parameters(period_months=12))
    answer = build("--base", str(short.number))
    assert isinstance(answer.exception, BaseError) and "another length" in str(answer.exception)
    assert Edition.objects.count() == 1
