"""Geometry of the small plots that templates draw as SVG. Pure: numbers in, coordinates out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One column: its left edge, top, width and height, in the plot's own units."""

    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True)
class Columns:
    """A row of columns, oldest first, above a base line."""

    bars: tuple[Bar, ...]
    width: float
    height: float
    base: float
    highest: int


@dataclass(frozen=True)
class Interval:
    """An interval with its estimate on a line from 0 to `top`, and a threshold mark."""

    left: float
    span: float
    middle: float
    threshold: float
    top: float


def columns(*, counts: Sequence[int], step: float = 6, height: float = 24, highest: int = 0) -> Columns:
    """Columns of integer counts; the tallest, or a greater `highest`, takes the full height, empty months have none."""
    highest = max(highest, *counts, 0)
    full = height - 2
    bars = tuple(
        Bar(
            x=round(i * step + step * 0.15, 2),
            y=round(full - full * n / highest, 2),
            width=round(step * 0.7, 2),
            height=round(full * n / highest, 2),
            value=n,
        )
        for i, n in enumerate(counts)
        if n > 0
    )
    return Columns(bars=bars, width=step * len(counts), height=height, base=full, highest=highest)


def interval(*, low: float, middle: float, high: float, top: float, threshold: float, width: float = 140) -> Interval:
    """Where an interval stands on a line of `width` units that runs from 0 to `top`; clipped at both ends."""

    def place(value: float) -> float:
        return round(width * min(max(value, 0.0), top) / top, 2) if top > 0 else 0.0

    left = place(low)
    return Interval(
        left=left,
        span=max(round(place(high) - left, 2), 1.0),
        middle=place(middle),
        threshold=place(threshold),
        top=top,
    )


def round_up(value: float) -> float:
    """The next of 1, 2, 3, 4, 5, 7, 10, 20 ... at or above a value; the end of an axis."""
    if value <= 0:
        return 1.0
    scale = 1.0
    while True:
        for step in (1, 2, 3, 4, 5, 7):
            if value <= step * scale:
                return step * scale
        scale *= 10
