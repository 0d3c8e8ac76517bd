"""What changed from the edition before, and why: for pages, desk, API and exports, worked out when they are read.

Both editions keep their own rows for ever, so this can be said again at any time. Nothing is said beside a specimen,
which has no edition before it, nor beside an edition whose predecessor was withdrawn: its figures are shown no more.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from django.db.models import Q

from bluelamp.index.domain.naming import LISTED_KINDS, SourceFact
from bluelamp.index.domain.period import Period
from bluelamp.index.domain.reasons import LATE, REMOVED, Issue, Reason, Sighting, Standing, explain
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.queries import OUT, nameable_rows

_SHOWN = (Edition.Status.PUBLISHED, Edition.Status.REPLACED)
Held = Callable[[], Mapping[Sighting, set[str]]]


@dataclass(frozen=True)
class Change:
    """One product that an edition shows otherwise than the one before; a band is "" where it was or is not shown."""

    product_key: str
    product_name: str
    band_before: str
    band: str
    dates_before: int
    dates: int
    reasons: tuple[Reason, ...]


def compared_with(*, edition: Edition | None) -> Edition | None:
    """The edition that changes are told against: the one before, of a correction the one that it corrects."""
    if edition is None or edition.status == Edition.Status.SPECIMEN or edition.previous is None:
        return None
    return edition.previous if edition.previous.status in _SHOWN else None


def product_changes(*, edition: Edition, before: Edition, product_key: str) -> tuple[Reason, ...]:
    """Why one product differs; none where it does not."""
    own = {e.pk: e.rows.filter(product_key=product_key).first() for e in (before, edition)}
    look = _Look.at(edition=edition, before=before, keys=[product_key])
    return _reasons(look, product_key, own[before.pk], own[edition.pk])


def edition_changes(*, edition: Edition, before: Edition) -> list[Change]:
    """Every product that came or went, or whose dates or band changed, by name."""
    shown = {e.pk: _figures(e) for e in (before, edition)}
    was, now = shown[before.pk], shown[edition.pk]
    differ = [key for key in was.keys() | now.keys() if was.get(key, ("", 0)) != now.get(key, ("", 0))]
    rows = {e.pk: {r.product_key: r for r in e.rows.filter(product_key__in=differ)} for e in (before, edition)}
    look = _Look.at(edition=edition, before=before, keys=differ)
    found = []
    for key in differ:
        old, new = rows[before.pk].get(key), rows[edition.pk].get(key)
        (band_before, dates_before), (band, dates) = was.get(key, ("", 0)), now.get(key, ("", 0))
        reasons = _reasons(look, key, old, new)
        named = new if key in now or old is None else old
        name = named.product_name if named else key
        found.append(Change(key, name, band_before, band, dates_before, dates, reasons))
    return sorted(found, key=lambda change: (change.product_name.casefold(), change.product_key))


@dataclass(frozen=True)
class _Look:
    """What every product is held against; the dear parts are read once, and only if somebody asks."""

    then: Issue
    today: Issue
    held_then: Held
    held_now: Held
    named_earlier: Callable[[], set[str]]

    @staticmethod
    def at(*, edition: Edition, before: Edition, keys: Collection[str]) -> "_Look":
        return _Look(
            then=_issue(before),
            today=_issue(edition),
            held_then=cache(lambda: _held(before)),
            held_now=cache(lambda: _held(edition)),
            named_earlier=cache(lambda: _named_earlier(edition, keys)),
        )


def _reasons(look: _Look, key: str, old: EditionRow | None, new: EditionRow | None) -> tuple[Reason, ...]:
    was, now = _standing(old), _standing(new)
    explained = partial(
        explain,
        before=was,
        now=now,
        then=look.then,
        today=look.today,
        still_seen=_sightings(new),
        named_earlier=was is None and now is not None and key in look.named_earlier(),
    )
    found = explained()
    # Only then may entries have come from, or gone to, other products: that takes a look at every row.
    if (was is None) != (now is None) or {r.code for r in found} & {LATE, REMOVED}:
        came = _elsewhere(_sightings(new), look.held_then, besides=key)
        went = _elsewhere(_sightings(old), look.held_now, besides=key)
        found = explained(came=came, went=went)
    return found


def _held(edition: Edition) -> Mapping[Sighting, set[str]]:
    found: dict[Sighting, set[str]] = {}
    for key, kept in edition.rows.values_list("product_key", "sightings"):
        for sighting in _listed(kept):
            found.setdefault(sighting, set()).add(key)
    return found


def _elsewhere(sightings: Iterable[Sighting], held: Held, *, besides: str) -> list[Sighting]:
    """The entries that an edition holds of other products and not of this one."""
    own = list(sightings)
    return [s for s in own if (keys := held().get(s)) and besides not in keys] if own else []


def _named_earlier(edition: Edition, keys: Collection[str]) -> set[str]:
    """Those of some products that an edition before this one has named."""
    earlier = Q(edition__number__lt=edition.number)
    earlier |= Q(edition__number=edition.number, edition__revision__lt=edition.revision)
    rows = EditionRow.objects.filter(earlier, edition__status__in=OUT, product_key__in=keys, named=True, withheld="")
    return set(rows.filter(dates__gt=0).values_list("product_key", flat=True))


def _figures(edition: Edition) -> dict[str, tuple[str, int]]:
    """Product -> band and dates, of those with dates in the period."""
    rows = nameable_rows(edition=edition).filter(dates__gt=0)
    return {key: (band, dates) for key, band, dates in rows.values_list("product_key", "band", "dates")}


def _standing(row: EditionRow | None) -> Standing | None:
    """A row as readers see it; None where it is not named, or withheld (queries.nameable_rows)."""
    if row is None or not row.named or row.withheld or not row.product_name:
        return None
    return Standing(
        name=row.product_name,
        category=row.category,
        band=row.band,
        monthly=tuple(row.monthly),
        sightings=_sightings(row),
    )


def _sightings(row: EditionRow | None) -> frozenset[Sighting]:
    return _listed(row.sightings) if row else frozenset()


def _listed(kept: Iterable[Mapping[str, Any]]) -> frozenset[Sighting]:
    """What may be listed one by one of the sightings that a row keeps."""
    return frozenset(
        Sighting(on=date.fromisoformat(s["on"]), source=s["source"], kind=s["kind"], ref=ref)
        for s in kept
        if s["kind"] in LISTED_KINDS
        for ref in s["refs"]
    )


def _issue(edition: Edition) -> Issue:
    sources = [SourceFact(**s) for s in edition.parameters["sources"]]
    return Issue(
        period=Period(start=edition.period_start, end=edition.period_end),
        sources={s.id: s for s in sources},
        method=repr(sorted((k, v) for k, v in edition.parameters.items() if k not in ("sources", "moved"))),
    )
