"""Bringing feeds in from their publishers: fetch, take in, remember, so that a restart repeats nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings

from bluelamp.formats.rows import FormatError
from bluelamp.index.feeds import FEEDS, feed_by_id
from bluelamp.index.feeds.base import Feed
from bluelamp.index.operations.loading import Loaded, LoadRefusedError, load_path
from bluelamp.kernel.catalogue.queries import loaded_version
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.evidence.operations import known_load
from bluelamp.kernel.fetching.client import Fetcher
from bluelamp.kernel.fetching.domain.results import Fetched, FetchError, Wanted
from bluelamp.kernel.fetching.models import FetchState
from bluelamp.kernel.fetching.operations import note_failure, note_success, standard_fetcher
from bluelamp.kernel.fetching.queries import not_due, state_of

Outcome = Literal["loaded", "known", "unchanged", "failed"]


@dataclass(frozen=True)
class Pulled:
    """How one pull ended: content loaded, known before, unchanged at the publisher, or failed with a sentence why."""

    feed_id: str
    outcome: Outcome
    next_at: datetime
    load: Load | None = None
    bytes: int = 0
    error: str = ""


def pullable(feed_id: str) -> Feed:
    """One feed that can be fetched, by id. Raises LoadRefusedError for another."""
    try:
        feed = feed_by_id(feed_id)
    except KeyError as unknown:
        raise LoadRefusedError(f"There is no feed {feed_id!r}. See: bluelamp feeds list") from unknown
    if not feed.pull_url:
        raise LoadRefusedError(f"{feed_id} has no address to fetch from. Load a file: bluelamp feeds load FILE")
    return feed


def scheduled(*, due_at: datetime | None = None) -> list[Feed]:
    """The feeds of the schedule; with `due_at` those whose time has come by then.

    Of feeds that bring the same list in two formats only the one of best precedence is fetched.
    """
    best: dict[tuple[str, str], Feed] = {}
    for feed in sorted((f for f in FEEDS if f.pull_url), key=lambda f: f.precedence):
        best.setdefault((feed.source_id, feed.table), feed)
    waiting = not_due(names=[f.id for f in best.values()], now=due_at) if due_at else set()
    return [f for f in best.values() if f.id not in waiting]


def pull_feed(*, feed: Feed, now: datetime, fetcher: Fetcher) -> Pulled:
    """Fetch one feed, load what came, and record how it went.

    Raises FetchError, FormatError, LoadRefusedError or OSError, recorded too; what was loaded before stays in use.
    """
    state = state_of(name=feed.id)
    try:
        fetched = fetcher.fetch(wanted=_wanted(feed, state), now=now)
        loaded = _take_in(feed=feed, fetched=fetched, now=now)
    except (FetchError, FormatError, LoadRefusedError, OSError) as problem:
        asked = problem.wait if isinstance(problem, FetchError) else None
        note_failure(name=feed.id, url=feed.pull_url, message=str(problem), every=feed.every, now=now, asked=asked)
        raise
    state = note_success(name=feed.id, url=feed.pull_url, fetched=fetched, every=feed.every, now=now)
    if loaded is None:
        return Pulled(feed_id=feed.id, outcome="unchanged", next_at=state.next_at)
    outcome: Outcome = "known" if loaded.repeated else "loaded"
    return Pulled(feed.id, outcome, state.next_at, load=loaded.load, bytes=fetched.bytes)


def pull_all(*, feeds: Iterable[Feed], now: datetime, fetcher: Fetcher) -> list[Pulled]:
    """Pull some feeds in turn; one that fails does not keep the others back."""
    done = []
    for feed in feeds:
        try:
            done.append(pull_feed(feed=feed, now=now, fetcher=fetcher))
        except (FetchError, FormatError, LoadRefusedError, OSError) as problem:
            state = state_of(name=feed.id)
            done.append(Pulled(feed.id, "failed", state.next_at if state else now, error=str(problem)))
    return done


def pull_due(*, now: datetime, fetcher: Fetcher | None = None) -> list[Pulled]:
    """Pull the feeds of the schedule whose time has come."""
    return pull_all(feeds=scheduled(due_at=now), now=now, fetcher=fetcher or standard_fetcher())


def run(*, now: datetime) -> None:
    """The job of the schedule: nothing unless the setting BLUELAMP_PULL turns it on."""
    if settings.BLUELAMP_PULL:
        pull_due(now=now)


def _wanted(feed: Feed, state: FetchState | None) -> Wanted:
    """What to ask for; with conditions only where that content is still loaded, under the catalogue as it is now."""
    etag = modified = ""
    if state and state.url == feed.pull_url and state.sha256:
        version = loaded_version()
        if known_load(feed_id=feed.id, content_hash=state.sha256, catalogue_version=version):
            etag, modified = state.etag, state.last_modified
    return Wanted(url=feed.pull_url, name=feed.id, etag=etag, last_modified=modified, sha256_url=feed.pull_sha256_url)


def _take_in(*, feed: Feed, fetched: Fetched, now: datetime) -> Loaded | None:
    if fetched.path is None:
        return None
    try:
        return load_path(path=fetched.path, feed=feed, now=now)
    finally:
        fetched.path.unlink(missing_ok=True)
