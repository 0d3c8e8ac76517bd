"""What a first visitor needs is made before he asks, and nothing of it looks as if somebody had asked."""

import logging

import pytest
from django.test import Client, override_settings
from small_edition import make_edition

from bluelamp.kernel.catalogue import search
from bluelamp.kernel.catalogue.models import CatalogueVersion
from bluelamp.project.profiles import PROFILES
from bluelamp.project.running import warming

pytestmark = pytest.mark.django_db


def test_the_index_is_there_and_nobody_has_asked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_edition()
    CatalogueVersion.objects.create(id=1, version="warmed")
    monkeypatch.setattr(warming.connections, "close_all", lambda: None)
    with caplog.at_level(logging.INFO):
        warming.warm()
    assert "warmed" in search._held
    assert not [r for r in caplog.records if r.name == "bluelamp.request" or "undone" in r.message]
    made = search._held["warmed"]
    assert Client(headers={"host": "localhost"}).get("/search?q=acme").status_code == 200
    assert search._held["warmed"] is made


def test_what_fails_is_left_to_the_first_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(warming.connections, "close_all", lambda: closed.append(True))
    monkeypatch.setattr(warming, "_PAGES", (("/no/such/page", "", "en"),))
    with caplog.at_level(logging.INFO):
        warming.warm()
    assert closed == [True] and [r.message for r in caplog.records] == ["Warming was left undone"]


def test_it_begins_only_where_there_are_public_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[bool] = []
    monkeypatch.setattr(warming, "warm", lambda: done.append(True))
    thread = warming.warm_beside()
    assert thread is not None
    thread.join(5)
    assert done == [True]
    with override_settings(BLUELAMP_PROFILE=PROFILES["ingest"]):
        assert warming.warm_beside() is None
