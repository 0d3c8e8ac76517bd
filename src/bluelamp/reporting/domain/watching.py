"""Whether somebody on duty reads reports of danger at a moment, from the hours that a force gives."""

from dataclasses import dataclass
from datetime import time

ALWAYS = "always"


@dataclass(frozen=True)
class Watching:
    """`now`: somebody reads at this moment. `first` and `last`: the daily hours, None where it is always or never."""

    now: bool
    first: time | None = None
    last: time | None = None

    @property
    def never(self) -> bool:
        """Nobody is on duty to read at once, at any hour."""
        return not self.now and self.first is None


def watching(*, hours: str, at: time) -> Watching:
    """What the hours ("", "always", or "08:00-22:00", also past midnight) say about a time of the same clock."""
    if hours in ("", ALWAYS):
        return Watching(hours == ALWAYS)
    first, last = (time.fromisoformat(part) for part in hours.split("-"))
    within = first <= at < last if first < last else at >= first or at < last
    return Watching(within, first, last)
