"""Whether somebody reads reports of danger at a moment: an officer is on duty; and the hours that a force gives."""

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


def watching(*, hours: str, on_duty: bool) -> Watching:
    """What to say. `hours` ("", "always", "08:00-22:00", also past midnight) promise; only `on_duty` makes it so."""
    if hours in ("", ALWAYS):
        return Watching(on_duty)
    first, last = (time.fromisoformat(part) for part in hours.split("-"))
    return Watching(on_duty, first, last)
