"""What the back-test reports besides the metrics: intervals by maker, and how well expected counts were kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date

import numpy as np

from bluelamp.index.domain.comparison import (
    DATES,
    FIRST_UNSEEN,
    LEARNT,
    METHODS,
    RULE,
    SPANS,
    Prepared,
    area,
    foreseen,
    gain_100,
    newcomers,
    precision_50,
    recall_500,
)
from bluelamp.index.domain.labels import YEAR_DAYS, Floats, candidates, day_number
from bluelamp.index.domain.learning import forecast, learn, origins, room
from bluelamp.index.domain.watchlist import History, decayed_exploited, known_entries
from bluelamp.stats.backtest import Difference, bootstrap_total, cluster_bootstrap, interval_of
from bluelamp.stats.counts import calibration_bins, calibration_line, deviances, fit_additive_poisson

Row = dict[str, object]

# Metrics of all candidates, and of those never listed before.
WARM = {"p50": precision_50, "ndcg100": gain_100, "ap": area}
COLD = {"cold_recall500": recall_500}
EDGES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, float("inf"))
_FAINT = 1e-6
# Where the rules' columns have decayed own entries.
_OWN = 1


def intervals(*, prepared: Prepared, seed: int = 1, draws: int = 500, dates: Sequence[date] = DATES) -> list[Row]:
    """The learnt method beside every other, by metric and span: means, their difference and ratio, 90 % intervals.

    By paired bootstrap of makers: whole makers are drawn, the same for both methods and all dates. The intervals know
    nothing of the choices made on the way.
    """
    rows = []
    for metrics, ranking in ((WARM, foreseen), (COLD, newcomers)):
        for label, first in SPANS.items():
            days = [on for on in dates if on >= first]
            names = [name for name, rule in METHODS.items() if days and rule.since <= days[0]]
            values = cluster_bootstrap(
                ranked=[[ranking(prepared=prepared, rule=METHODS[name], as_of=on) for on in days] for name in names],
                metrics=list(metrics.values()),
                rng=np.random.default_rng(seed),
                draws=draws,
            ).mean(axis=2)
            for k, metric in enumerate(metrics):
                ours = values[:, names.index(LEARNT), k]
                for m, name in enumerate(names):
                    rows.append(_row(label, metric, name, ours, values[:, m, k]))
    return rows


def dated(*, prepared: Prepared, seed: int = 1, draws: int = 500, dates: Sequence[date] = DATES) -> list[Row]:
    """The learnt method and the simple rule at each date, by metric: values, their difference, 90 % intervals.

    By the same bootstrap as `intervals`, for each date by itself.
    """
    rows: list[Row] = []
    for metrics, ranking in ((WARM, foreseen), (COLD, newcomers)):
        values = cluster_bootstrap(
            ranked=[
                [ranking(prepared=prepared, rule=METHODS[name], as_of=on) for on in dates] for name in (LEARNT, RULE)
            ],
            metrics=list(metrics.values()),
            rng=np.random.default_rng(seed),
            draws=draws,
        )
        for k, metric in enumerate(metrics):
            for d, on in enumerate(dates):
                ours, theirs = values[:, 0, d, k], values[:, 1, d, k]
                row: Row = {"on": on.isoformat(), "metric": metric}
                for kind, of in (("learnt", ours), ("rule", theirs), ("difference", ours - theirs)):
                    found = interval_of(values=of)
                    row |= {kind: found.mean, f"{kind}_low": found.low, f"{kind}_high": found.high}
                rows.append(row)
    return rows


def reached(*, prepared: Prepared, dates: Sequence[date] = DATES) -> list[Row]:
    """What the labels lack, by date: entries in the year after it, those with a product, those with a candidate.

    A method can be right only about the last; where the share falls, so does what it is held against, and with it how
    many newcomers there seem to be.
    """
    rows: list[Row] = []
    for on in dates:
        day = day_number(on)
        listed = (prepared.entry_listed >= day) & (prepared.entry_listed < day + YEAR_DAYS)
        inside = listed[prepared.labelled.entry]
        candidate = np.isin(prepared.labelled.product, prepared.candidates(on))
        rows.append(
            {
                "on": on.isoformat(),
                "listed": int(listed.sum()),
                "with_product": len(np.unique(prepared.labelled.entry[inside])),
                "with_candidate": len(np.unique(prepared.labelled.entry[inside & candidate])),
            }
        )
    return rows


def _row(label: str, metric: str, other: str, ours: Floats, theirs: Floats) -> Row:
    with np.errstate(divide="ignore", invalid="ignore"):
        kinds = {"own": theirs, "difference": ours - theirs, "ratio": ours / theirs}
    row: Row = {"dates": label, "metric": metric, "other": other}
    for kind, values in kinds.items():
        found: Difference = interval_of(values=values)
        row |= {kind: found.mean, f"{kind}_low": found.low, f"{kind}_high": found.high}
    return row


def differences(rows: Sequence[Row]) -> list[Row]:
    """Of `intervals` the differences of AUC-PR from the first method and the rules on the known-exploited list."""
    return [
        {
            "other": r["other"],
            "dates": r["dates"],
            "mean": r["difference"],
            "low": r["difference_low"],
            "high": r["difference_high"],
        }
        for r in rows
        if r["metric"] == "ap" and (r["other"] == "first method" or str(r["other"]).startswith("recency"))
    ]


def _columns(history: History, as_of: int, *, volume: bool) -> Floats:
    """A constant, decayed own entries, and (with `volume`) CVEs of a year, for all products."""
    own = decayed_exploited(history=history, as_of=as_of)
    day = history.published.day
    chosen = (day < as_of) & (day >= as_of - YEAR_DAYS)
    year = np.bincount(history.published.product[chosen], minlength=len(own)).astype(np.float64)
    return np.column_stack([np.ones(len(own)), own, *([year] if volume else [])])


def rule_counts(*, prepared: Prepared, as_of: date, volume: bool) -> Floats:
    """What a simple rule expects of each candidate in a year: so much for each, more by recency-weighted entries.

    With `volume`, more by its CVEs of a year too. The weights are learnt from the same origins as the learnt method's,
    with the same room for newcomers, by maximum likelihood (stats/counts.py).
    """
    history = prepared.history
    known = known_entries(history=history, as_of=day_number(as_of))
    now = _columns(history, day_number(as_of), volume=volume)[prepared.candidates(as_of)]
    newcomers = int((now[:, _OWN] == 0).sum())
    columns, counts = [], []
    for origin in origins(as_of=as_of):
        start = day_number(origin.on)
        then = candidates(first=prepared.first_published, as_of=start)
        chosen = (known.day >= start) & (known.day < start + origin.days)
        found = _columns(history, start, volume=volume)[then]
        years = room(own=found[:, _OWN], newcomers=newcomers) * origin.days / YEAR_DAYS
        columns.append(found * years[:, None])
        counts.append(np.bincount(known.product[chosen], minlength=len(prepared.keys))[then])
    weights = fit_additive_poisson(columns=np.concatenate(columns), counts=np.concatenate(counts))
    return np.asarray(now @ weights, dtype=np.float64)


def _learnt_counts(*, prepared: Prepared, as_of: date) -> Floats:
    history = prepared.history
    return forecast(history=history, learnt=learn(history=history, as_of=as_of), as_of=as_of).expected


COUNTS: Mapping[str, Callable[..., Floats]] = {
    LEARNT: _learnt_counts,
    RULE: lambda *, prepared, as_of: rule_counts(prepared=prepared, as_of=as_of, volume=False),
    "recency-weighted KEV and CVEs of a year": lambda *, prepared, as_of: rule_counts(
        prepared=prepared, as_of=as_of, volume=True
    ),
}


def calibration(
    *, prepared: Prepared, dates: Sequence[date] = DATES, seed: int = 1, draws: int = 500
) -> tuple[list[Row], list[Row]]:
    """Expected counts against those that came: a row a method and span, and bins from 2024-07-01 on.

    Deviance is the mean over dates, `more` what it has more than the learnt method's, with a 90 % interval by makers;
    level and slope are of one line through all candidates of the dates (1 is best for
    a slope, 0 for a level), so a product counts once for each date.
    """
    counted = {on: _counted(prepared, on) for on in dates}
    makers = {on: prepared.history.maker[prepared.candidates(on)] for on in dates}
    expected = {
        name: {on: np.maximum(method(prepared=prepared, as_of=on), _FAINT) for on in dates}
        for name, method in COUNTS.items()
    }
    lines: list[Row] = []
    for label, first in SPANS.items():
        days = [on for on in dates if on >= first]
        for name, of in expected.items():
            pooled = {"counts": np.concatenate([counted[d] for d in days])}
            pooled["expected"] = np.concatenate([of[d] for d in days])
            lost = {n: [deviances(counts=counted[d], expected=expected[n][d]) for d in days] for n in (name, LEARNT)}
            more = bootstrap_total(
                values=(np.concatenate(lost[name]) - np.concatenate(lost[LEARNT])) / len(days),
                clusters=np.concatenate([makers[d] for d in days]),
                rng=np.random.default_rng(seed),
                draws=draws,
            )
            totals = {"expected": pooled["expected"].sum() / len(days), "counted": pooled["counts"].sum() / len(days)}
            line = asdict(calibration_line(**pooled))
            apart = {"more": more.mean, "more_low": more.low, "more_high": more.high}
            deviance = float(np.concatenate(lost[name]).sum() / len(days))
            lines.append({"method": name, "dates": label, "deviance": deviance, **apart, **totals, **line})
    late = [on for on in dates if on >= FIRST_UNSEEN]
    bins: list[Row] = [
        {"method": name, **asdict(one)}
        for name, of in expected.items()
        for one in calibration_bins(
            counts=np.concatenate([counted[d] for d in late]),
            expected=np.concatenate([of[d] for d in late]),
            edges=EDGES,
        )
    ]
    return lines, bins


def _counted(prepared: Prepared, as_of: date) -> Floats:
    """Per candidate, its entries in the 365 days from a date on, as the labels count them."""
    day = day_number(as_of)
    labelled = prepared.labelled
    chosen = (labelled.day >= day) & (labelled.day < day + YEAR_DAYS)
    found = np.bincount(labelled.product[chosen], minlength=len(prepared.keys)).astype(np.float64)
    return np.asarray(found[prepared.candidates(as_of)], dtype=np.float64)
