"""How many of a product are in use, as sources state it. None comes with the program."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bluelamp.formats import units_in_use
from bluelamp.formats.rows import Rejected
from bluelamp.index.feeds.base import Feed, Row, UnitsRow


class UnitsInUse(Feed):
    """Numbers of units with their source; of several about a product the newest holds, the others are shown."""

    id = "units-in-use"
    source_id = "units-in-use"
    title = "Units in use, by product"
    publisher = "The source that each row names"
    licence = "As each row states"
    url = ""
    cadence = "irregular"
    precedence = 70
    table = "units"
    names = ("*units*.csv*",)
    sign = b"as_of"
    sample = "units_in_use.csv"

    def read(self, *, stream: BinaryIO, today: date) -> Iterator[Row | Rejected]:
        for u in units_in_use.parse(stream, today=today):
            yield (
                u
                if isinstance(u, Rejected)
                else UnitsRow(u.line, u.product, u.maker, u.name, u.as_of, u.units, u.source, u.address, u.licence)
            )
