"""Vulnerability records: read by the watch list only, never a sighting."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bluelamp.formats import cve
from bluelamp.formats.rows import Rejected
from bluelamp.index.feeds.base import CveRow, Feed, Row


class NvdCves(Feed):
    """Pages of the United States' National Vulnerability Database, API 2.0."""

    id = "nvd-cves"
    source_id = "nvd"
    title = "National Vulnerability Database, API 2.0 pages"
    publisher = "National Institute of Standards and Technology (NIST)"
    licence = "Public domain in the United States"
    url = "https://nvd.nist.gov/developers/vulnerabilities"
    cadence = "daily"
    precedence = 60
    table = "cves"
    names = ("*nvd*.json*",)
    sign = b"NVD_CVE"
    sample = "nvd.json"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        return _rows(cve.parse_nvd_page(stream, today=today))


class Cve5Records(Feed):
    """Records of the CVE programme in format 5."""

    id = "cve5-records"
    source_id = "cve-program"
    title = "CVE records, format 5"
    publisher = "CVE Program"
    licence = "CVE terms of use: free use with attribution"
    url = "https://www.cve.org/Downloads"
    cadence = "daily"
    precedence = 61
    table = "cves"
    names = ("cve-*.json*", "*cve5*.json*")
    sign = b"CVE_RECORD"
    sample = "cve5.json"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        return _rows(cve.parse_cve5(stream, today=today))


def _rows(records: Iterator[cve.CveRecord | Rejected]) -> Iterator[Row | Rejected]:
    for r in records:
        yield r if isinstance(r, Rejected) else CveRow(r.line, r.cve, r.published, r.state, r.affected)
