"""Rows that were delivered twice: in one file, or in several files of one source that overlap."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from bluelamp.index.feeds.base import Feed, SightingRow
from bluelamp.kernel.evidence.queries import evidence_folder, visible_loads
from bluelamp.kernel.vault.keyfiles import file_lock
from bluelamp.warehouse.counts import events_between

# Each row of crimes is a crime with a number of its own, which its parser has looked at.
_NUMBERED = frozenset({"recorded_crime"})
Key = tuple[str, str, str, date, str]


@dataclass(frozen=True)
class Kept:
    """The rows that count, and how many were left out because the same stands there already."""

    rows: list[SightingRow]
    repeated: int


@contextmanager
def alone() -> Iterator[None]:
    """Held while a file of a source that adds up is compared with the others and stored: two at once would not see
    each other."""
    folder = evidence_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with file_lock(path=folder.with_name("loading.lock"), exclusive=True):
        yield


def without_repeats(*, feed: Feed, rows: Iterable[SightingRow], content_hash: str) -> Kept:
    """The rows of a file without those that it, or a loaded file of the same source, has already.

    Of a product as written, with a reference, on a day, at a place, the larger count of two files holds: overlapping
    files tell of the same. A whole list replaces the older one instead, so it is compared with itself only.
    """
    every = list(rows)
    once = every if feed.kind in _NUMBERED else _once(every)
    there = Counter() if feed.snapshot else _there(feed=feed, rows=once, content_hash=content_hash)
    kept = []
    for row in once:
        known = min(there[_key(row)], row.count)
        there[_key(row)] -= known
        if known < row.count:
            kept.append(replace(row, count=row.count - known))
    return Kept(rows=kept, repeated=len(every) - len(kept))


def _key(row: SightingRow) -> Key:
    return (row.written_maker, row.written_product, row.ref, row.on, row.place or "")


def _once(rows: Iterable[SightingRow]) -> list[SightingRow]:
    first: dict[tuple[Key, int], SightingRow] = {}
    for row in rows:
        first.setdefault((_key(row), row.count), row)
    return list(first.values())


def _there(*, feed: Feed, rows: list[SightingRow], content_hash: str) -> Counter[Key]:
    """How many events of the days of some rows other files of the source brought."""
    if not rows:
        return Counter()
    # The same content under an older catalogue is replaced by this load, so it does not count as another.
    loads = visible_loads(table="sightings").filter(source_id=feed.source_id).exclude(content_hash=content_hash)
    paths = [evidence_folder() / f"{h}.parquet" for h in loads.values_list("file_hash", flat=True)]
    return Counter(events_between(paths=paths, first=min(r.on for r in rows), last=max(r.on for r in rows)))
