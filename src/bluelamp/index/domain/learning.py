"""The learnt watch list: nine signals, weighed by what came true before its day (docs/methods/watch-list.md).

Rolling origin: for a list as of a day, the signals of earlier days (origins, the quarters from April 2022 on) are set
against what was listed in the 365 days after each, or in 182 or 91 where a longer window is not over by the day of the
list. Signals, labels and weights of a list know nothing of its day or later. Source of rolling origins: Tashman (2000),
International Journal of Forecasting 16, 437-450.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from bluelamp.index.domain.labels import YEAR_DAYS, Floats, Ints, day_number
from bluelamp.index.domain.signals import SIGNALS, Signals, signals
from bluelamp.index.domain.watchlist import History, known_entries
from bluelamp.stats.counts import fit_additive_poisson
from bluelamp.stats.logistic import chance_of, fit_logistic

# Of signals and their order: weights of another version mean something else.
VERSION = 1
# The known-exploited list began in November 2021 and was filled with old cases in its first months.
FIRST_ORIGIN = date(2022, 4, 1)
WINDOWS = (YEAR_DAYS, 182, 91)
RIDGE_AN_ORIGIN = 10.0
# Five years of quarters: signals worked out for one list serve the next.
_KEPT = 24


class NothingToLearnError(ValueError):
    """Raised where no window is over yet, or nothing, or everything, came true in those that are."""


@dataclass(frozen=True)
class Origin:
    """A day whose signals were set against what came in so many days after it."""

    on: date
    days: int


@dataclass(frozen=True)
class Learnt:
    """What was learnt for lists as of a day: yearly log odds = intercept + signals x weights (in the order of SIGNALS).

    The expected number of listings in a year is chance x (`first` + `repeat` x decayed own listings): a product that is
    listed at all is listed `first` times on average if it never was before, and oftener the oftener it was.
    """

    as_of: date
    intercept: float
    weights: tuple[float, ...]
    first: float
    repeat: float
    origins: tuple[Origin, ...]
    came_true: int


@dataclass(frozen=True, eq=False)
class Forecast:
    """A list as of a day: candidates (as numbers of products), and for each what every signal adds to its score.

    `score` is the sum of `parts` over SIGNALS; `chance` is that of at least one listing within 365 days, `expected` the
    number of listings in them.
    """

    products: Ints
    parts: Floats
    score: Floats
    chance: Floats
    expected: Floats


def origins(*, as_of: date) -> tuple[Origin, ...]:
    """The quarters from FIRST_ORIGIN whose longest window of WINDOWS that is over by a day there is, oldest first."""
    found = []
    on = FIRST_ORIGIN
    while on < as_of:
        over = [days for days in WINDOWS if on + timedelta(days=days) <= as_of]
        if over:
            found.append(Origin(on=on, days=over[0]))
        on = date(on.year + on.month // 12, on.month % 12 + 3, 1) if on.month != 10 else date(on.year + 1, 1, 1)
    return tuple(found)


@lru_cache(maxsize=_KEPT)
def _signals(history: History, as_of: int) -> Signals:
    return signals(history=history, as_of=as_of)


@dataclass(frozen=True, eq=False)
class Windows:
    """Origins' candidates one below the other: which origin and product, signals, own entries, and what came.

    `years` is how long each was watched, in years, as `room` counts them for the list's own day; `counted` the entries.
    """

    origins: tuple[Origin, ...]
    origin: Ints
    product: Ints
    columns: Floats
    own: Floats
    years: Floats
    counted: Floats


def room(*, own: Floats, newcomers: int) -> Floats:
    """What a year at an origin is worth for a list with so many newcomers, by candidate: 1, or newcomers now / then.

    Newcomers are candidates never listed before. The authority takes in about as many of them a year however many there
    are, so that where their number has doubled, the chance of each is half; who was listed before is listed again as
    often. `own` are the origin's decayed own entries.
    """
    fresh = own == 0
    return np.where(fresh, max(newcomers, 1) / max(int(fresh.sum()), 1), 1.0)


def windows(*, history: History, as_of: date) -> Windows:
    """What can be learnt from on a day: every origin whose window is over. Raises NothingToLearnError without one.

    Labels too are as seen on that day: an entry of many products counts for the three with most CVEs by then.
    """
    used = origins(as_of=as_of)
    if not used:
        raise NothingToLearnError(f"No window is over by {as_of}.")
    known = known_entries(history=history, as_of=day_number(as_of))
    seen = [_signals(history, day_number(origin.on)) for origin in used]
    counts = []
    for origin, then in zip(used, seen, strict=True):
        start = day_number(origin.on)
        chosen = (known.day >= start) & (known.day < start + origin.days)
        counts.append(np.bincount(known.product[chosen], minlength=len(history.keys))[then.products])
    sizes = [len(then.products) for then in seen]
    newcomers = int((_signals(history, day_number(as_of)).own == 0).sum())
    return Windows(
        origins=used,
        origin=np.repeat(np.arange(len(used)), sizes),
        product=np.concatenate([then.products for then in seen]),
        columns=np.concatenate([then.columns for then in seen]),
        own=np.concatenate([then.own for then in seen]),
        years=np.concatenate(
            [
                room(own=then.own, newcomers=newcomers) * origin.days / YEAR_DAYS
                for origin, then in zip(used, seen, strict=True)
            ]
        ),
        counted=np.concatenate(counts).astype(np.float64),
    )


@lru_cache(maxsize=_KEPT)
def _learn(history: History, as_of: date) -> Learnt:
    seen = windows(history=history, as_of=as_of)
    came_true = seen.counted > 0
    if not 0 < came_true.sum() < len(came_true):
        raise NothingToLearnError(f"Nothing, or everything, came true in the windows over by {as_of}.")
    ridge = RIDGE_AN_ORIGIN * len(seen.origins)
    fitted = fit_logistic(columns=seen.columns, came_true=came_true, offset=np.log(seen.years), ridge=ridge)
    yearly = chance_of(fitted.log_odds(seen.columns)) * seen.years
    times = fit_additive_poisson(columns=np.column_stack([yearly, yearly * seen.own]), counts=seen.counted)
    return Learnt(
        as_of=as_of,
        intercept=fitted.intercept,
        weights=tuple(float(w) for w in fitted.weights),
        first=float(times[0]),
        repeat=float(times[1]),
        origins=seen.origins,
        came_true=int(came_true.sum()),
    )


def learn(*, history: History, as_of: date) -> Learnt:
    """Learn weights and counts for lists as of a day, from origins whose windows are over by it.

    A logistic regression of whether a candidate was listed in the window, with weights of 0 or more and a ridge
    (stats/logistic.py); then the two factors of the expected number, by maximum likelihood (stats/counts.py). Raises
    NothingToLearnError.
    """
    return _learn(history, as_of)


def to_record(learnt: Learnt) -> dict[str, object]:
    """What was learnt as plain values for a file, to six decimals: every weight by its signal's name, the origins."""
    return {
        "version": VERSION,
        "as_of": learnt.as_of.isoformat(),
        "intercept": round(learnt.intercept, 6),
        "weights": {name: round(weight, 6) for name, weight in zip(SIGNALS, learnt.weights, strict=True)},
        "first": round(learnt.first, 6),
        "repeat": round(learnt.repeat, 6),
        "origins": [{"on": o.on.isoformat(), "days": o.days} for o in learnt.origins],
        "came_true": learnt.came_true,
    }


