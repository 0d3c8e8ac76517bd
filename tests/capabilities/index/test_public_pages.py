"""Pages that are kept ready are those that would be made: for this edition, language, query and reader."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cast import client as signed_in
from django.http import HttpResponse
from django.test import Client
from django.utils.formats import date_format
from small_edition import make_edition

from bluelamp.index.models import Edition, Release
from bluelamp.kernel.catalogue.models import CatalogueVersion
from bluelamp.kernel.people.models import User
from bluelamp.project.public_pages import KEPT_VIEWS

pytestmark = pytest.mark.django_db
OUTSIDE = {"x-forwarded-for": "192.0.2.1"}


@pytest.fixture
def edition() -> Edition:
    return make_edition()


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": "localhost"})


def get(reader: Client, path: str, **headers: str) -> HttpResponse:
    return reader.get(path, headers=headers)


def test_a_page_is_the_same_again_and_not_sent_twice(edition: Edition, reader: Client) -> None:
    first = get(reader, "/table/")
    again = get(reader, "/table/")
    assert again.content == first.content and again["ETag"] == first["ETag"]
    assert first["Cache-Control"] == "private, no-cache" and "Content-Security-Policy" in again
    assert again["X-Request-Id"] != first["X-Request-Id"]
    unchanged = get(reader, "/table/", **{"if-none-match": first["ETag"]})
    assert unchanged.status_code == 304 and not unchanged.content and unchanged["ETag"] == first["ETag"]


def test_language_and_query_have_their_own(edition: Edition, reader: Client) -> None:
    pages = [get(reader, path).content for path in ("/table/", "/cy/table/", "/table/?sort=name", "/table/?page=2&q=x")]
    assert len(set(pages)) == 4
    assert [get(reader, path).content for path in ("/table/", "/cy/table/")] == pages[:2]


def test_a_specimen_that_is_kept_does_not_go_out(edition: Edition, reader: Client) -> None:
    here = get(reader, "/table/")
    out = get(reader, "/table/", **OUTSIDE)
    assert b"Acme R routers" in here.content and b"Acme R routers" not in out.content
    assert b"Acme R routers" not in get(reader, "/table/", **OUTSIDE).content
    assert get(reader, "/table/", **OUTSIDE, **{"if-none-match": here["ETag"]}).status_code == 200
    assert b"Acme R routers" in get(reader, "/table/").content
    assert out["Cache-Control"] == "no-cache"


def test_a_new_edition_or_catalogue_is_seen_at_once(edition: Edition, reader: Client) -> None:
    first = get(reader, "/")
    Edition.objects.filter(pk=edition.pk).update(figures_hash="corrected")
    edition.rows.filter(product_key="acme:r").delete()
    second = get(reader, "/")
    assert b"Acme R routers" in first.content and b"Acme R routers" not in second.content
    CatalogueVersion.objects.create(version="new")
    edition.rows.all().delete()
    assert b"Beta Cam" in second.content and b"Beta Cam" not in get(reader, "/").content
    edition.delete()
    assert get(reader, "/", **{"if-none-match": second["ETag"]}).status_code == 200


@pytest.mark.parametrize("shown", [True, False])
def test_an_announced_date_is_seen_at_once(shown: bool, reader: Client) -> None:
    if shown:
        make_edition()
    person = User.objects.create(email="head@example.org")
    now = datetime.now(tz=UTC)
    day = now.date() + timedelta(days=40)

    def says(on: date | None, late: bool = False) -> bool:
        text = get(reader, "/").content.decode()
        assert get(reader, "/").content.decode() == text
        told = f"{'was' if late else 'is'} due on {date_format(on, 'j F Y')}" if on else ""
        return told in text if told else "The next edition" not in text

    assert says(None)
    made = Release.objects.create(kind="regular", on=day, announced_at=now, announced_by=person)
    Release.objects.create(kind="correction", on=day - timedelta(days=9), announced_at=now, announced_by=person)
    Release.objects.create(kind="regular", on=now, origin="exercise", announced_at=now, announced_by=person)
    assert says(day)
    Release.objects.filter(pk=made.pk).update(on=day + timedelta(days=1))
    assert says(day + timedelta(days=1))
    Release.objects.filter(pk=made.pk).update(on=now.date() - timedelta(days=2))
    assert says(now.date() - timedelta(days=2), late=True)
    Release.objects.filter(pk=made.pk).update(cancelled_at=now, cancelled_reason="No evidence.")
    assert says(None)


def test_hosts_that_are_none_of_ours_are_refused_here_too(edition: Edition, reader: Client) -> None:
    assert get(reader, "/table/").status_code == 200
    assert get(reader, "/table/", host="evil.example").status_code == 400


def test_nothing_of_a_person_and_nothing_private_is_kept(edition: Edition, reader: Client) -> None:
    assert "ETag" not in get(reader, "/check/?k=router") and "ETag" not in get(reader, "/search?q=acme")
    assert reader.post("/table/").status_code == 405 and get(reader, "/product/no:such/").status_code == 404
    assert "ETag" not in get(reader, "/product/no:such/")


@pytest.mark.django_db(databases=["default", "vault"])
def test_who_has_signed_in_sees_the_same_page(edition: Edition) -> None:
    ada = signed_in(capacity="administrator")
    assert ada.get("/table/").content == Client(headers={"host": "localhost"}).get("/table/").content


def test_only_pages_made_from_the_edition_are_kept() -> None:
    assert not KEPT_VIEWS & {"index:check", "index:search", "index:compare", "index:methods", "index:download-csv"}
