"""What a feed is: its provenance as attributes, and one method that reads."""

import fnmatch
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import BinaryIO, ClassVar, Literal

from bluelamp.formats.rows import Rejected


@dataclass(frozen=True)
class SightingRow:
    """One sighting as a source wrote it; `on` is a UTC day, `ref` an id such as a CVE, `count` events."""

    line: int
    written_maker: str
    written_product: str
    ref: str
    on: date
    count: int = 1
    place: str = ""


@dataclass(frozen=True)
class EpssRow:
    """One EPSS probability (0 to 1) of one model on one day."""

    line: int
    cve: str
    on: date
    model: str
    probability: float


@dataclass(frozen=True)
class CveRow:
    """One CVE record."""

    line: int
    cve: str
    published: date
    state: str
    affected: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class UnitsRow:
    """Units in use on the day `on`; the product by `key`, or by maker and name as written."""

    line: int
    key: str
    written_maker: str
    written_product: str
    on: date
    units: int
    source: str
    address: str
    licence: str


Row = SightingRow | EpssRow | CveRow | UnitsRow


class Feed(ABC):
    """A kind of file that brings evidence. `precedence` orders feeds that say the same: the lowest is believed.

    `snapshot` says that a file is the whole list, so that a newer one replaces an older one. `derived_from` names the
    source that this one repeats: it is then no independent witness. `pull_url` is the official address of the file
    itself, "" where there is none to fetch; `every` says how often to look there, `pull_sha256_url` where its checksum
    is stated.
    """

    id: ClassVar[str]
    source_id: ClassVar[str]
    title: ClassVar[str]
    publisher: ClassVar[str]
    licence: ClassVar[str]
    url: ClassVar[str]
    cadence: ClassVar[str]
    precedence: ClassVar[int]
    table: ClassVar[Literal["sightings", "epss", "cves", "units"]]
    kind: ClassVar[str] = ""
    authority: ClassVar[bool] = False
    derived_from: ClassVar[str] = ""
    snapshot: ClassVar[bool] = False
    marking: ClassVar[str] = "TLP:CLEAR"
    publish: ClassVar[str] = "full"
    names: ClassVar[tuple[str, ...]]
    sign: ClassVar[bytes] = b""
    sample: ClassVar[str]
    pull_url: ClassVar[str] = ""
    pull_sha256_url: ClassVar[str] = ""
    every: ClassVar[timedelta] = timedelta(days=1)

    @abstractmethod
    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        """The rows of one file in its order. Raises FormatError for an unreadable file."""

    def recognises(self, *, name: str, head: bytes) -> bool:
        """Whether a file looks like this feed's, by its name and its first bytes (which may be compressed)."""
        named = any(fnmatch.fnmatch(name.lower(), pattern) for pattern in self.names)
        return named and (self.sign in head or head.startswith(b"\x1f\x8b"))
