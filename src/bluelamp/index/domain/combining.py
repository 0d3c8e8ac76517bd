"""How sources of several kinds are put together, so that none can capture the Index, and how much rests on one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bluelamp.index.domain.naming import SourceFact
from bluelamp.index.domain.parameters import Parameters

# Dates that a source saw of one product in one month, by kind of evidence and source.
Seen = Mapping[tuple[str, SourceFact], int]

CONFIRMED = "exploited"
# A sensor sees attempts every day and a partner may tell of each: a month in which one saw any is one date.
WATCHED = frozenset({"attack_telemetry", "partner_sighting"})
_WATCHED_DATES = 1


@dataclass(frozen=True)
class Leaning:
    """The source without which the fewest dates are left ("" where none matters), and how many those are."""

    source: str
    dates: int


def combined_dates(*, seen: Seen, parameters: Parameters) -> int:
    """The dates that one month counts, from what each source saw in it.

    The larger of two: what an authority confirmed as exploited; and what others saw, which is the second largest count
    of all independent sources (an authority's among them), or what one saw alone up to `lone_source_dates`, and never
    more than `unconfirmed_dates`. Sources never add up, since two often see the same thing; a derived source counts
    nothing; sensors and partners count a date a month whatever they saw; crimes and citizens' reports are no dates.
    More dates of any source never lower the result.
    """
    return _combined(seen, alone=parameters.lone_source_dates, parameters=parameters)


def _combined(seen: Seen, *, alone: int, parameters: Parameters) -> int:
    own: dict[SourceFact, int] = {}
    confirmed = 0
    for (kind, source), dates in seen.items():
        if not source.independent or kind not in WATCHED | {CONFIRMED}:
            continue
        counted = dates if kind == CONFIRMED else min(dates, _WATCHED_DATES)
        own[source] = max(own.get(source, 0), counted)
        if kind == CONFIRMED and source.authority:
            confirmed = max(confirmed, dates)
    ordered = [*sorted(own.values(), reverse=True), 0, 0]
    others = max(ordered[1], min(ordered[0], alone))
    return max(confirmed, min(others, parameters.unconfirmed_dates))


def monthly_dates(*, months: Mapping[int, Seen], parameters: Parameters) -> dict[int, int]:
    """The dates that each period month counts, by months back, with what rests on one source alone held together.

    Month by month as `combined_dates`; but in a whole period (and in each one before it) what only one source saw that
    is no authority counts `lone_period_dates` at most, newest first: one who reports every month, or backdates two
    years at once, pushes no further than that. More dates of any source never lower the sum of a period.
    """
    counted, used = {}, dict[int, int]()
    for month in sorted(months):
        firm = _combined(months[month], alone=0, parameters=parameters)
        lone = combined_dates(seen=months[month], parameters=parameters) - firm
        period = month // parameters.period_months
        lone = min(lone, parameters.lone_period_dates - used.get(period, 0))
        used[period] = used.get(period, 0) + lone
        counted[month] = firm + lone
    return counted


def merged_dates(*, parts: Sequence[int], days: int) -> int:
    """The dates of several products that became one, from the dates of each and the distinct days listed of all.

    A day of two of them counts once; but no less than the one that has most, and no more than all together.
    """
    return min(sum(parts), max(*parts, days)) if parts else 0


def leaning(*, months: Mapping[int, Seen], parameters: Parameters) -> Leaning:
    """How much of what the months count rests on one source: each is left out in turn. Ties go to the first by id."""
    found = Leaning(source="", dates=_dates_without(None, months, parameters))
    for left_out in _sources(months):
        rest = _dates_without(left_out, months, parameters)
        if rest < found.dates:
            found = Leaning(source=left_out.id, dates=rest)
    return found


def firm_dates(*, months: Mapping[int, Seen], parameters: Parameters) -> int:
    """The dates left whichever one source is taken away that is no authority: what a high band must rest on."""
    doubted = [None, *(s for s in _sources(months) if not s.authority)]
    return min(_dates_without(source, months, parameters) for source in doubted)


def _sources(months: Mapping[int, Seen]) -> list[SourceFact]:
    return sorted({source for seen in months.values() for _, source in seen}, key=lambda s: s.id)


def _dates_without(left_out: SourceFact | None, months: Mapping[int, Seen], parameters: Parameters) -> int:
    rest = {m: {k: n for k, n in seen.items() if k[1] != left_out} for m, seen in months.items()}
    return sum(monthly_dates(months=rest, parameters=parameters).values())
