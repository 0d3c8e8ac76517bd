"""Crimes that a force recorded, by product. Crime numbers are checked and dropped while reading."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bluelamp.formats import recorded_crimes
from bluelamp.formats.rows import Rejected
from bluelamp.index.feeds.base import Feed, Row, SightingRow


class RecordedCrimes(Feed):
    """A force's own extract; public only as aggregates of at least ten, rounded to five (RED-LINES 7)."""

    id = "recorded-crimes"
    source_id = "police-recorded-crime"
    title = "Crimes recorded by the police, by product"
    publisher = "The force that supplies the file"
    licence = "Supplied by the force for the Index"
    url = ""
    cadence = "monthly"
    precedence = 20
    table = "sightings"
    kind = "recorded_crime"
    marking = "TLP:AMBER"
    publish = "aggregate"
    names = ("*crime*.csv*",)
    sign = b"crime_number"
    sample = "recorded_crimes.csv"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        for c in recorded_crimes.parse(stream, today=today):
            yield (
                c
                if isinstance(c, Rejected)
                else SightingRow(c.line, c.maker, c.product, "", c.recorded_on, count=c.count, place=c.force)
            )
