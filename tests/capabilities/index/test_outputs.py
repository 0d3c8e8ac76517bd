"""What leaves the program: data package, feed, printable edition, static site, public pages; corrections reach them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as Tree

import pyarrow.parquet as pq
import pytest
from cast import actor
from django.conf import LazySettings
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.utils.translation import override
from press import DAY, FIRST, LATER, NOW, corrected, linked_maker, load, out, ready, small_catalogue

from bluelamp.index.domain.revising import COMPARED
from bluelamp.index.models import Edition
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.export import COLUMNS
from bluelamp.index.operations.feed import NAMESPACE, atom_feed
from bluelamp.index.operations.package import package_files, zipped_package
from bluelamp.index.operations.previews import accept_reply, reply
from bluelamp.index.operations.printing import printed
from bluelamp.index.operations.publishing import withdraw
from bluelamp.index.web.words import FIELDS
from bluelamp.kernel.catalogue.models import FormerKey, Product
from bluelamp.project.site import SiteError, write_site

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
TEXT = "We fixed this weakness in version 2.1. It is done & dusted, we say so."
ATOM = f"{{{NAMESPACE}}}"


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path / "home"
    small_catalogue()
    yield tmp_path


@pytest.fixture
def published() -> Edition:
    return out(ready())


def twice() -> tuple[Edition, Edition]:
    """An edition and the correction that took its place."""
    old = out(ready())
    load(*FIRST[:3], FIRST[4], now=LATER + DAY)
    return old, corrected(old, now=LATER + DAY)


def browser(*, outside: bool = True) -> Client:
    return Client(headers={"host": "localhost", **({"x-forwarded-for": "192.0.2.1"} if outside else {})})


def test_the_package_describes_every_file_exactly(published: Edition) -> None:
    files = package_files(edition=published)
    described = json.loads(files["datapackage.json"])
    assert described["$schema"].endswith("/2.0/datapackage.json") and described["version"] == f"{published.number}.0.0"
    assert {r["path"] for r in described["resources"]} == files.keys() - {"datapackage.json"}
    for resource in described["resources"]:
        content = files[resource["path"]]
        assert resource["bytes"] == len(content) and resource["hash"] == f"sha256:{sha256(content).hexdigest()}"
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
    assert described["licenses"] and all(licence.get("name") for licence in described["licenses"])
    assert "recorded crimes" in described["description"] and "Not official statistics" in described["description"]
    assert described["id"].startswith("tag:") and str(published.pk) in described["id"]


def test_the_three_forms_of_the_table_say_the_same_and_fit_the_schema(published: Edition) -> None:
    files = package_files(edition=published)
    (schema,) = [r["schema"] for r in json.loads(files["datapackage.json"])["resources"] if r["name"] == "products-csv"]
    rows = list(csv.DictReader(io.StringIO(files["products.csv"].decode())))
    as_json = json.loads(files["products.json"])
    table = pq.read_table(io.BytesIO(files["products.parquet"])).to_pylist()
    assert [f["name"] for f in schema["fields"]] == list(rows[0]) == list(table[0]) == list(as_json[0])
    read = {"integer": int, "number": float, "date": str, "string": str}
    for one, two, three in zip(rows, as_json, table, strict=True):
        for field in schema["fields"]:
            cast, name = read[field["type"]], field["name"]
            # An empty cell is a missing value (Table Schema), in the other two forms none at all.
            told = [None if form[name] in ("", None) else cast(form[name]) for form in (one, two, three)]
            assert told[0] == told[1] == told[2], name
            assert one[name] in field.get("constraints", {}).get("enum", [one[name]])
    assert len({r["product_key"] for r in rows}) == len(rows) == 3


def test_the_same_edition_gives_the_same_bytes(published: Edition) -> None:
    assert zipped_package(edition=published) == zipped_package(edition=Edition.objects.get(pk=published.pk))


def test_a_correction_reaches_every_export() -> None:
    old, new = twice()
    files = package_files(edition=new)
    described = json.loads(files["datapackage.json"])
    assert described["version"] == f"{old.number}.1.0" and described["replaces"].endswith(f"edition/{old.pk}")
    assert described["correction"] == "An entry was taken back."
    told = json.loads(files["changes.json"])
    assert {"product_key": "acme:gamma", "kind": "gone"}.items() <= next(
        c for c in told if c["product_key"] == "acme:gamma"
    ).items()
    assert b"acme:gamma" not in files["products.csv"]
    assert b"acme:gamma" in package_files(edition=Edition.objects.get(pk=old.pk))["products.csv"]
    visitor = browser()
    assert visitor.get(f"/download/{new.pk}.json").json()["changes"] == new.changes
    assert b"replaced" in visitor.get(f"/download/{old.pk}.csv").content, "the old one says that it was replaced"
    assert visitor.get("/api/v1/editions/current").json()["id"] == str(new.pk)
    page = visitor.get(f"/editions/{old.number}/0/").content.decode()
    assert "Replaced by a correction" in page and "Acme Gamma" in page
    log = visitor.get("/editions/").content.decode()
    assert "An entry was taken back." in log and f"Edition {new.label}" in log
    assert "Acme Gamma" in visitor.get(f"/editions/{new.number}/1/").content.decode()


def test_every_page_of_a_published_edition_says_what_it_lacks(published: Edition) -> None:
    for path in ("/", "/table/", "/product/acme:alpha/", "/methods/"):
        page = browser().get(path).content.decode()
        assert "It contains none of these:" in page and "recorded crimes" in page, path
        assert "Not official statistics." in page and f'href="/editions/{published.number}/0/"' in page
        assert "Specimen" not in page


def test_a_withdrawn_edition_gives_no_figures_and_keeps_its_record(published: Edition) -> None:
    withdraw(actor=actor("head-of-profession"), edition_id=published.pk, reason="The list was forged.", now=LATER)
    visitor = browser()
    for form in ("csv", "json", "zip", "pdf"):
        assert visitor.get(f"/download/{published.pk}.{form}").status_code == 404
    page = visitor.get(f"/editions/{published.number}/0/").content.decode()
    assert "The list was forged." in page and "Acme Alpha" not in page
    assert "withdrawn" in atom_feed(base="https://x.example", path="/feed.atom", language="en")


@pytest.mark.parametrize("path", ["zip", "pdf", "csv", "json"])
def test_drafts_are_nowhere_and_specimens_only_here(path: str) -> None:
    draft = ready()
    specimen, _ = build_edition(now=NOW)
    for edition, outside, status in ((draft, False, 404), (specimen, True, 404), (specimen, False, 200)):
        assert browser(outside=outside).get(f"/download/{edition.pk}.{path}").status_code == status
    assert browser(outside=False).get(f"/editions/{draft.number}/0/").status_code == 404


def check_feed(text: str) -> Tree.Element:
    """What RFC 4287 asks of a feed."""
    feed = Tree.fromstring(text)  # noqa: S314 - our own
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{name}")
            assert found.text and found.text.strip()
        assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[\w/.~-]+", element.findtext(f"{ATOM}id") or "")
        updated = element.findtext(f"{ATOM}updated") or ""
        assert updated.endswith("Z") and datetime.fromisoformat(updated).tzinfo
        links = element.findall(f"{ATOM}link")
        alternates = [(li.get("type"), li.get("hreflang")) for li in links if li.get("rel") == "alternate"]
        assert len(alternates) == len(set(alternates)) and all(
            li.get("href", "").startswith("https://") for li in links
        )
        assert element.findall(f"{ATOM}summary") or element is feed
    assert len(feed.findall(f"{ATOM}author")) == 1 and [
        li for li in feed.findall(f"{ATOM}link") if li.get("rel") == "self"
    ]
    ids = [e.findtext(f"{ATOM}id") for e in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    times = [e.findtext(f"{ATOM}updated") or "" for e in feed.findall(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)
    return feed


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_feed_is_atom_and_tells_editions_and_changes(language: str) -> None:
    empty = check_feed(atom_feed(base="https://x.example", path="/feed.atom", language=language))
    assert not empty.findall(f"{ATOM}entry")
    old, new = twice()
    feed = check_feed(atom_feed(base="https://x.example", path="/feed.atom", language=language))
    ids = {e.findtext(f"{ATOM}id") for e in feed.findall(f"{ATOM}entry")}
    assert {f"tag:bluelamp.invalid,2026:edition/{e.pk}" for e in (old, new)} <= ids and len(ids) == 4
    assert browser().get("/feed.atom").headers["Content-Type"].startswith("application/atom+xml")


def test_the_printable_edition_is_tagged_titled_and_in_its_language(published: Edition) -> None:
    for language, lang in (("en", rb"/Lang ?\((en-GB|en)\)"), ("cy", rb"/Lang ?\((cy-GB|cy)\)")):
        made = printed(edition=published, language=language)
        assert made.startswith(b"%PDF-1.") and re.search(lang, made), language
        assert b"/MarkInfo" in made and b"/StructTreeRoot" in made and b"/DisplayDocTitle true" in made
        assert b"pdfuaid:part" in made, "it says that it is PDF/UA"
    assert browser().get(f"/cy/download/{published.pk}.pdf").headers["Content-Type"] == "application/pdf"


def test_nothing_in_a_name_is_read_as_markup(published: Edition) -> None:
    published.rows.filter(product_key="acme:beta").update(product_name='#panic("x") $ * _ <a> @b `c`')
    assert printed(edition=published, language="en").startswith(b"%PDF")


def test_an_accepted_reply_is_shown_complete_and_goes_with_the_data() -> None:
    old = out(ready())
    sent = reply(actor=linked_maker(), product_key="acme:alpha", text=TEXT, fix_on=LATER.date(), now=LATER)
    assert TEXT.encode() not in browser().get("/product/acme:alpha/").content
    accept_reply(actor=actor("analyst"), reply_id=sent.pk, now=LATER)
    page = unescape(browser().get("/product/acme:alpha/").content.decode())
    assert TEXT in page and "announced a fix" in page
    assert json.loads(package_files(edition=old)["replies.json"])[0]["text"] == TEXT


def links(text: str) -> list[str]:
    return [unescape(a) for a in re.findall(r'\s(?:href|src)="([^"]*)"', text)]


def test_the_static_site_holds_together_without_a_server(published: Edition, home: Path) -> None:
    folder = home / "site"
    written = write_site(folder=folder, address="https://index.example/")
    assert not written.failed and {"index.html", "cy/index.html", "feed.atom"} <= set(written.files)
    assert len(set(written.files)) == len(written.files), "no two addresses share a file"
    assert not any(name.startswith(("compare", "check", "cy/compare", "cy/check")) for name in written.files)
    assert "Check my home" not in (folder / "index.html").read_text(encoding="utf-8")
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<form" not in text
        for link in links(text):
            parts = urlsplit(link)
            if parts.scheme or link.startswith("#"):
                assert parts.scheme in ("", "http", "https")
                continue
            assert not link.startswith("/"), (page, link)
            target = (page.parent / unquote(parts.path)).resolve()
            assert target.is_file() and target.is_relative_to(folder.resolve()), (page, link)
    check_feed((folder / "feed.atom").read_text(encoding="utf-8"))
    assert b"localhost" not in (folder / "feed.atom").read_bytes()
    with pytest.raises(SiteError, match="not empty"):
        write_site(folder=folder)


def test_on_the_static_site_too_earlier_addresses_lead_to_the_present_one(published: Edition, home: Path) -> None:
    product = Product.objects.exclude(name="").filter(key__in=published.rows.values("product_key")).first()
    assert product is not None
    other = Product.objects.exclude(name="").exclude(key=product.key).first()
    assert other is not None
    nameless = Product.objects.create(key="acme:nameless", maker=product.maker, name="")
    for former, present in (("acme:very-old", product), (other.key, product), ("acme:gone", nameless)):
        FormerKey.objects.create(key=former, product=present)
    for address in ("", "https://index.example/sub/"):
        folder = home / f"site{len(address)}"
        written = write_site(folder=folder, address=address)
        assert not written.failed and len(set(written.files)) == len(written.files)
        for start, words in (("", "another address"), ("cy/", "gyfeiriad arall")):
            page = folder / start / "product" / "acme--very-old" / "index.html"
            text = page.read_text(encoding="utf-8")
            target = f"{start}product/{product.key.replace(':', '--')}/"
            (sent_to,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', text)
            assert (page.parent / sent_to).resolve() == (folder / target / "index.html").resolve()
            assert (page.parent / sent_to).is_file() and sent_to in links(text) and words in text
            (canonical,) = re.findall(r'rel="canonical" href="([^"]+)"', text)
            assert canonical == (f"https://index.example/sub/{target}" if address else sent_to)
        assert "http-equiv" not in (folder / "product" / other.key.replace(":", "--") / "index.html").read_text()
        assert not (folder / "product" / "acme--gone").exists(), "nothing leads to a page that is not there"


def test_a_site_of_a_specimen_is_written_only_when_asked_for(home: Path) -> None:
    load(*FIRST)
    build_edition(now=NOW)
    with pytest.raises(SiteError, match="Nothing has been published"):
        write_site(folder=home / "one")
    write_site(folder=home / "two", specimen=True)
    assert "Specimen" in (home / "two" / "index.html").read_text(encoding="utf-8")
    assert (home / "two" / "feed.atom").exists()


def test_nothing_on_the_static_site_is_about_what_it_lacks(published: Edition, home: Path) -> None:
    told: list[tuple[int, int]] = []
    write_site(folder=home / "site", tell=lambda done, known: told.append((done, known)))
    assert told[-1][0] == told[-1][1] and all(done <= known for done, known in told)
    page = {
        name: (home / "site" / name / "index.html").read_text(encoding="utf-8") for name in ("", "data", "editions")
    }
    assert "For programs" not in page["data"] and "can read:" not in page["data"] and "with filters" not in page[""]
    served = browser()
    assert b"can read:" in served.get("/data/").content and b", with filters" in served.get("/").content
    for name in ("data", "editions"):
        assert '<a class="govuk-link" href="../feed.atom">Feed of changes (Atom)</a>' in page[name]
    for feed in ("feed.atom", "cy/feed.atom"):
        text = (home / "site" / feed).read_text(encoding="utf-8")
        assert "localhost" not in text
        for link in Tree.fromstring(text).iter(f"{ATOM}link"):  # noqa: S314 - our own
            target = (home / "site" / feed).parent / link.get("href", "")
            assert not target.is_absolute() or target.is_relative_to(home)
            assert target.is_file() or (target / "index.html").is_file(), link.get("href")


def test_the_page_of_an_edition_links_all_four_forms_with_their_sizes(published: Edition) -> None:
    for start, words in (("", "To print (PDF)"), ("/cy", "argraffu (PDF)")):
        page = unescape(browser().get(f"{start}/editions/{published.number}/0/").content.decode())
        assert words in page
        for form in ("csv", "json", "zip", "pdf"):
            address = f"{start}/download/{published.pk}.{form}"
            with override(start.strip("/") or "en"):
                size = filesizeformat(len(browser().get(address).content))
            assert re.search(rf'href="{address}">[^<]+</a>, {re.escape(size)}\. \w', page), (form, size)


def test_a_correction_compares_every_figure_that_is_exported() -> None:
    told_elsewhere = {"status", "edition", "revision", "period_start", "period_end", "product_key", "sources"}
    assert set(COMPARED) == set(COLUMNS) - told_elsewhere == set(FIELDS) and len(COLUMNS) == len(set(COLUMNS))
