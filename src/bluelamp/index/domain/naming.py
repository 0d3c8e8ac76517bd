"""Which product may be named in public (RED-LINES 1)."""

from collections.abc import Iterable
from dataclasses import dataclass

LEAST_SOURCES = 2
LEAST_CRIMES = 5
# Kinds by which a source says that it saw a product attacked. Crimes are counted; citizens' reports never name.
NAMING_KINDS = frozenset({"exploited", "attack_telemetry", "partner_sighting"})
# Crimes and reports of people are shown as rounded counts only, never one by one with their dates.
LISTED_KINDS = NAMING_KINDS


@dataclass(frozen=True)
class SourceFact:
    """A source: whether it is a national authority, and the source that it repeats, if any (None or "")."""

    id: str
    authority: bool
    derived_from: str | None

    @property
    def independent(self) -> bool:
        """Whether it has evidence of its own."""
        return not self.derived_from


def may_be_named(*, seen: Iterable[tuple[str, SourceFact]], crimes: int) -> bool:
    """Whether an authority confirmed the product as exploited, two independent sources saw it, or five crimes did.

    `seen` holds a (kind, source) for each of the product's own sightings, repeats allowed; `crimes` is its number of
    recorded crimes in the period. A source derived from another never counts, even if an authority keeps it. That an
    authority's crime records name a product takes five crimes, not one.
    """
    own = {(kind, source) for kind, source in seen if source.independent and kind in NAMING_KINDS}
    confirmed = any(source.authority and kind == "exploited" for kind, source in own)
    return confirmed or len({source.id for _, source in own}) >= LEAST_SOURCES or crimes >= LEAST_CRIMES
