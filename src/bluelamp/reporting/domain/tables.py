"""Tables of reports: a CSV file as people's programs write it, its columns, and CSV that is safe to open.

Row numbers are those that a spreadsheet shows: the first row, which names the columns, is 1.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bluelamp.reporting.domain.question import CHOOSING, LANGUAGES, NOT_SURE_CODE, Kind, Question, Shelf
from bluelamp.reporting.domain.tidying import tidy_line

MOST_BYTES = 1_990_000
MOST_ROWS = 500
MOST_COLUMNS = 200
MARK, PROBLEM = "mark", "problem"
# Rows with one of these in the first column explain, and are no reports.
_NO_REPORTS = frozenset({"explanation", "example", "eglurhad", "enghraifft"})
_DELIMITERS = ",;\t"
# What a spreadsheet may take for a formula (OWASP, CSV Injection), with any apostrophes that stand before it already.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


class TableError(ValueError):
    """A file is no table of reports. `code` names the reason, `what` the columns or rows that it is about."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code} {what}".strip())
        self.code, self.what = code, what


@dataclass(frozen=True)
class TableRow:
    """One row: its number in the spreadsheet and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The names of the columns as they were written, and the rows that are reports."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def columns_of(shelf: Shelf) -> dict[str, tuple[Question, str]]:
    """Each column with its question and the part of the answer that it holds ("" for the whole)."""
    found: dict[str, tuple[Question, str]] = {}
    for question in shelf.questions:
        if question.tells:
            continue
        parts: Sequence[str] = ("",)
        if question.kind is Kind.DATES:
            parts = ("first", "last")
        elif question.kind is Kind.CONTACT:
            parts = question.ways
        for part in parts:
            found[f"{question.id} {part}".strip()] = (question, part)
    return found


def column_of(question: Question, *, field: str) -> str:
    """The column of a problem's field."""
    if question.kind is Kind.DATES:
        return f"{question.id} {field.partition('-')[0]}"
    return f"{question.id} {field}" if field in question.ways else question.id


def read_table(*, content: bytes, known: Iterable[str]) -> Table:
    """The table in a file. Raises TableError."""
    if len(content) > MOST_BYTES:
        raise TableError("too-large")
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError("spreadsheet")
    records = _records(_decoded(content))
    if not records:
        raise TableError("empty")
    columns = tuple(tidy_line(name).casefold() for name in records[0])
    while columns and not columns[-1]:
        columns = columns[:-1]
    _check_columns(columns, frozenset(known))
    mark = columns.index(MARK) if MARK in columns else None
    rows = [TableRow(number, tuple(map(unescaped, cells))) for number, cells in enumerate(records[1:], 2)]
    kept = tuple(row for row in rows if any(cell.strip() for cell in row.cells) and not _explains(row, mark))
    if not kept:
        raise TableError("empty")
    if len(kept) > MOST_ROWS:
        raise TableError("too-many-rows", str(len(kept)))
    return Table(columns, kept)


def raw_of(*, shelf: Shelf, table: Table, row: TableRow) -> dict[str, object] | None:
    """The answers of one row as raw answers (domain/programs.py); None where it has more cells than columns."""
    if any(cell.strip() for cell in row.cells[len(table.columns) :]):
        return None
    known, raw = columns_of(shelf), dict[str, object]()
    for name, cell in zip(table.columns, row.cells, strict=False):
        if name in known and cell.strip():
            question, part = known[name]
            _put(raw, question, part, _value(shelf, question, cell.strip()))
    return raw


def write_table(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV that spreadsheets open as text: UTF-8 with a mark, an apostrophe before cells that look like formulas."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[escaped(cell) for cell in row] for row in rows])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8", "replace")


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell that was escaped so."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def explained(shelf: Shelf, *, question: Question, part: str, language: str) -> str:
    """What a column wants, for the row that explains: the question, and the codes with their meaning."""
    words = question.wording[language]
    label = f"{words.label} ({part})" if part else words.label
    if question.kind not in CHOOSING:
        return label
    unsure = words.not_sure or shelf.phrase(key=NOT_SURE_CODE, language=language)
    codes = [f"{code} = {words.options[code]}" for code in question.options]
    return f"{label} {'; '.join((*codes, f'{NOT_SURE_CODE} = {unsure}'))}"


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with or without a mark, or else Windows-1252, which older spreadsheets write."""
    start = content[:200]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in start:
        encodings = ("utf-16-le",) if start[1:2] == b"\x00" else ("utf-16-be",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableError("encoding")


def _records(text: str) -> list[list[str]]:
    """The rows of a CSV file, whichever character parts its cells. Raises TableError."""
    told = re.match(r"sep=([,;\t])\r?\n", text)
    if told:
        text = text[told.end() :]
    # What stands in quotes parts nothing.
    head = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    delimiter = told[1] if told else max(_DELIMITERS, key=head.count)
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            found.append(record)
            if len(found) > 3 * MOST_ROWS:
                raise TableError("too-many-rows", f"{len(found):,}")
    except csv.Error as problem:
        raise TableError("unreadable", str(len(found) + 1)) from problem
    return found


def _check_columns(columns: Sequence[str], known: frozenset[str]) -> None:
    if len(columns) > MOST_COLUMNS or not set(columns) & known:
        raise TableError("no-columns")
    strange = [name for name in columns if name not in known | {MARK, PROBLEM}]
    if strange:
        raise TableError("columns", ", ".join(name[:40] or "-" for name in strange[:5]))
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise TableError("twice", ", ".join(twice[:5]))


def _explains(row: TableRow, mark: int | None) -> bool:
    return mark is not None and mark < len(row.cells) and row.cells[mark].strip().casefold() in _NO_REPORTS


def _put(raw: dict[str, object], question: Question, part: str, value: object) -> None:
    if not part or isinstance(value, Mapping):
        raw[question.id] = value
        return
    held = raw.setdefault(question.id, {"first": "", "last": ""} if question.kind is Kind.DATES else {})
    if isinstance(held, dict) and "not_sure" not in held:
        held[part] = value


def _value(shelf: Shelf, question: Question, cell: str) -> object:
    """What a cell says: of options their codes, by code or by name in either language."""
    names = {NOT_SURE_CODE: NOT_SURE_CODE}
    for language in LANGUAGES:
        words = question.wording[language]
        names |= {words.options[code].casefold(): code for code in question.options}
        unsure = words.not_sure or shelf.phrase(key=NOT_SURE_CODE, language=language)
        names[unsure.casefold()] = NOT_SURE_CODE
    names |= {code: code for code in question.options}
    if question.kind in CHOOSING:
        return _codes(cell, names)
    if names.get(cell.casefold()) == NOT_SURE_CODE:
        return {"not_sure": True}
    if question.kind is Kind.DEVICE:
        return [{"text": part.strip()} for part in cell.split(";") if part.strip()]
    return cell


def _codes(cell: str, names: Mapping[str, str]) -> list[str]:
    """The codes in a cell, parted by semicolons, bars or lines; by commas or spaces where no name has them inside."""
    parts: list[str] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;|\n]", cell))):
        inner = [part] if part.casefold() in names else [one.strip() for one in part.split(",") if one.strip()]
        if len(inner) == 1 and all(word.casefold() in names for word in part.split()):
            inner = part.split()
        parts += inner
    return [names.get(part.casefold(), part) for part in parts]
