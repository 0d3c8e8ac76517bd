"""What every parser shares: a refused row, an unreadable file, and the checks of single values."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, BinaryIO

LONGEST_NAME = 300
LARGEST_FILE = 512 * 1024 * 1024
_CVE = re.compile(r"CVE-(19|20)\d{2}-\d{4,12}")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@")


class FormatError(ValueError):
    """A whole file cannot be read; the message says why and what to do. Nothing of it was taken."""


class RowError(ValueError):
    """One value of a row cannot be used; the message is the reason that is kept with the row."""


@dataclass(frozen=True)
class Rejected:
    """A row put aside: its line or position (from 1), the reason, and what it said (cut at 2,000 characters)."""

    line: int
    reason: str
    raw: str


def rejected(*, line: int, problem: RowError, raw: object) -> Rejected:
    """A Rejected for a row, cutting what it said."""
    return Rejected(line=line, reason=str(problem), raw=str(raw).replace("\x00", "\ufffd")[:2000])


def read_text(stream: BinaryIO) -> str:
    """All text of a stream, plain or gzip, UTF-8 with or without a byte order mark.

    Raises FormatError for a damaged gzip, another encoding, or more than 512 MiB once unpacked.
    """
    head = stream.read(2)
    try:
        rest = _unpack(head, stream) if head == b"\x1f\x8b" else head + stream.read(LARGEST_FILE + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise FormatError("The compressed file is cut short or damaged. Download it again.") from problem
    if len(rest) > LARGEST_FILE:
        raise FormatError("The file has more than 512 MiB of text. Check that it is the right file, or split it.")
    try:
        return rest.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FormatError("The file is not UTF-8 text. Save it as UTF-8, then load it again.") from problem


def _unpack(head: bytes, stream: BinaryIO) -> bytes:
    packed = io.BytesIO(head + stream.read(LARGEST_FILE + 1))
    with gzip.GzipFile(fileobj=packed) as unpacked:
        return unpacked.read(LARGEST_FILE + 1)


def read_json(stream: BinaryIO) -> Any:
    """A stream's JSON document, whole or not at all. Raises FormatError."""
    return parse_json(read_text(stream))


def parse_json(text: str) -> Any:
    """One JSON document. Raises FormatError for anything else, NaN and too deep nesting included."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise FormatError("The file is not complete JSON. Download it again.") from problem


def _no_constant(name: str) -> None:
    raise ValueError(name)


def read_csv(
    stream: BinaryIO, *, columns: tuple[str, ...], comment: str = ""
) -> Iterator[tuple[int, dict[str, str] | Rejected]]:
    """The rows of a CSV with a header, with their line numbers; a row of the wrong width comes as Rejected.

    Raises FormatError where a column is missing or a cell passes 128 KiB.
    """
    text = read_text(stream)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next((r for r in reader if r and not (comment and r[0].startswith(comment))), [])
        missing = [c for c in columns if c not in header]
        if missing:
            raise FormatError(f"The file has no column {missing[0]!r}. Its first row must name: {', '.join(columns)}.")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                reason = f"This row has {len(cells)} cells, the header {len(header)}: it may be cut short."
                yield reader.line_num, rejected(line=reader.line_num, problem=RowError(reason), raw=",".join(cells))
            else:
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as problem:
        raise FormatError(
            f"The CSV is damaged near line {reader.line_num} ({problem}). Download it again."
        ) from problem


def check_cve(text: object) -> str:
    """A CVE id. Raises RowError."""
    if not isinstance(text, str) or not _CVE.fullmatch(text.strip()):
        raise RowError("The CVE id must look like CVE-2024-12345.")
    return text.strip()


def check_day(text: object, *, today: date) -> date:
    """An ISO date, not before 1990 and not after tomorrow (`today` in UTC, a day's grace). Raises RowError."""
    try:
        day = date.fromisoformat(text.strip()[:10]) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None:
        raise RowError("The date must look like 2024-12-31.")
    if day > today + timedelta(days=1):
        raise RowError(f"The date {day} is in the future. Check this machine's clock and the file.")
    if day.year < 1990:
        raise RowError(f"The date {day} is before 1990. Check the file.")
    return day


def check_name(text: object, *, what: str) -> str:
    """A written name, kept exactly as written. Raises RowError."""
    if not isinstance(text, str) or not text.strip():
        raise RowError(f"The {what} is empty.")
    if len(text) > LONGEST_NAME:
        raise RowError(f"The {what} has {len(text):,} characters; at most {LONGEST_NAME} can be used.")
    if _HIDDEN.search(text):
        raise RowError(f"The {what} has control or direction characters.")
    if text.lstrip().startswith(_FORMULA):
        raise RowError(f"The {what} begins like a spreadsheet formula.")
    return text


def check_count(text: object) -> int:
    """A whole number from 1 to 1,000,000. Raises RowError."""
    if (
        not isinstance(text, str)
        or not text.strip().isascii()
        or not text.strip().isdecimal()
        or not 1 <= int(text) <= 1_000_000
    ):
        raise RowError("The count must be a whole number from 1 to 1,000,000.")
    return int(text)
