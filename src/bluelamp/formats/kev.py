"""CISA's Known Exploited Vulnerabilities list, JSON or CSV (schema: known_exploited_vulnerabilities_schema.json)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from bluelamp.formats.rows import (
    FormatError,
    Rejected,
    RowError,
    check_cve,
    check_day,
    check_name,
    read_csv,
    read_json,
    rejected,
)

_COLUMNS = ("cveID", "vendorProject", "product", "dateAdded")


@dataclass(frozen=True)
class KevEntry:
    """One entry: what was written, and the UTC day on which the authority added it."""

    line: int
    cve: str
    maker: str
    product: str
    added: date


def parse_json_list(stream: BinaryIO, *, today: date) -> Iterator[KevEntry | Rejected]:
    """The entries of the JSON list in its order. Raises FormatError before the first one, or not at all."""
    document = read_json(stream)
    entries = document.get("vulnerabilities") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise FormatError("The JSON has no list named 'vulnerabilities': this is not the known-exploited list.")
    stated = document.get("count")
    if isinstance(stated, int) and stated != len(entries):
        raise FormatError(
            f"The list states {stated} entries and holds {len(entries)}: it is cut short. Download it again."
        )
    for line, entry in enumerate(entries, start=1):
        yield _entry(entry if isinstance(entry, dict) else {}, line=line, today=today, raw=entry)


def parse_csv(stream: BinaryIO, *, today: date) -> Iterator[KevEntry | Rejected]:
    """The entries of the CSV in its order. Raises FormatError for a file that is not the list."""
    for line, row in read_csv(stream, columns=_COLUMNS):
        yield row if isinstance(row, Rejected) else _entry(row, line=line, today=today, raw=row)


def _entry(fields: Mapping[str, object], *, line: int, today: date, raw: object) -> KevEntry | Rejected:
    try:
        return KevEntry(
            line=line,
            cve=check_cve(fields.get("cveID")),
            maker=check_name(fields.get("vendorProject"), what="maker"),
            product=check_name(fields.get("product"), what="product"),
            added=check_day(fields.get("dateAdded"), today=today),
        )
    except RowError as problem:
        return rejected(line=line, problem=problem, raw=raw)
