"""Reports of exploitation collected by inTheWild.io. It repeats the authority's list, so it is no second witness."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bluelamp.formats import inthewild
from bluelamp.formats.rows import Rejected
from bluelamp.index.feeds.base import Feed, Row, SightingRow


class InTheWild(Feed):
    """The first public report of exploitation by CVE; nine in ten recent ones are the authority's, days later."""

    id = "in-the-wild"
    source_id = "in-the-wild"
    title = "inTheWild exploitation reports"
    publisher = "inTheWild.io"
    licence = "Apache-2.0"
    url = "https://github.com/gmatuz/inthewilddb"
    cadence = "irregular"
    precedence = 30
    table = "sightings"
    kind = "exploited"
    derived_from = "cisa-kev"
    snapshot = True
    names = ("*inthewild*.csv*", "*in-the-wild*.csv*")
    sign = b"reported"
    sample = "inthewild.csv"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        for r in inthewild.parse(stream, today=today):
            yield r if isinstance(r, Rejected) else SightingRow(r.line, "", "", r.cve, r.reported)
