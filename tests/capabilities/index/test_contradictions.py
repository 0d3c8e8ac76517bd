"""Bad input: sources that contradict each other, products that change, withdrawn numbers, rows delivered twice.

What happens in each case, and who sees it, is docs/reference/contradictions.md.
"""

import json
from typing import Any

import pytest
from cast import actor
from django.test import Client
from press import DAY, FIRST, LATER, NOW, corrected, crimes, load, out, ready
from small_edition import add_product
from typer.testing import CliRunner

from bluelamp.index.feeds import feed_by_id
from bluelamp.index.feeds.base import SightingRow
from bluelamp.index.models import Edition, Reply
from bluelamp.index.operations.checking import findings_of, watch_editions
from bluelamp.index.operations.drafting import draft
from bluelamp.index.operations.editions import build_edition, verify_edition
from bluelamp.index.operations.loading import load_bytes
from bluelamp.index.operations.repeats import without_repeats
from bluelamp.index.publishing_queries import first_named, proven_errors, watched_findings
from bluelamp.index.queries import shown_replies
from bluelamp.kernel.catalogue.domain.tables import FILES, read_tables
from bluelamp.kernel.catalogue.models import FormerKey, Product
from bluelamp.kernel.catalogue.operations import load_catalogue
from bluelamp.kernel.catalogue.queries import resolver
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.people.models import Organisation
from bluelamp.project.cli.app import app

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]
run = CliRunner().invoke


def records(*states: tuple[str, str], feed: str = "nvd-cves", now: Any = NOW) -> Load:
    """CVE records as one source has them: (CVE, vulnStatus or state)."""
    if feed == "nvd-cves":
        found = [{"cve": {"id": c, "published": "2026-01-01T00:00:00", "vulnStatus": s}} for c, s in states]
        text = json.dumps({"format": "NVD_CVE", "vulnerabilities": found})
    else:
        text = json.dumps(
            [
                {
                    "dataType": "CVE_RECORD",
                    "cveMetadata": {"cveId": c, "state": s, "datePublished": "2026-01-01T00:00:00"},
                }
                for c, s in states
            ]
        )
    return load_bytes(content=text.encode(), feed=feed_by_id(feed), now=now).load


def rows_of(edition: Edition) -> dict[str, int]:
    return dict(edition.rows.values_list("product_key", "dates_ever"))


def codes(edition: Edition, subject: str = "") -> set[str]:
    return {f.code for f in findings_of(edition=edition, today=LATER.date()) if subject in f.subject}


# Contradicting sources


def test_a_rejection_by_one_source_stands_though_another_still_has_the_number() -> None:
    load(*FIRST)
    records(("CVE-2026-1002", "REJECTED"), feed="cve5-records", now=NOW)
    records(("CVE-2026-1002", "Analyzed"), now=NOW + DAY)
    edition, _ = build_edition(now=NOW)
    assert "acme:beta" not in rows_of(edition)


# Withdrawn CVEs


def test_what_was_seen_under_a_rejected_cve_counts_no_more() -> None:
    load(*FIRST)
    before, _ = build_edition(now=NOW)
    records(("CVE-2026-1000", "Rejected"), ("CVE-2026-1002", "Rejected"), ("CVE-2026-1003", "Analyzed"))
    after, new = build_edition(now=NOW + DAY)
    assert rows_of(before) == {"acme:alpha": 3, "acme:beta": 1, "acme:gamma": 1}, "an edition that is there stays"
    assert new and rows_of(after) == {"acme:alpha": 2, "acme:gamma": 1}
    # The newest day was that of a rejected number: the period ends at the newest that counts.
    assert after.period_end == before.period_end - 20 * DAY
    assert after.coverage["rejected"] == ["CVE-2026-1000", "CVE-2026-1002"]
    assert verify_edition(edition=after).same and verify_edition(edition=before).same


