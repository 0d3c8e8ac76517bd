"""What changed since the edition before: on the pages, at the desk before sign-off, and in the API."""

from datetime import date

import pytest
from cast import actor, client
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from press import DAY, FIRST, LATER, NOW, corrected, load, out, ready
from small_edition import add_product

from bluelamp.index.domain.period import months_back
from bluelamp.index.domain.reasons import CODES, FIRST_NAMED, LATE, LEFT, NEW, NOT_SHOWN, REMOVED, Reason
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.changes import compared_with, edition_changes, product_changes
from bluelamp.index.operations.drafting import redraft
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.publishing import withdraw
from bluelamp.index.operations.reason_words import month_words, reason_words
from bluelamp.index.web.schemas import ReasonOut

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]
EVEN_LATER = LATER + 30 * DAY


def row(name: str, on: date, number: int) -> str:
    return f"CVE-2026-{number},Acme,{name},{on}"


# Gamma was taken back, Beta has a late entry, Alpha a new one, Quiet is named for the first time.
SECOND = [
    *(line for line in FIRST if "Gamma" not in line),
    row("Beta", NOW.date() - 15 * DAY, 2001),
    row("Alpha", NOW.date() + 20 * DAY, 2002),
    row("Quiet", NOW.date() + 10 * DAY, 2003),
]


def reader() -> Client:
    return Client(headers={"host": "localhost"})


def two() -> Edition:
    """The second edition after the first, both out."""
    out(ready())
    return out(ready(rows=SECOND, now=LATER), now=EVEN_LATER)


def told(edition: Edition) -> dict[str, list[tuple[str, int]]]:
    before = compared_with(edition=Edition.objects.get(pk=edition.pk))
    assert before is not None
    return {
        c.product_key: [(r.code, r.count) for r in c.reasons] for c in edition_changes(edition=edition, before=before)
    }


def test_every_product_that_differs_has_its_reasons() -> None:
    found = told(two())
    assert found["acme:alpha"] == [(NEW, 1)] and found["acme:quiet"] == [(FIRST_NAMED, 1)]
    assert found["acme:beta"] == [(LATE, 1)] and found["acme:gamma"] == [(REMOVED, 1), (NOT_SHOWN, 0)]
    edition = Edition.objects.get(number=2)
    assert edition.previous is not None
    for change in edition_changes(edition=edition, before=edition.previous):
        assert sum(r.dates for r in change.reasons) == change.dates - change.dates_before


def test_the_page_of_a_product_says_it_in_both_languages() -> None:
    two()
    month = f"{NOW.date() + 20 * DAY:%B %Y}"
    page = reader().get("/product/acme:alpha/").content.decode()
    assert "What changed since edition 1" in page and f"1 new confirmed date, in {month}." in page
    welsh = reader().get("/cy/product/acme:alpha/").content.decode()
    assert "Beth sydd wedi newid ers argraffiad 1" in welsh and "1 dyddiad newydd a gadarnhawyd (" in welsh
    gone = reader().get("/product/acme:gamma/").content.decode()
    assert "is no longer in the evidence" in gone and "It is no longer shown." in gone
    assert "What changed" not in reader().get("/product/zeta:cam/").content.decode()


def test_the_page_of_an_edition_and_the_desk_have_the_table() -> None:
    out(ready())
    second = ready(rows=SECOND, now=LATER)
    desk = client(capacity="analyst").get(f"/desk/editions/{second.pk}/").content.decode()
    out(second, now=EVEN_LATER)
    public = reader().get("/editions/2/0/").content.decode()
    for page in (desk, public):
        assert "What changed since edition 1" in page
        assert "from 2 to 3" in page and "from 1 to 0" in page
        assert "Named for the first time, with 1 confirmed date" in page
    assert "What changed" not in reader().get("/editions/1/0/").content.decode()


def test_the_api_has_codes_and_words() -> None:
    two()
    answer = reader().get("/api/v1/products/acme:alpha?language=cy").json()
    month = f"{NOW.date() + 20 * DAY:%Y-%m}"
    (change,) = answer["changes"]
    assert answer["changes_since"] == "1"
    assert {k: change[k] for k in ("code", "count", "months")} == {"code": NEW, "count": 1, "months": [month]}
    assert change["statement"].startswith("1 dyddiad newydd")
    nothing = reader().get("/api/v1/products/zeta:cam").json()
    assert (nothing["changes_since"], nothing["changes"]) == ("1", [])
    schema = ReasonOut.model_json_schema()["properties"]["code"]["enum"]
    assert set(schema) == set(CODES)


def test_a_correction_says_what_it_corrects_only() -> None:
    second = two()
    # The entry of Gamma came back.
    load(*SECOND, next(line for line in FIRST if "Gamma" in line), now=EVEN_LATER)
    fixed = corrected(second, now=EVEN_LATER + DAY)
    found = told(fixed)
    assert list(found) == ["acme:gamma"]
    (((code, count),),) = found.values()
    assert (code, count) == ("named-again", 1), "edition 1 named it"
    assert "What changed since edition 2" in reader().get("/editions/2/1/").content.decode()


