"""FIRST's EPSS daily file: a comment with model version and day, then cve,epss,percentile."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import BinaryIO

from bluelamp.formats.rows import FormatError, Rejected, RowError, check_cve, check_day, read_csv, read_text, rejected

_HEAD = re.compile(r"#model_version:(?P<model>[\w.\-]{1,40}),score_date:(?P<day>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class EpssScore:
    """One score: the probability (0 to 1) that a vulnerability is exploited within 30 days of `on`, by one model."""

    line: int
    cve: str
    on: date
    model: str
    probability: float


def parse(stream: BinaryIO, *, today: date) -> Iterator[EpssScore | Rejected]:
    """The scores in the file's order, plain or gzip. Raises FormatError."""
    text = read_text(stream)
    head = _HEAD.match(text)
    if not head:
        raise FormatError(
            "The file does not begin with '#model_version:...,score_date:...': this is not an EPSS daily file."
        )
    try:
        day = check_day(head["day"], today=today)
    except RowError as problem:
        raise FormatError(str(problem)) from problem
    for line, row in read_csv(BytesIO(text.encode()), columns=("cve", "epss"), comment="#"):
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            yield EpssScore(
                line=line, cve=check_cve(row["cve"]), on=day, model=head["model"], probability=_share(row["epss"])
            )
        except RowError as problem:
            yield rejected(line=line, problem=problem, raw=row)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise RowError("The score must be a number from 0 to 1.")
    return value
