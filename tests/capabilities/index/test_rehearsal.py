"""The rehearsal goes the whole way, in a home of its own only, and nothing of it can be published."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cast import client, who
from django.conf import LazySettings
from django.test import Client
from press import FIRST, load

from bluelamp.index.models import Edition, Release, Reply
from bluelamp.index.publishing_queries import sign_off_request
from bluelamp.index.sign_off_queries import standing_signatures
from bluelamp.project.cli.rehearse import NoRehearsalError
from bluelamp.project.cli.rehearse import rehearse as command
from bluelamp.project.demo import cast, rehearsal

pytestmark = [pytest.mark.django_db(databases=["default", "vault"]), pytest.mark.usefixtures("home")]
NOW = datetime.now(tz=UTC)


def test_a_rehearsal_ends_where_an_exercise_is_refused_and_leaves_nothing_public() -> None:
    begin = NOW - timedelta(days=rehearsal.DAYS)
    load(*FIRST)
    cast.make_cast(now=begin - timedelta(days=7))
    told: list[str] = []
    edition = rehearsal.rehearse(now=NOW, tell=lambda _at, words: told.append(words))
    edition.refresh_from_db()
    assert (edition.origin, edition.status) == ("exercise", "draft") and "refused for one reason only" in told[-1]
    assert len(standing_signatures(request=sign_off_request(edition=edition))) == 2
    assert Reply.objects.get().decision == "accepted" and not Release.objects.filter(origin="live").exists()
    assert not Edition.objects.filter(status__in=["published", "replaced", "withdrawn"]).exists()
    public = Client(headers={"host": "localhost"})
    for address in ("/", "/table/", "/releases/", "/editions/", "/feed.atom"):
        page = public.get(address).content.decode()
        assert "Lanternworks" not in page and "exercise" not in page, address
    who("head-of-profession")
    page = client(capacity="head-of-profession").get(f"/desk/editions/{edition.pk}/").content.decode()
    assert "exercise</strong>" in page and "it can never be published" in page


def test_a_rehearsal_that_is_not_whole_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = NOW - timedelta(days=rehearsal.DAYS)
    load(*FIRST)
    cast.make_cast(now=begin - timedelta(days=7))
    monkeypatch.setattr(rehearsal, "_signed", lambda *_all: None)
    with pytest.raises(rehearsal.RehearsalError, match="not-approved"):
        rehearsal.rehearse(now=NOW, tell=lambda _at, _words: None)


def test_it_begins_in_an_empty_home_of_the_demonstration_only(settings: LazySettings, home: Path) -> None:
    with pytest.raises(NoRehearsalError, match="BLUELAMP_DEMO=1"):
        command()
    settings.BLUELAMP_DEMO = True
    (home / "main.db").touch()
    with pytest.raises(NoRehearsalError, match=r"in use|BLUELAMP_DATABASE_URL"):
        command()
