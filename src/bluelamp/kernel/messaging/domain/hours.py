"""The hours in which a person may be contacted, by the clock on the wall in the United Kingdom."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# The first time on the clock after the hour that is left out when the clocks go forward.
_AFTER_THE_GAP = time(2)


@dataclass(frozen=True)
class Hours:
    """From `start` until before `end`, local time; across midnight where `start` is the later."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("Contact hours must begin and end at different times.")


def is_open(*, moment: datetime, hours: Hours | None) -> bool:
    """Whether a person may be contacted at a moment; None means at any hour."""
    if hours is None:
        return True
    clock = moment.astimezone(LONDON).time()
    if hours.start < hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end


def next_open(*, moment: datetime, hours: Hours | None) -> datetime:
    """The moment itself if the person may be contacted then, else the next time the hours begin, in the same zone.

    On the night the clocks go forward hours that begin in the missing hour begin at two o'clock, and hours that lie
    wholly inside it do not begin that day.
    """
    if hours is None or is_open(moment=moment, hours=hours):
        return moment
    today = moment.astimezone(LONDON).date()
    starts = (
        datetime.combine(today + timedelta(days=days), start, tzinfo=LONDON).replace(fold=fold)
        for days in range(3)
        for start in (hours.start, _AFTER_THE_GAP)
        for fold in (0, 1)
    )
    # Through UTC: two moments in one zone are compared by the clock on the wall, which is wrong when it changes.
    moments = sorted(start.astimezone(moment.tzinfo) for start in starts)
    return next(start for start in moments if start > moment and is_open(moment=start, hours=hours))
