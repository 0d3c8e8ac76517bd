"""The shelf of feeds: one explicit ordered list. To add a feed, write its module and add its line here."""

from collections.abc import Iterable

from bluelamp.index.feeds.base import Feed
from bluelamp.index.feeds.cisa_kev import CisaKevCsv, CisaKevJson, CisaKevPackaged
from bluelamp.index.feeds.cve_records import Cve5Records, NvdCves
from bluelamp.index.feeds.epss_daily import EpssDaily
from bluelamp.index.feeds.in_the_wild import InTheWild
from bluelamp.index.feeds.recorded_crimes import RecordedCrimes
from bluelamp.index.feeds.units_in_use import UnitsInUse


def shelf(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """The feeds in their order. Raises ValueError for a blank or repeated id."""
    found = tuple(feeds)
    ids = [feed.id for feed in found]
    if len(set(ids)) != len(ids) or not all(ids):
        raise ValueError(f"Every feed needs an id of its own: {ids}")
    return found


FEEDS = shelf(
    (
        CisaKevJson(),
        CisaKevCsv(),
        CisaKevPackaged(),
        RecordedCrimes(),
        InTheWild(),
        EpssDaily(),
        NvdCves(),
        Cve5Records(),
        UnitsInUse(),
    )
)


def feed_by_id(feed_id: str) -> Feed:
    """One feed. Raises KeyError for an unknown id."""
    return {feed.id: feed for feed in FEEDS}[feed_id]


def recognise(*, name: str, head: bytes) -> Feed | None:
    """The first feed that a file looks like; None where none does."""
    return next((feed for feed in FEEDS if feed.recognises(name=name, head=head)), None)
