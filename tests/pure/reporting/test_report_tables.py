"""Tables of reports: encodings, dialects, formulas, and what a row says."""

import codecs
import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.programs import read_answers
from bluelamp.reporting.domain.tables import (
    MOST_BYTES,
    Table,
    TableError,
    TableRow,
    columns_of,
    escaped,
    explained,
    raw_of,
    read_table,
    unescaped,
    write_table,
)
from bluelamp.reporting.domain.values import State
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import EXAMPLES

SHELF = questions()
KNOWN = columns_of(SHELF)
TODAY = date(2026, 11, 28)
HEAD = "danger,seen-by,story,what-happened"
GOOD = "no,no,Café tŷ \N{EN DASH} „x“,account-hacked"


def table_of(text: str, encoding: str = "utf-8") -> Table:
    return read_table(content=text.encode(encoding), known=KNOWN)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_its_writer_meant_it(encoding: str, delimiter: str, end: str) -> None:
    text = end.join((HEAD, GOOD, "")).replace(",", delimiter)
    table = table_of(text, encoding)
    assert table.rows == (TableRow(2, ("no", "no", "Café tŷ \N{EN DASH} „x“", "account-hacked")),)


def test_older_spreadsheets_write_windows_1252() -> None:
    table = table_of(f"{HEAD}\nno,no,Café \N{EN DASH} “x”,phishing", "cp1252")
    assert table.rows[0].cells[2] == "Café \N{EN DASH} “x”"


def test_a_line_that_names_the_delimiter_is_believed() -> None:
    assert table_of("sep=;\r\ndanger;story\r\nno;a, b").rows[0].cells == ("no", "a, b")


def test_rows_keep_the_numbers_of_the_spreadsheet() -> None:
    text = 'mark,danger,story\nexplanation,x,y\nexample,no,z\n,,\n,no,"two\nlines"\n,yes,last'
    table = table_of(text)
    assert [(r.number, r.cells[1]) for r in table.rows] == [(5, "no"), (6, "yes")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "no-columns"),
        (HEAD.encode(), "empty"),
        (b"colour,age\n1,2", "no-columns"),
        (b"danger,colour\nno,red", "columns"),
        (b"danger,danger\nno,no", "twice"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet"),
        (b"danger,story\nno,\x81\x8d", "encoding"),
        (codecs.BOM_UTF16_LE + b"\x00", "encoding"),
        (codecs.BOM_UTF32_LE + "danger\nno".encode("utf-32-le"), "encoding"),
        (b"danger,story\nno,\x00", "encoding"),
        (b'danger,story\nno,"never closed', "unreadable"),
        (b"danger,story\nno," + b"x" * 140_000, "unreadable"),
        (b"danger\n" + b"no\n" * 501, "too-many-rows"),
        (b"danger\n" + b"no\n" * 9_000, "too-many-rows"),
        (b"danger\n" + b"x" * MOST_BYTES, "too-large"),
        (b",".join([b"danger"] * 300) + b"\nno", "no-columns"),
    ],
)
def test_what_is_no_table_of_reports_is_told(content: bytes, code: str) -> None:
    with pytest.raises(TableError) as told:
        read_table(content=content, known=KNOWN)
    assert told.value.code == code


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_told(content: bytes) -> None:
    try:
        table = read_table(content=b"danger,story\n" + content, known=KNOWN)
    except TableError:
        return
    for row in table.rows:
        raw_of(shelf=SHELF, table=table, row=row)


@given(st.lists(st.text(alphabet="'=+-@\t\r\na1,\"", max_size=8), min_size=1, max_size=6))
def test_nothing_that_we_write_is_a_formula_and_all_comes_back(cells: list[str]) -> None:
    written = write_table([cells]).decode("utf-8-sig")
    read = next(csv.reader(io.StringIO(written, newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in read)
    assert [unescaped(cell) for cell in read] == cells


def test_an_apostrophe_of_the_writer_stays() -> None:
    for cell in ("'=1", "''=1", "'twas", "=1", "+44 7700 900123"):
        assert unescaped(escaped(cell)) == cell
    assert escaped("'twas") == "'twas"


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_of_the_template_could_be_sent(number: int) -> None:
    example = EXAMPLES[number]
    assert set(example) <= set(KNOWN)
    table = Table(tuple(example), (TableRow(2, tuple(example.values())),))
    raw = raw_of(shelf=SHELF, table=table, row=table.rows[0])
    assert raw is not None
    read = read_answers(shelf=SHELF, raw=raw, today=TODAY, fill=True)
    assert not read.wrong and not read.aside


def said(columns: dict[str, str]) -> dict[str, object]:
    table = Table(tuple(columns), (TableRow(2, tuple(columns.values())),))
    raw = raw_of(shelf=SHELF, table=table, row=table.rows[0])
    assert raw is not None
    return raw


def test_codes_and_names_in_either_language_mean_the_same() -> None:
    wanted = {"what-happened": ["phone-stolen", "phishing"]}
    english = SHELF.by_id["what-happened"].wording["en"].options
    welsh = SHELF.by_id["what-happened"].wording["cy"].options
    assert said({"what-happened": "phone-stolen; phishing"}) == wanted
    assert said({"what-happened": "PHONE-STOLEN phishing"}) == wanted
    assert said({"what-happened": f"{english['phone-stolen']}|{welsh['phishing']}"}) == wanted
    assert said({"story": "I am not sure", "where-place": "dydw i ddim yn siŵr"}) == {
        "story": {"not_sure": True},
        "where-place": {"not_sure": True},
    }


def test_the_parts_of_an_answer_stand_in_columns_of_their_own() -> None:
    raw = said({"contact email": "a@example.com", "contact phone": "07700 900123", "when-between first": "1 3 2026"})
    assert raw == {
        "contact": {"email": "a@example.com", "phone": "07700 900123"},
        "when-between": {"first": "1 3 2026", "last": ""},
    }


def test_a_row_with_more_cells_than_columns_is_wrong() -> None:
    table = Table(("danger",), (TableRow(2, ("no", "", "x")), TableRow(3, ("no", "", " "))))
    assert raw_of(shelf=SHELF, table=table, row=table.rows[0]) is None
    assert raw_of(shelf=SHELF, table=table, row=table.rows[1]) == {"danger": ["no"]}


def test_every_column_is_explained_in_both_languages() -> None:
    for question, part in KNOWN.values():
        texts = {explained(SHELF, question=question, part=part, language=n) for n in ("en", "cy")}
        assert len(texts) == 2 and not any(text.startswith(("=", "+", "-", "@")) for text in texts)
        assert all(code in text for text in texts for code in question.options)


def test_an_empty_cell_is_no_answer_and_must_be_said_where_it_matters() -> None:
    read = read_answers(shelf=SHELF, raw=said({"danger": "", "story": "x"}), today=TODAY, fill=True)
    assert {w.question for w in read.wrong} >= {"danger", "seen-by"}
    assert read.answers["story"].state is State.GIVEN


def test_nothing_is_demanded_that_hangs_on_a_wrong_answer() -> None:
    said_so = said({"danger": "no", "seen-by": "no", "what-happened": "nonsense"})
    read = read_answers(shelf=SHELF, raw=said_so, today=TODAY, fill=True)
    assert [w.question for w in read.wrong] == ["what-happened"]
    without = read_answers(shelf=SHELF, raw={"danger": ["no"]}, today=TODAY, fill=True)
    assert "seen-by" in {w.question for w in without.wrong} and "call-offer" not in {w.question for w in without.wrong}
