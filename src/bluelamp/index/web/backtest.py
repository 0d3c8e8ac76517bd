"""The back-test of the forecast as the methods page shows it: date by date, and where it fails. Aggregates only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

from bluelamp.index.domain.comparison import FIRST_UNSEEN, LEARNT, SPANS
from bluelamp.index.web.words import METRICS
from bluelamp.ui.labels import Label
from bluelamp.ui.plots import Whiskers, next_tenth, whiskers

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Span:
    """A value and its 90 % interval."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class DatedLine:
    """One forecast date: the learnt method, the simple rule on the same date, and how much the first has more."""

    on: date
    learnt: Span
    rule: Span
    difference: Span


@dataclass(frozen=True)
class Chart:
    """One metric: its lines, oldest first, the plot of them, on which dates the method clearly won, or did not."""

    metric: str
    name: Label
    meaning: Label
    lines: tuple[DatedLine, ...]
    plot: Whiskers

    @property
    def dates(self) -> list[tuple[float, date]]:
        """Where the plot names which date."""
        return [(x, line.on) for x, line in zip(self.plot.places, self.lines, strict=True)]

    @property
    def won(self) -> int:
        """Dates on which the whole interval of the difference lies above 0."""
        return sum(line.difference.low > 0 for line in self.lines)

    @property
    def not_better(self) -> tuple[date, ...]:
        """Dates on which the method has no more than the simple rule."""
        return tuple(line.on for line in self.lines if line.difference.middle <= 0)


@dataclass(frozen=True)
class Shortfall:
    """What the method lacks on the dates that did not choose it.

    `missed` is the share of newcomers that did not stand in the first 500, `expected` and `counted` are listings in the
    year after a date; all are means over the dates. `linked` is the share of the entries of the year after `newest`
    that could be linked with a product at all. None where the back-test was run by an older version.
    """

    first: date
    newest: date | None
    linked: float | None
    missed: float | None
    expected: float | None
    counted: float | None


def charts_of(summary: Mapping[str, Rows]) -> list[Chart]:
    """A chart for each metric of METRICS that the summary has by date."""
    charts = []
    for metric, (name, meaning) in METRICS.items():
        found = sorted((row for row in summary.get("dated", ()) if row["metric"] == metric), key=lambda row: row["on"])
        lines = tuple(
            DatedLine(date.fromisoformat(row["on"]), _span(row, "learnt"), _span(row, "rule"), _span(row, "difference"))
            for row in found
        )
        if lines:
            series = [
                [(s.low, s.middle, s.high) for s in of] for of in zip(*((x.learnt, x.rule) for x in lines), strict=True)
            ]
            top = next_tenth(max(high for points in series for _, _, high in points))
            charts.append(Chart(metric, name, meaning, lines, whiskers(series=series, top=top)))
    return charts


def shortfall_of(summary: Mapping[str, Rows]) -> Shortfall:
    """What a summary says of newcomers and of expected listings."""
    cold = [row for row in summary.get("dated", ()) if row["metric"] == "cold_recall500"]
    late = [1 - row["learnt"] for row in cold if date.fromisoformat(row["on"]) >= FIRST_UNSEEN]
    span = next(label for label, first in SPANS.items() if first == FIRST_UNSEEN)
    kept = [r for r in summary.get("calibration", ()) if r["method"] == LEARNT and r["dates"] == span]
    entries = sorted(summary.get("reached", ()), key=lambda row: row["on"])[-1:]
    return Shortfall(
        first=FIRST_UNSEEN,
        newest=date.fromisoformat(entries[0]["on"]) if entries else None,
        linked=entries[0]["with_product"] / entries[0]["listed"] if entries and entries[0]["listed"] else None,
        missed=fmean(late) if late else None,
        expected=kept[0]["expected"] if kept else None,
        counted=kept[0]["counted"] if kept else None,
    )


def _span(row: Mapping[str, Any], kind: str) -> Span:
    return Span(low=row[f"{kind}_low"], middle=row[kind], high=row[f"{kind}_high"])
