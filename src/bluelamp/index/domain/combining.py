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
    nothing; sensors and partners count a date a month whatever they saw; crimes and citizens' reports are no dates. So
    no source alone, and no two together, push without limit; and more dates of any source never lower the result.
    """
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
    others = max(ordered[1], min(ordered[0], parameters.lone_source_dates))
    return max(confirmed, min(others, parameters.unconfirmed_dates))


def merged_dates(*, parts: Sequence[int], days: int) -> int:
    """The dates of several products that became one, from the dates of each and the distinct days listed of all.

    A day of two of them counts once; but no less than the one that has most, and no more than all together.
    """
    return min(sum(parts), max(*parts, days)) if parts else 0


def leaning(*, months: Mapping[int, Seen], parameters: Parameters) -> Leaning:
    """How much of what the months count rests on one source: each is left out in turn. Ties go to the first by id."""
    everything = sum(combined_dates(seen=seen, parameters=parameters) for seen in months.values())
    found = Leaning(source="", dates=everything)
    sources = {source for seen in months.values() for _, source in seen}
    for left_out in sorted(sources, key=lambda s: s.id):
        rest = sum(
            combined_dates(seen={k: n for k, n in seen.items() if k[1] != left_out}, parameters=parameters)
            for seen in months.values()
        )
        if rest < found.dates:
            found = Leaning(source=left_out.id, dates=rest)
    return found
