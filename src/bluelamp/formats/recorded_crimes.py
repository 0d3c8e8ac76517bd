"""Recorded crimes by product: crime_number,recorded_on,maker,product,force[,count].

The crime number is looked at (present, once in the file) and then dropped: no part of it is kept, not even in a
refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from bluelamp.formats.rows import Rejected, RowError, check_count, check_day, check_name, read_csv, rejected

_COLUMNS = ("crime_number", "recorded_on", "maker", "product", "force")


@dataclass(frozen=True)
class RecordedCrime:
    """Crimes recorded by one force on one day that concern one product."""

    line: int
    recorded_on: date
    maker: str
    product: str
    force: str
    count: int


def parse(stream: BinaryIO, *, today: date) -> Iterator[RecordedCrime | Rejected]:
    """The crimes in the file's order. Raises FormatError."""
    seen: set[str] = set()
    for line, row in read_csv(stream, columns=_COLUMNS):
        if isinstance(row, Rejected):
            # What a row of the wrong width says may be a crime number in any of its cells.
            yield Rejected(line=row.line, reason=row.reason, raw="(not kept: it may hold a crime number)")
            continue
        try:
            _check_number(row["crime_number"], seen=seen)
            yield RecordedCrime(
                line=line,
                recorded_on=check_day(row["recorded_on"], today=today),
                maker=check_name(row["maker"], what="maker"),
                product=check_name(row["product"], what="product"),
                force=check_name(row["force"], what="force"),
                count=check_count(row.get("count") or "1"),
            )
        except RowError as problem:
            kept = {name: row[name] for name in _COLUMNS[1:]}
            yield rejected(line=line, problem=problem, raw=kept)


def _check_number(text: str, *, seen: set[str]) -> None:
    number = text.strip()
    if not number:
        raise RowError("There is no crime number: only recorded crimes can be loaded.")
    if number in seen:
        raise RowError("The crime number stands in this file already; the first row was taken.")
    seen.add(number)
