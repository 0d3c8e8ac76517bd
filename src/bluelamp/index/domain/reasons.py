"""Why a product's figures or band differ between two editions: typed reasons, which the pages put into words.

Everything rests on what the pages list one by one: crimes and citizens' reports are never a reason (RED-LINES 7).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bluelamp.index.domain.combining import CONFIRMED
from bluelamp.index.domain.naming import NAMING_KINDS, SourceFact
from bluelamp.index.domain.period import Period, month_bounds

# Why the dates of the period are more or fewer.
NEW, LATE, CAME_FROM, COUNTED_MORE = "new", "late", "came-from", "counted-more"
LEFT, REMOVED, WENT_TO, COUNTED_LESS = "left", "removed", "went-to", "counted-less"
# The product itself came or went, with all its dates.
FIRST_NAMED, NAMED_AGAIN, NOT_SHOWN = "first-named", "named-again", "not-shown"
# What changed without a date.
RENAMED, KIND, BAND, BAND_OTHERS, BAND_METHOD = "renamed", "kind", "band", "band-others", "band-method"

MORE = (NEW, LATE, CAME_FROM, COUNTED_MORE, FIRST_NAMED, NAMED_AGAIN)
FEWER = (LEFT, REMOVED, WENT_TO, COUNTED_LESS, NOT_SHOWN)
CODES = (*MORE, *FEWER, RENAMED, KIND, BAND, BAND_OTHERS, BAND_METHOD)


@dataclass(frozen=True)
class Reason:
    """One reason: how many dates, in which calendar months ("2026-05"); or what something was and is now."""

    code: str
    count: int = 0
    months: tuple[str, ...] = ()
    before: str = ""
    after: str = ""

    @property
    def dates(self) -> int:
        """By how many dates it changes the count."""
        return self.count if self.code in MORE else -self.count if self.code in FEWER else 0


@dataclass(frozen=True, order=True)
class Sighting:
    """One entry of a source about a product."""

    on: date
    source: str
    kind: str
    ref: str


@dataclass(frozen=True)
class Standing:
    """A product as an edition shows it. `monthly` holds the dates counted in each period month, oldest first."""

    name: str
    category: str
    band: str
    monthly: tuple[int, ...]
    sightings: frozenset[Sighting]

    @property
    def dates(self) -> int:
        """The dates of the period."""
        return sum(self.monthly)


@dataclass(frozen=True)
class Issue:
    """An edition, as far as every product shares it; `method` names the parameters of its method."""

    period: Period
    sources: Mapping[str, SourceFact]
    method: str


def explain(
    *,
    before: Standing | None,
    now: Standing | None,
    then: Issue,
    today: Issue,
    came: Collection[Sighting] = (),
    went: Collection[Sighting] = (),
    named_earlier: bool = False,
    still_seen: Collection[Sighting] = (),
) -> tuple[Reason, ...]:
    """Why a product differs between the edition `then` and the edition `today`; None where one does not show it.

    `came` are entries that the earlier edition had under other products, `went` those that the later one has under
    others: the catalogue was changed. `named_earlier` says that an edition before named it, `still_seen` are entries
    that the later edition keeps of a product that it does not show. The `dates` of the reasons add up exactly to the
    difference of the two counts.
    """
    if before is None and now is None:
        return ()
    counted_then = _counted(before, issue=then)
    counted_now = _counted(now, issue=today)
    held_then = _days(before.sightings if before else ())
    held_now = _days(now.sightings if now else still_seen)
    came_days = _days(came) - held_then
    went_days = _days(went) - held_now
    found: list[Reason] = []
    if before is None and now is not None and not came_days & counted_now:
        months = _months(counted_now)
        return (Reason(NAMED_AGAIN if named_earlier else FIRST_NAMED, now.dates, months),)

    more, fewer = counted_now - counted_then, counted_then - counted_now
    new = {d for d in more if d > then.period.end}
    late = {d for d in more - new if d not in held_then and d >= then.period.start}
    left = {d for d in fewer if d < today.period.start}
    removed = {d for d in fewer - left if d not in held_now and d <= today.period.end}
    parts = (
        (NEW, new),
        (LATE, late - came_days),
        (CAME_FROM, late & came_days),
        (LEFT, left),
        (REMOVED, removed - went_days),
        (WENT_TO, removed & went_days),
    )
    found += [Reason(code, len(days), _months(days)) for code, days in parts if days]
    found += _rest(before, now, explained=sum(r.dates for r in found))
    if before is not None and now is not None:
        found += _beside_dates(before, now, same_method=then.method == today.method)
    return tuple(found)


def _rest(before: Standing | None, now: Standing | None, *, explained: int) -> list[Reason]:
    """What no single day explains: a product that is withheld, or sources that are put together otherwise."""
    difference = (now.dates if now else 0) - (before.dates if before else 0) - explained
    if now is None:
        return [Reason(NOT_SHOWN, -difference)]
    if difference > 0:
        return [Reason(COUNTED_MORE, difference)]
    return [Reason(COUNTED_LESS, -difference)] if difference < 0 else []


def _beside_dates(before: Standing, now: Standing, *, same_method: bool) -> list[Reason]:
    found = []
    if before.name != now.name:
        found.append(Reason(RENAMED, before=before.name, after=now.name))
    if before.category != now.category:
        found.append(Reason(KIND, before=before.category, after=now.category))
    if before.band != now.band:
        own = BAND_OTHERS if (before.dates, before.category) == (now.dates, now.category) else BAND
        found.append(Reason(own if same_method else BAND_METHOD, before=before.band, after=now.band))
    return found


def _counted(standing: Standing | None, *, issue: Issue) -> set[date]:
    """One day for each date that an edition counted, as far as its entries have one.

    A month may count fewer dates than there are days (domain.combining). Days that an authority confirmed stand for
    them first, then those nearest to the middle of the period month: a month that begins a few days earlier in the
    next edition keeps its place in time.
    """
    if standing is None:
        return set()
    own = [s for s in standing.sightings if s.kind in NAMING_KINDS and _independent(s, issue)]
    days = {s.on for s in own}
    confirmed = {s.on for s in own if s.kind == CONFIRMED and _authority(s, issue)}
    last = len(standing.monthly) - 1
    counted: set[date] = set()
    for at, number in enumerate(standing.monthly):
        if number:
            month = month_bounds(end=issue.period.end, back=last - at)
            middle = month.start + (month.end - month.start) / 2
            inside = [(d not in confirmed, abs(d - middle), d) for d in days if d in month]
            counted.update(d for _, _, d in sorted(inside)[:number])
    return counted


def _independent(sighting: Sighting, issue: Issue) -> bool:
    source = issue.sources.get(sighting.source)
    return source is None or source.independent


def _authority(sighting: Sighting, issue: Issue) -> bool:
    source = issue.sources.get(sighting.source)
    return source is not None and source.authority


def _days(sightings: Iterable[Sighting]) -> set[date]:
    return {s.on for s in sightings if s.kind in NAMING_KINDS}


def _months(days: Iterable[date]) -> tuple[str, ...]:
    return tuple(sorted({f"{d:%Y-%m}" for d in days}))
