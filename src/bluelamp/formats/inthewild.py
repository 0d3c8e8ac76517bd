"""The in-the-wild list: cve,reported (the first public report of exploitation)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from bluelamp.formats.rows import Rejected, RowError, check_cve, check_day, read_csv, rejected


@dataclass(frozen=True)
class WildReport:
    """One report: a CVE and the UTC day on which it was first reported as exploited."""

    line: int
    cve: str
    reported: date


def parse(stream: BinaryIO, *, today: date) -> Iterator[WildReport | Rejected]:
    """The reports in the file's order. Raises FormatError."""
    for line, row in read_csv(stream, columns=("cve", "reported")):
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            yield WildReport(line=line, cve=check_cve(row["cve"]), reported=check_day(row["reported"], today=today))
        except RowError as problem:
            yield rejected(line=line, problem=problem, raw=row)