def from_record(record: Mapping[str, Any]) -> Learnt:
    """The reverse of `to_record`. Raises ValueError for another version's file, KeyError where a signal is missing."""
    if record["version"] != VERSION:
        raise ValueError(f"The weights are of version {record['version']}, the program reads {VERSION}.")
    return Learnt(
        as_of=date.fromisoformat(record["as_of"]),
        intercept=float(record["intercept"]),
        weights=tuple(float(record["weights"][name]) for name in SIGNALS),
        first=float(record["first"]),
        repeat=float(record["repeat"]),
        origins=tuple(Origin(on=date.fromisoformat(o["on"]), days=int(o["days"])) for o in record["origins"]),
        came_true=int(record["came_true"]),
    )


def forecast(*, history: History, learnt: Learnt, as_of: date) -> Forecast:
    """Score every candidate on a day with weights learnt for it (or for an earlier day)."""
    now = _signals(history, day_number(as_of))
    parts = now.columns * np.array(learnt.weights)
    score = parts.sum(axis=1)
    chance = chance_of(learnt.intercept + score)
    return Forecast(
        products=now.products,
        parts=parts,
        score=score,
        chance=chance,
        expected=chance * (learnt.first + learnt.repeat * now.own),
    )


def learnt_score(*, history: History, as_of: int) -> Floats:
    """The learnt method as a rule: every product's score with weights learnt for that day; no number for no candidate.

    Where there is nothing to learn from yet, every signal weighs the same.
    """
    on = date(1970, 1, 1) + timedelta(days=as_of)
    found = np.full(len(history.keys), np.nan)
    try:
        listed = forecast(history=history, learnt=learn(history=history, as_of=on), as_of=on)
        found[listed.products] = listed.score
    except NothingToLearnError:
        now = _signals(history, as_of)
        found[now.products] = now.columns.sum(axis=1)
    return found


__all__ = [
    "FIRST_ORIGIN", "SIGNALS", "WINDOWS", "Forecast", "Learnt", "NothingToLearnError", "Origin", "Windows",
    "forecast", "from_record", "learn", "learnt_score", "origins", "room", "to_record", "windows",
]  # fmt: skip
