"""Units in use by product: units,as_of,source,address and either product (a key) or maker,name; optionally licence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from urllib.parse import urlsplit

from bluelamp.formats.rows import FormatError, Rejected, RowError, check_day, check_name, read_csv, rejected

_COLUMNS = ("units", "as_of", "source", "address")
_MOST = 10_000_000_000


@dataclass(frozen=True)
class UnitsInUse:
    """How many of a product were in use on a day, as a source states it.

    The product is named by its key or by maker and name; the others are "". `licence` is "" where none is stated.
    """

    line: int
    product: str
    maker: str
    name: str
    units: int
    as_of: date
    source: str
    address: str
    licence: str


def parse(stream: BinaryIO, *, today: date) -> Iterator[UnitsInUse | Rejected]:
    """The rows in the file's order. Raises FormatError."""
    for line, row in read_csv(stream, columns=_COLUMNS):
        if isinstance(row, Rejected):
            yield row
            continue
        if "product" not in row and not {"maker", "name"} <= row.keys():
            raise FormatError("The file names no products: it needs a column 'product', or 'maker' and 'name'.")
        try:
            yield _row(row, line=line, today=today)
        except RowError as problem:
            yield rejected(line=line, problem=problem, raw=row)


def _row(row: dict[str, str], *, line: int, today: date) -> UnitsInUse:
    product = row.get("product", "").strip()
    named = ("", "")
    if product:
        check_name(product, what="product")
    else:
        named = (check_name(row.get("maker", ""), what="maker"), check_name(row.get("name", ""), what="name"))
    return UnitsInUse(
        line=line,
        product=product,
        maker=named[0],
        name=named[1],
        units=_units(row["units"]),
        as_of=check_day(row["as_of"], today=today),
        source=check_name(row["source"], what="source"),
        address=_address(row["address"]),
        licence=check_name(row["licence"], what="licence") if row.get("licence", "").strip() else "",
    )


def _units(text: str) -> int:
    digits = text.strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > len(str(_MOST)) or not 1 <= int(digits) <= _MOST:
        raise RowError("The units must be a whole number from 1 to 10,000,000,000, without separators.")
    return int(digits)


def _address(text: str) -> str:
    address = text.strip()
    try:
        parts = urlsplit(address)
    except ValueError as problem:
        raise RowError("The address of the source cannot be read.") from problem
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or len(address) > 300
        or any(c.isspace() for c in address)
    ):
        raise RowError("The source needs an address that begins with https://, at most 300 characters.")
    return check_name(address, what="address")
