"""Printing: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

console = Console()
notes = Console(stderr=True)
_LEAST = 12
_GAP = 2


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(
    *, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], whole: Collection[str] = ()
) -> None:
    """A table for people; the columns in `whole` hold what is copied, such as ids, and are never broken."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console.print(table)


def print_listed(*, title: str, columns: Sequence[str], rows: Sequence[tuple[Sequence[object], str]]) -> None:
    """Rows for people, each with a text below it over the whole width: what would be a narrow column of many lines.

    Only the first column is broken where the screen is narrow.
    """
    cells = [[str(cell) for cell in row] for row, _ in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    rest = console.width - sum(widths[1:]) - _GAP * (len(columns) - 1)
    widths[0] = min(widths[0], max(_LEAST, rest))
    console.print(Text(title))
    console.print(_line(columns, widths, style="bold"))
    for row, (_, below) in zip(cells, rows, strict=True):
        console.print(_line(row, widths))
        console.print(Padding(Text(below, style="dim"), (0, 0, 0, 2)))


def _line(cells: Sequence[str], widths: Sequence[int], *, style: str = "") -> Table:
    line = Table.grid(padding=(0, _GAP, 0, 0))
    for width in widths:
        line.add_column(width=width, overflow="fold", style=style)
    line.add_row(*(Text(cell) for cell in cells))
    return line
