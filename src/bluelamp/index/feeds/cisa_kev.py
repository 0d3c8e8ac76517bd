"""The known-exploited list of the United States' cyber authority, as published and as packaged."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from bluelamp.formats import kev
from bluelamp.formats.rows import FormatError, Rejected, RowError, check_cve, check_name, rejected
from bluelamp.index.feeds.base import Feed, Row, SightingRow


class _Kev(Feed):
    source_id = "cisa-kev"
    title = "Known Exploited Vulnerabilities"
    publisher = "Cybersecurity and Infrastructure Security Agency (CISA)"
    licence = "CC0 1.0"
    url = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog"
    cadence = "daily"
    table = "sightings"
    kind = "exploited"
    authority = True
    snapshot = True
    every = timedelta(hours=6)


class CisaKevJson(_Kev):
    """The list as JSON, as its publisher offers it every working day."""

    id = "cisa-kev-json"
    precedence = 10
    names = ("*known_exploited*.json*", "*kev*.json*")
    sign = b"vulnerabilities"
    sample = "kev.json"
    pull_url = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        return _rows(kev.parse_json_list(stream, today=today))


class CisaKevCsv(_Kev):
    """The same list as CSV."""

    id = "cisa-kev-csv"
    precedence = 11
    names = ("*known_exploited*.csv*", "*kev*.csv*")
    sign = b"cveID"
    sample = "kev.csv"
    pull_url = "https://www.cisa.gov/sites/default/files/csv/known_exploited_vulnerabilities.csv"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        return _rows(kev.parse_csv(stream, today=today))


class CisaKevPackaged(_Kev):
    """The facts of the list that this program carries, so that a first run needs no network."""

    id = "cisa-kev-packaged"
    cadence = "with each release"
    precedence = 12
    names = ("kev.parquet",)
    sign = b"PAR1"
    sample = "kev.parquet"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        try:
            table = pq.read_table(pa.BufferReader(stream.read()), columns=["cve", "vendor", "product", "date"])
        except (pa.ArrowException, OSError) as problem:
            raise FormatError("The packaged list is damaged. Install the program again.") from problem
        rows = zip(*(table[name].to_pylist() for name in ("cve", "vendor", "product", "date")), strict=True)
        for line, (cve, maker, product, on) in enumerate(rows, start=1):
            try:
                if not isinstance(on, date) or on > today:
                    raise RowError(f"The date {on} is in the future. Check this machine's clock.")
                names = (check_name(maker, what="maker"), check_name(product, what="product"))
                yield SightingRow(line, *names, check_cve(cve), on)
            except RowError as problem:
                yield rejected(line=line, problem=problem, raw=(cve, maker, product, on))


def _rows(entries: Iterator[kev.KevEntry | Rejected]) -> Iterator[Row | Rejected]:
    for e in entries:
        yield e if isinstance(e, Rejected) else SightingRow(e.line, e.maker, e.product, e.cve, e.added)