def test_dates_that_are_before_the_period_now() -> None:
    out(ready())
    far = row("Beta", NOW.date() + 29 * DAY, 2009)
    edge = EditionRow.objects.get(edition__number=1, product_key="acme:alpha")
    old = Edition.objects.get(number=1).period_start
    edge.sightings.append({**edge.sightings[0], "on": str(old), "refs": ["CVE-OLD"]})
    edge.monthly[0] += 1
    edge.dates += 1
    edge.save()
    second = out(ready(rows=[*FIRST, far, f"CVE-OLD,Acme,Alpha,{old}"], now=LATER), now=EVEN_LATER)
    assert told(second)["acme:alpha"] == [(LEFT, 1)]


def test_products_that_the_catalogue_puts_together() -> None:
    out(ready())
    # In the next edition Gamma's entries belong to Beta.
    second = ready(rows=SECOND, now=LATER)
    gamma = EditionRow.objects.get(edition__number=1, product_key="acme:gamma")
    beta = second.rows.get(product_key="acme:beta")
    beta.sightings = [*beta.sightings, *gamma.sightings]
    beta.monthly[-1 - months_back(on=gamma.last_seen, end=second.period_end)] += 1
    beta.dates += 1
    beta.save()
    before = second.previous
    assert before is not None
    common = {"edition": second, "before": before}
    taken = [(r.code, r.count) for r in product_changes(product_key="acme:beta", **common)]
    given = [(r.code, r.count) for r in product_changes(product_key="acme:gamma", **common)]
    assert taken == [(LATE, 1), ("came-from", 1)] and given == [("went-to", 1), (NOT_SHOWN, 0)]


def test_a_withheld_product_is_not_called_taken_back() -> None:
    out(ready())
    second = ready(rows=[*SECOND, next(line for line in FIRST if "Gamma" in line)], now=LATER)
    second.rows.filter(product_key="acme:gamma").update(withheld="a proven error")
    assert told(second)["acme:gamma"] == [(NOT_SHOWN, 1)]


def test_nothing_is_said_of_crimes_or_beside_specimens() -> None:
    load(*FIRST)
    specimen, _ = build_edition(now=NOW)
    assert compared_with(edition=specimen) is None
    second = two()
    for kind in ("recorded_crime", "citizen_report"):
        alpha = second.rows.get(product_key="acme:alpha")
        alpha.sightings.append({**alpha.sightings[0], "kind": kind, "on": str(NOW.date()), "refs": ["N-1"]})
        alpha.save()
        assert told(second)["acme:alpha"] == [(NEW, 1)]


def test_withdrawing_the_edition_before_takes_what_was_said_from_kept_pages() -> None:
    second = two()
    assert "What changed since" in reader().get("/product/acme:alpha/").content.decode()
    first = second.previous
    assert first is not None
    withdraw(actor=actor("head-of-profession"), edition_id=first.pk, reason="It was wrong.", now=EVEN_LATER)
    assert "What changed since" not in reader().get("/product/acme:alpha/").content.decode()
    assert reader().get("/api/v1/products/acme:alpha").json()["changes"] == []
    assert "What changed since" not in reader().get("/editions/2/0/").content.decode()


def test_the_table_asks_no_more_for_more_products() -> None:
    out(ready())
    for n in range(12):
        add_product(f"acme:extra{n}", f"Acme Extra{n}")
    second = ready(rows=SECOND, now=LATER)
    few = asked_for(second)
    load(*SECOND, *(row(f"Extra{n}", NOW.date() + n * DAY, 3000 + n) for n in range(12)), now=LATER)
    redraft(actor=actor("analyst"), edition_id=second.pk, now=EVEN_LATER)
    many = asked_for(Edition.objects.get(pk=second.pk))
    assert many == (few[0] + 12, few[1])


def asked_for(edition: Edition) -> tuple[int, int]:
    """How many products differ, and how many questions that took."""
    before = edition.previous
    assert before is not None
    with CaptureQueriesContext(connection) as asked:
        differ = len(edition_changes(edition=edition, before=before))
    return differ, len(asked)


def test_months_in_words() -> None:
    assert month_words(["2026-05"]) == "May 2026"
    assert month_words(["2026-03", "2026-05"]) == "March 2026, May 2026"
    assert month_words(["2025-12", "2026-01", "2026-03", "2026-05"]) == "December 2025 to May 2026"


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_code_has_words_without_holes(language: str) -> None:
    with override(language):
        for code in CODES:
            for count in (0, 1, 2):
                words = reason_words(Reason(code, count, ("2026-05",), "high", "low"), number="3.1")
                assert words and "%(" not in words and words.endswith((".", ")."))