def test_a_rejection_that_is_taken_back_counts_again() -> None:
    load(*FIRST)
    records(("CVE-2026-1002", "Rejected"))
    records(("CVE-2026-1002", "Analyzed"), now=NOW + DAY)
    edition, _ = build_edition(now=NOW)
    assert "acme:beta" in rows_of(edition) and "rejected" not in edition.coverage


def test_a_rejected_cve_is_found_in_drafts_and_in_what_is_published() -> None:
    published = out(ready())
    made = draft(actor=actor("analyst"), now=LATER)
    records(("CVE-2026-1002", "Rejected"), now=LATER)
    assert "cve-rejected" in codes(made, "acme:beta@cisa-kev")
    watch_editions(now=LATER + DAY)
    (found,) = watched_findings()
    assert (found.code, found.subject, found.edition) == ("cve-rejected", "acme:beta@cisa-kev", published)
    again = draft(actor=actor("analyst"), now=LATER)
    assert "cve-rejected" in codes(again, "acme:beta"), "beside the published one it is told, too"
    mended = corrected(published, reason="A number was rejected.", now=LATER + DAY)
    assert {c["product_key"]: c["kind"] for c in mended.changes}["acme:beta"] == "gone"


# Renamed products


def renamed() -> None:
    """Beta is Beta Two from now on."""
    add_product("acme:betatwo", "Acme Beta Two")
    Product.objects.get(key="acme:beta").delete()
    FormerKey.objects.create(key="acme:beta", product_id="acme:betatwo", name="Acme Beta")


def merged() -> None:
    """Beta and Alpha are one from now on."""
    Product.objects.get(key="acme:beta").delete()
    FormerKey.objects.create(key="acme:beta", product_id="acme:alpha", name="Acme Beta")


def test_a_renamed_product_keeps_its_evidence_without_loading_anew() -> None:
    load(*FIRST)
    before, _ = build_edition(now=NOW)
    renamed()
    after, new = build_edition(now=NOW)
    assert new and rows_of(after) == {"acme:alpha": 3, "acme:betatwo": 1, "acme:gamma": 1}
    assert rows_of(before)["acme:beta"] == 1 and verify_edition(edition=before).same
    assert verify_edition(edition=after).same


def test_the_old_address_leads_to_the_new_one_for_ever_and_the_figures_stay() -> None:
    load(*FIRST)
    build_edition(now=NOW)
    renamed()
    client = Client(headers={"host": "localhost"})
    for prefix in ("", "/cy"):
        answer = client.get(f"{prefix}/product/acme:beta/")
        assert (answer.status_code, answer["Location"]) == (301, f"{prefix}/product/acme:betatwo/")
    text = client.get("/product/acme:betatwo/").content.decode()
    assert "Confirmed exploited on <strong>1 date</strong>" in text and "There it is: Acme Beta." in text
    api = client.get("/api/v1/products/acme:beta").json()
    assert (api["key"], api["figures"]["dates"]) == ("acme:betatwo", 1)
    for path in ("/compare/?p=acme:beta&p=acme:alpha", "/check/?p=acme:beta"):
        found = client.get(path).content.decode()
        assert "Acme Beta Two" in found and "is not one of the choices" not in found, path
    without = client.get("/maker/acme/").content.decode().split("We hold no evidence")[1]
    assert "Acme Quiet" in without and "Acme Beta Two" not in without


def test_a_renamed_product_is_neither_new_nor_gone_nor_removed() -> None:
    published = out(ready())
    renamed()
    watch_editions(now=LATER)
    assert not watched_findings().exists()
    made = draft(actor=actor("analyst"), now=LATER)
    assert first_named(edition=made) == [], "its maker was shown the evidence under the earlier name"
    assert not codes(made, "acme:beta") & {"product-new", "product-gone", "entry-removed", "entry-late"}
    row = made.rows.get(product_key="acme:betatwo")
    assert made.base == published and row.base_dates == 1
    FormerKey.objects.all().delete()
    assert verify_edition(edition=made).same, "what moved is kept with the edition"


