"""One suite that every feed on the shelf must pass; a new feed is in it as soon as it is on the list."""

import contextlib
import random
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.formats.rows import FormatError, Rejected
from bluelamp.index.feeds import FEEDS, feed_by_id, recognise, shelf
from bluelamp.index.feeds.base import Feed

SAMPLES = Path(__file__).parents[1] / "samples"
TODAY = date(2026, 8, 8)
GOOD_AND_BAD = {
    "cisa-kev-json": (2, 1),
    "cisa-kev-csv": (2, 1),
    "cisa-kev-packaged": (2, 1),
    "recorded-crimes": (2, 2),
    "in-the-wild": (1, 1),
    "epss-daily": (1, 1),
    "nvd-cves": (1, 1),
    "cve5-records": (1, 0),
    "units-in-use": (2, 4),
}
TEXT_FEEDS = [f for f in FEEDS if not f.sample.endswith(".parquet")]


def content(feed: Feed) -> bytes:
    return (SAMPLES / feed.sample).read_bytes()


def rows(feed: Feed, data: bytes, today: date = TODAY) -> list[object]:
    return list(feed.read(stream=BytesIO(data), today=today))


def test_the_suite_covers_the_shelf() -> None:
    assert set(GOOD_AND_BAD) == {f.id for f in FEEDS}


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.id)
def test_sample_gives_its_rows_and_puts_the_bad_ones_aside(feed: Feed) -> None:
    found = rows(feed, content(feed))
    bad = [r for r in found if isinstance(r, Rejected)]
    assert (len(found) - len(bad), len(bad)) == GOOD_AND_BAD[feed.id]
    assert all(r.reason.endswith((".", "!")) and r.line > 0 for r in bad)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.id)
def test_is_recognised_by_its_sample_and_says_where_it_comes_from(feed: Feed) -> None:
    assert recognise(name=feed.sample, head=content(feed)[:4096]) is feed
    assert feed.title and feed.publisher and feed.licence and feed.cadence and feed.__doc__
    assert feed.publish in ("never", "aggregate", "full")
    assert feed_by_id(feed.id) is feed


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.id)
def test_a_truncated_file_is_refused_or_gives_only_whole_rows(feed: Feed) -> None:
    whole = [r for r in rows(feed, content(feed)) if not isinstance(r, Rejected)]
    for end in range(0, len(content(feed)) - 1, 7):
        try:
            found = [r for r in rows(feed, content(feed)[:end]) if not isinstance(r, Rejected)]
        except FormatError:
            continue
        assert len(found) <= len(whole)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.id)
def test_garbage_is_a_format_error_or_put_aside(feed: Feed) -> None:
    source = random.Random(7)
    for _ in range(60):
        data = bytearray(content(feed))
        for _ in range(5):
            data[source.randrange(len(data))] = source.randrange(256)
        try:
            rows(feed, bytes(data))
        except FormatError as problem:
            assert str(problem)


@pytest.mark.parametrize("feed", TEXT_FEEDS, ids=lambda f: f.id)
@given(noise=st.binary(max_size=200))
def test_noise_never_raises_anything_else(feed: Feed, noise: bytes) -> None:
    with contextlib.suppress(FormatError):
        assert all(isinstance(r, Rejected) for r in rows(feed, noise))


@pytest.mark.parametrize("feed", TEXT_FEEDS, ids=lambda f: f.id)
def test_byte_order_mark_is_accepted_and_other_encodings_are_refused(feed: Feed) -> None:
    assert rows(feed, b"\xef\xbb\xbf" + content(feed)) == rows(feed, content(feed))
    with pytest.raises(FormatError):
        rows(feed, content(feed).decode().encode("utf-16"))


@pytest.mark.parametrize("feed", FEEDS, ids=lambda f: f.id)
def test_dates_in_the_future_are_put_aside(feed: Feed) -> None:
    early = date(2023, 1, 1) - timedelta(days=1)
    try:
        assert all(isinstance(r, Rejected) for r in rows(feed, content(feed), today=early))
    except FormatError as problem:
        assert "future" in str(problem)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 10_000, "characters"), ("=HYPERLINK(1)", "formula"), ("a\u202eb", "direction"), ("", "empty")],
)
def test_hostile_names_are_put_aside_with_the_reason(name: str, reason: str) -> None:
    text = f'cveID,vendorProject,product,dateAdded\nCVE-2024-0001,"{name}",Windows,2024-01-01\n'
    (found,) = rows(feed_by_id("cisa-kev-csv"), text.encode())
    assert isinstance(found, Rejected) and reason in found.reason and len(found.raw) <= 2_000


def test_no_crime_number_is_kept() -> None:
    text = "crime_number,recorded_on,maker,product,force\nSECRET/1,2024-13-01,Ring,Doorbell,Kent\nSECRET/2,2024\n"
    found = rows(feed_by_id("recorded-crimes"), text.encode())
    assert len(found) == 2 and "SECRET" not in repr(found)


def test_a_list_that_states_more_entries_than_it_holds_is_cut_short() -> None:
    with pytest.raises(FormatError, match="cut short"):
        rows(feed_by_id("cisa-kev-json"), content(feed_by_id("cisa-kev-json")).replace(b'"count": 3', b'"count": 4'))


def test_the_shelf_refuses_doubles_and_blanks() -> None:
    with pytest.raises(ValueError, match="id of its own"):
        shelf([FEEDS[0], FEEDS[0]])
