"""Geometry of the small plots that templates draw as SVG. Pure: numbers in, coordinates out."""

import math
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


@dataclass(frozen=True)
class Whisker:
    """One value with its interval, as heights on the plot: `top` is that of the upper end."""

    x: float
    top: float
    middle: float
    bottom: float


@dataclass(frozen=True)
class Tick:
    """A place on an axis and the value there."""

    at: float
    value: float


@dataclass(frozen=True)
class Whiskers:
    """Several series of values with intervals side by side; `places` are the middles of the steps.

    Below `base`, where the value is 0, there is room for the names of the steps.
    """

    series: tuple[tuple[Whisker, ...], ...]
    places: tuple[float, ...]
    ticks: tuple[Tick, ...]
    left: float
    base: float
    width: float
    height: float


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


def whiskers(
    *,
    series: Sequence[Sequence[tuple[float, float, float]]],
    top: float,
    step: float = 44,
    height: float = 154,
    left: float = 34,
) -> Whiskers:
    """Series of (low, value, high) over the same steps on an axis from 0 to `top`, which must be above 0; clipped.

    The series stand beside each other within each step. `left` is kept free for the values of the axis.
    """
    upper, base = 8, height - 24

    def place(value: float) -> float:
        return round(base - (base - upper) * min(max(value, 0.0), top) / top, 2)

    steps = max(map(len, series), default=0)
    places = tuple(round(left + (i + 0.5) * step, 2) for i in range(steps))
    apart = step / (len(series) + 2)
    return Whiskers(
        series=tuple(
            tuple(
                Whisker(
                    x=round(places[i] + (n - (len(series) - 1) / 2) * apart, 2),
                    top=place(high),
                    middle=place(value),
                    bottom=place(low),
                )
                for i, (low, value, high) in enumerate(points)
            )
            for n, points in enumerate(series)
        ),
        places=places,
        ticks=tuple(Tick(at=place(top * share), value=round(top * share, 3)) for share in (0, 0.5, 1)),
        left=left,
        base=base,
        width=left + step * steps,
        height=height,
    )


def next_tenth(value: float) -> float:
    """The tenth at or above a share, at least 0.1; the end of its axis."""
    return max(1, math.ceil(round(value * 10, 6))) / 10


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