def test_replies_and_proven_errors_go_with_the_product() -> None:
    organisation = Organisation.objects.create(name="Acme Ltd", added_at=NOW)
    Reply.objects.create(
        product_key="acme:beta", maker_key="acme", organisation=organisation, author_id=actor("analyst").user_id,
        text="Fixed.", sent_at=NOW, decision="accepted", decided_at=NOW,
        claims_error=True, error_found=True, error_reason="The list was read",
    )  # fmt: skip
    renamed()
    assert set(shown_replies(keys=["acme:betatwo"])) == {"acme:betatwo"} == set(proven_errors(keys=["acme:betatwo"]))


def test_names_that_sources_write_still_find_a_renamed_product() -> None:
    renamed()
    place = resolver(keys_of_ref=lambda _: ("acme:beta", "acme:betatwo")).place
    assert place(written_maker="Acme", written_product="Beta", ref="").product_key == "acme:betatwo"
    assert place(written_maker="", written_product="", ref="CVE-2026-1").product_key == "acme:betatwo"


def test_earlier_keys_come_from_the_tables_and_make_no_second_product() -> None:
    texts = dict.fromkeys(FILES, "") | {
        "makers.csv": "maker_key,name\nacme,Acme\n",
        "products.csv": "product_key,maker_key,name,category,support,note\nacme:c,acme,Acme C,router,,\n",
        "models.csv": "model_key,product_key,name\n",
        "aliases.csv": "written_maker,written_product,ref,maker_key,product_key,model_key\n",
        "category_rules.csv": "maker_key,pattern,category,product_key\n",
        "moved.csv": "former_key,product_key,name,on,why\nacme:a,acme:b,Acme A,,\nacme:b,acme:c,,,\n",
    }
    tables = read_tables(lambda name: texts[name])
    load_catalogue(tables=tables, keys=["acme:a", "acme:d"], names={}, version=tables.version)
    assert set(Product.objects.values_list("key", flat=True)) == {"acme:c", "acme:d"}
    assert dict(FormerKey.objects.values_list("key", "product_id")) == {"acme:a": "acme:c", "acme:b": "acme:c"}
    assert Product.objects.get(key="acme:c").written_names.filter(text="Acme A").exists()
    with pytest.raises(ValueError, match="circle"):
        read_tables(lambda name: texts[name].replace("acme:b,acme:c,,", "acme:b,acme:a,,"))


# Merged products


def test_two_products_that_became_one_count_a_date_of_both_once() -> None:
    both = f"CVE-2026-1009,Acme,Beta,{NOW.date() - 10 * DAY}"
    load(*FIRST, both)
    before, _ = build_edition(now=NOW)
    assert rows_of(before) == {"acme:alpha": 3, "acme:beta": 2, "acme:gamma": 1}
    merged()
    after, _ = build_edition(now=NOW)
    # Alpha: 10, 40 and 800 days ago; Beta: 10 and 20 days ago.
    assert rows_of(after) == {"acme:alpha": 4, "acme:gamma": 1}
    assert rows_of(before)["acme:beta"] == 2 and verify_edition(edition=before).same
    client = Client(headers={"host": "localhost"})
    assert client.get("/product/acme:beta/")["Location"] == "/product/acme:alpha/"


def test_the_base_of_joined_products_counts_a_date_of_both_once_and_verifies() -> None:
    both = f"CVE-2026-1009,Acme,Beta,{NOW.date() - 10 * DAY}"
    published = out(ready(rows=[*FIRST, both]))
    merged()
    made = draft(actor=actor("analyst"), now=LATER)
    assert made.base == published and made.rows.get(product_key="acme:alpha").base_dates == 3
    assert verify_edition(edition=made).same
    assert not codes(made, "acme:alpha") & {"entry-removed", "entry-late"}
    mended = corrected(published, reason="Two products were one.", now=LATER + DAY)
    assert {c["product_key"]: c["kind"] for c in mended.changes}["acme:beta"] == "gone"
    assert rows_of(Edition.objects.get(pk=published.pk)) == {"acme:alpha": 3, "acme:beta": 2, "acme:gamma": 1}


