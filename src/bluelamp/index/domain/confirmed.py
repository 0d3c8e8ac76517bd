"""Which sightings say when a product was confirmed: a source's own before those that repeat another source."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

CONFIRMED = "exploited"
# A sighting as editions keep it: `on` (ISO day), `source`, `kind`.
Sighting = Mapping[str, Any]


def own_sightings(*, sightings: Iterable[Sighting], copies: Collection[str]) -> list[Sighting]:
    """The sightings of sources that repeat no other, in their order; all of them where only copies exist.

    `copies` are the ids of derived sources: their dates are those of copying, so they say nothing of a day.
    """
    every = list(sightings)
    return [s for s in every if s["source"] not in copies] or every


def confirmations(*, sightings: Iterable[Sighting], copies: Collection[str]) -> list[Sighting]:
    """The sightings by which a product was confirmed as exploited, by sources that repeat no other; may be none."""
    return [s for s in sightings if s.get("kind", CONFIRMED) == CONFIRMED and s["source"] not in copies]


def own_days(*, sightings: Iterable[Sighting], copies: Collection[str]) -> list[date]:
    """The distinct days of `own_sightings`, oldest first."""
    return sorted({date.fromisoformat(s["on"]) for s in own_sightings(sightings=sightings, copies=copies)})
