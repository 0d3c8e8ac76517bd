"""Feeds pulled from a server: what was loaded stays whatever comes, and a restart repeats nothing."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bad_server import BadServer, Wires, answer, make_fetcher, running
from django.conf import LazySettings
from typer.testing import CliRunner

from bluelamp.formats.rows import FormatError
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations import pulling
from bluelamp.index.operations.loading import LoadRefusedError
from bluelamp.index.operations.pulling import pull_all, pull_due, pull_feed, scheduled
from bluelamp.kernel.catalogue.models import CatalogueVersion
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.fetching.client import Fetcher
from bluelamp.kernel.fetching.domain.results import FetchError
from bluelamp.kernel.fetching.queries import state_of
from bluelamp.project.cli import feeds as commands
from bluelamp.project.cli.app import app

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
KEV, EPSS = feed_by_id("cisa-kev-json"), feed_by_id("epss-daily")
SAMPLES = Path(__file__).parents[2] / "samples"
TAG = '"list-1"'


def kev(*days: str) -> bytes:
    rows = [
        {"cveID": f"CVE-2026-{1000 + i}", "vendorProject": "D-Link", "product": "DIR-823X", "dateAdded": day}
        for i, day in enumerate(days)
    ]
    return json.dumps({"catalogVersion": "1", "count": len(rows), "vulnerabilities": rows}).encode()


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> None:
    settings.BLUELAMP_HOME = tmp_path


@pytest.fixture
def server() -> Iterator[BadServer]:
    with running() as found:
        yield found


@pytest.fixture
def fetcher(server: BadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetcher:
    # The publishers' addresses are https; the server of this test is not.
    for feed in (KEV, EPSS):
        monkeypatch.setattr(type(feed), "pull_url", f"http://feeds.example.org/{feed.id}")
    return make_fetcher(server, tmp_path / "downloads")


def loads() -> list[tuple[str, int]]:
    return [(item.status, item.rows) for item in Load.objects.order_by("added_at")]


def test_pull_loads_and_the_next_one_asks_with_conditions(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.play(answer(200, kev("2026-08-01", "2026-08-02"), ETag=TAG), answer(304))
    first = pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
    assert first.outcome == "loaded" and first.load and first.load.rows == 2
    second = pull_feed(feed=KEV, now=NOW + timedelta(hours=6), fetcher=fetcher)
    assert second.outcome == "unchanged" and server.calls[1].headers["if-none-match"] == TAG
    assert "if-none-match" not in server.calls[0].headers
    state = state_of(name=KEV.id)
    assert state and state.etag == TAG and state.changed_at == NOW and state.checked_at == NOW + timedelta(hours=6)
    assert state.sha256 == hashlib.sha256(kev("2026-08-01", "2026-08-02")).hexdigest()
    assert [p.suffix for p in (tmp_path / "downloads").iterdir()] == [".lock"], "what was taken in is not kept twice"


def test_same_content_without_an_etag_is_loaded_once(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(200, kev("2026-08-01")))
    assert pull_feed(feed=KEV, now=NOW, fetcher=fetcher).outcome == "loaded"
    assert pull_feed(feed=KEV, now=NOW, fetcher=fetcher).outcome == "known"
    assert loads() == [("visible", 1)]


def test_a_new_catalogue_loads_the_list_anew(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(200, kev("2026-08-01"), ETag=TAG))
    pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
    CatalogueVersion.objects.update_or_create(id=1, defaults={"version": "newer"})
    assert pull_feed(feed=KEV, now=NOW + timedelta(hours=6), fetcher=fetcher).outcome == "loaded"
    assert "if-none-match" not in server.calls[1].headers


def test_validators_of_another_address_are_not_sent(
    server: BadServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.play(answer(200, kev("2026-08-01"), ETag=TAG))
    pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
    monkeypatch.setattr(type(KEV), "pull_url", "http://feeds.example.org/moved")
    pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
    assert "if-none-match" not in server.calls[1].headers


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>We are sorry</title>",
        kev("2026-08-03", "2026-08-04")[:-40],
        b"",
        b"\x00" * 100,
        kev("2026-08-03").replace(b'"count": 1', b'"count": 2'),
        gzip.compress(kev("2026-08-03"))[:-9],
    ],
    ids=["error page", "cut without a length", "empty", "zeros", "cut in entries", "cut gzip file"],
)
def test_a_bad_file_is_refused_and_the_load_before_stays(server: BadServer, fetcher: Fetcher, body: bytes) -> None:
    server.play(
        answer(200, kev("2026-08-01"), ETag=TAG),
        answer(200, body, length=None, ETag='"bad"'),
        answer(200, kev("2026-08-05"), ETag='"list-2"'),
    )
    pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
    with pytest.raises((FormatError, LoadRefusedError)):
        pull_feed(feed=KEV, now=NOW + timedelta(hours=6), fetcher=fetcher)
    assert loads() == [("visible", 1)]
    state = state_of(name=KEV.id)
    assert state and state.etag == TAG and state.failures == 1 and state.last_error
    assert state.next_at == NOW + timedelta(hours=6, minutes=5)
    assert pull_feed(feed=KEV, now=NOW + timedelta(hours=7), fetcher=fetcher).outcome == "loaded"
    assert loads() == [("superseded", 1), ("visible", 1)]
    state = state_of(name=KEV.id)
    assert state and state.failures == 0 and not state.last_error


def test_failures_wait_longer_each_time_up_to_the_usual(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(404))
    delays = []
    for _ in range(9):
        with pytest.raises(FetchError):
            pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
        state = state_of(name=KEV.id)
        assert state
        delays.append((state.next_at - NOW).total_seconds() / 60)
    assert delays == [5, 10, 20, 40, 80, 160, 320, 360, 360]


def test_the_time_that_the_server_asks_for_is_kept(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(503, Retry_After="7200"))
    with pytest.raises(FetchError):
        pull_feed(feed=KEV, now=NOW, fetcher=fetcher)
    state = state_of(name=KEV.id)
    assert state and state.next_at == NOW + timedelta(hours=2)


def test_a_compressed_file_under_either_label(server: BadServer, fetcher: Fetcher) -> None:
    lines = (SAMPLES / "epss.csv").read_bytes().splitlines()[:3]
    packed = gzip.compress(b"\n".join(lines) + b"\n")
    server.play(answer(200, packed, Content_Type="application/gzip"), answer(200, packed, Content_Encoding="gzip"))
    first = pull_feed(feed=EPSS, now=NOW, fetcher=fetcher)
    second = pull_feed(feed=EPSS, now=NOW, fetcher=fetcher)
    assert first.load and first.load.rows == 1
    assert second.load and second.load.rows == 1, "unpacked on the way, so it is other bytes with the same rows"


def test_one_failing_feed_does_not_keep_the_others_back(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(404), answer(200, kev("2026-08-01")))
    done = pull_all(feeds=[EPSS, KEV], now=NOW, fetcher=fetcher)
    assert [p.outcome for p in done] == ["failed", "loaded"] and "404" in done[0].error


def test_the_schedule_takes_one_format_of_a_list_and_only_what_is_due(server: BadServer, fetcher: Fetcher) -> None:
    assert [f.id for f in scheduled()] == ["cisa-kev-json", "epss-daily"]
    server.play(answer(200, kev("2026-08-01"), ETag=TAG), answer(404), answer(304))
    assert [p.outcome for p in pull_due(now=NOW, fetcher=fetcher)] == ["loaded", "failed"]
    assert pull_due(now=NOW + timedelta(minutes=4), fetcher=fetcher) == []
    assert [p.feed_id for p in pull_due(now=NOW + timedelta(minutes=5), fetcher=fetcher)] == ["epss-daily"]


def test_the_job_is_off_unless_the_setting_says_so(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []
    monkeypatch.setattr(pulling, "pull_due", lambda *, now: asked.append(now))
    pulling.run(now=NOW)
    assert asked == [] and settings.BLUELAMP_PULL is False
    settings.BLUELAMP_PULL = True
    pulling.run(now=NOW)
    assert asked == [NOW]


def test_the_commands(server: BadServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "standard_fetcher", lambda: fetcher)
    run = CliRunner().invoke
    server.play(answer(200, kev("2026-08-01"), ETag=TAG), answer(304), answer(404))
    done = run(app, ["feeds", "pull", KEV.id, "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)[0]["load"]["rows"] == 1
    done = run(app, ["feeds", "pull", "--all", "--json"])
    assert done.exit_code == 1
    assert [r["outcome"] for r in json.loads(done.stdout)] == ["unchanged", "failed"]
    shown = json.loads(run(app, ["feeds", "schedule", "--json"]).stdout)
    assert shown["on"] is False and {r["feed"]: r["failures"] for r in shown["feeds"]}["epss-daily"] == 1
    for wrong in (["pull"], ["pull", "--all", "--due"], ["pull", "nonesuch"], ["pull", "recorded-crimes"]):
        assert isinstance(run(app, ["feeds", *wrong]).exception, LoadRefusedError)


def test_official_addresses_are_https_and_public(server: BadServer, tmp_path: Path) -> None:
    wires = Wires(server.port)
    assert all(f.pull_url.startswith("https://") for f in scheduled()) and wires.dialled == []