# Delivered twice


def crime(number: int, day: int, product: str = "Alpha") -> str:
    return f"K/{number},{NOW.date() - day * DAY},Acme,{product},Kent"


def events(edition: Edition, key: str = "acme:alpha") -> int:
    return int(edition.rows.get(product_key=key).recorded_crimes)


def test_the_same_file_and_an_overlapping_one_are_counted_once() -> None:
    load(*FIRST)
    first = crimes(*(crime(n, 5) for n in range(3)), crime(9, 6))
    assert crimes(*(crime(n, 5) for n in range(3)), crime(9, 6)).pk == first.pk
    second = crimes(*(crime(n, 5) for n in range(4)), crime(10, 4), crime(11, 6, "Beta"), now=NOW + DAY)
    assert (first.repeated, second.repeated, second.rows) == (0, 3, 3)
    edition, _ = build_edition(now=NOW)
    assert (events(edition), events(edition, "acme:beta")) == (6, 1)
    nothing_new = crimes(crime(10, 4), now=NOW + 2 * DAY)
    assert (nothing_new.rows, nothing_new.repeated, nothing_new.last_on) == (0, 1, NOW.date() - 4 * DAY)
    again, _new = build_edition(now=NOW + 2 * DAY)
    assert events(again) == 6
    shown = json.loads(run(app, ["feeds", "status", "--json"]).stdout)
    assert [s["duplicates"] for s in shown if s["feed"] == "recorded-crimes"] == [0, 3, 1]


def test_a_file_taken_anew_under_another_catalogue_is_no_repeat_of_itself() -> None:
    load(*FIRST)
    crimes(*(crime(n, 5) for n in range(3)))
    Load.objects.filter(feed_id="recorded-crimes").update(catalogue_version="older")
    again = crimes(*(crime(n, 5) for n in range(3)), now=NOW + DAY)
    assert (again.rows, again.repeated) == (3, 0) and Load.objects.filter(status="superseded").count() == 1
    assert events(build_edition(now=NOW)[0]) == 3


def test_telemetry_delivered_twice_in_one_file_is_kept_once() -> None:
    class Sensor(type(feed_by_id("recorded-crimes"))):  # type: ignore[misc]
        id, source_id, kind = "sensor", "sensor", "attack_telemetry"

    row = SightingRow(1, "Acme", "Alpha", "", NOW.date(), count=40)
    kept = without_repeats(
        feed=Sensor(), rows=[row, SightingRow(2, "Acme", "Alpha", "", NOW.date(), count=40)], content_hash=""
    )
    assert (kept.rows, kept.repeated) == ([row], 1)


def test_a_list_that_names_an_entry_twice_counts_it_once() -> None:
    twice = load(*FIRST, FIRST[0])
    assert (twice.rows, twice.repeated) == (5, 1)
    edition, _ = build_edition(now=NOW)
    assert edition.coverage["entries"] == 4, "the fifth is before the period"


# Late evidence


def test_late_evidence_is_found_and_leaves_the_published_figures_until_they_are_corrected() -> None:
    published = out(ready())
    late = f"CVE-2026-4000,Acme,Gamma,{NOW.date() - 50 * DAY}"
    load(*FIRST, late, now=LATER)
    watch_editions(now=LATER + DAY)
    (found,) = watched_findings()
    assert (found.code, found.subject) == ("entry-late", "acme:gamma@cisa-kev")
    assert rows_of(Edition.objects.get(pk=published.pk))["acme:gamma"] == 1 and verify_edition(edition=published).same
    assert rows_of(draft(actor=actor("analyst"), now=LATER))["acme:gamma"] == 2, "the next edition counts it"
    mended = corrected(published, reason="An entry came late.", now=LATER + 2 * DAY)
    assert rows_of(mended)["acme:gamma"] == 2
