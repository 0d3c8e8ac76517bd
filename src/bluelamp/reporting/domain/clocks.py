"""Clocks of the desk: when a person must have looked, when a crime must be recorded, when a hand-over comes back.

All times are aware. Hours are real hours: two clock changes a year lengthen or shorten none of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

# Home Office counting rules (Crime Recording Rules): a crime is recorded within 24 hours of the report. Law of another
# nation may differ; a force may only be quicker.
RECORDING_HOURS = 24
HAND_OVER_HOURS = 24
# After once, twice and four times the time to answer: the desk's lead, the officer on duty, the control room.
ESCALATE_AFTER = (1, 2, 4)
LONGEST_MINUTES = 60 * 24 * 366


class Standing(StrEnum):
    """How a clock stands. `SOON`: less than a quarter of the time is left."""

    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done-late"


@dataclass(frozen=True)
class Clock:
    """A clock at one moment, in UTC.

    `left`: until it is due; negative when late, and zero once done. `escalation`: 0 for nobody more, 1 to 3 for who
    must be told besides (see `ESCALATE_AFTER`). `next_step`: when that rises next, None for never.
    """

    standing: Standing
    due: datetime
    left: timedelta
    escalation: int
    next_step: datetime | None

    @property
    def is_done(self) -> bool:
        """Whether nothing is waited for."""
        return self.standing in (Standing.DONE, Standing.DONE_LATE)


def duty_clock(*, raised_at: datetime, minutes: int, acknowledged_at: datetime | None, now: datetime) -> Clock:
    """The clock of a duty item, which a person must acknowledge within `minutes` of its raising.

    Raises ValueError for a time without a zone, and for minutes below 1 or above a year.
    """
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise ValueError(f"The time to acknowledge must be from 1 to {LONGEST_MINUTES} minutes, not {minutes}.")
    return _clock(start=raised_at, span=timedelta(minutes=minutes), done_at=acknowledged_at, now=now)


def recording_clock(
    *, reported_at: datetime, recorded_at: datetime | None, now: datetime, hours: int = RECORDING_HOURS
) -> Clock:
    """The registrar's clock: a crime is recorded within 24 hours of the report. A force may only give less.

    Raises ValueError for a time without a zone, and for hours outside 1 to 24.
    """
    if not 1 <= hours <= RECORDING_HOURS:
        raise ValueError(f"A crime is recorded within 1 to {RECORDING_HOURS} hours, not {hours}.")
    return _clock(start=reported_at, span=timedelta(hours=hours), done_at=recorded_at, now=now)


def hand_over_clock(
    *, handed_at: datetime, acknowledged_at: datetime | None, now: datetime, hours: int = HAND_OVER_HOURS
) -> Clock:
    """The clock of a hand-over. When it is late (`comes_back`) the report returns to the sender's queue.

    Raises ValueError for a time without a zone, and for hours outside 1 to 24 * 366.
    """
    if not 1 <= hours <= LONGEST_MINUTES // 60:
        raise ValueError(f"A hand-over waits from 1 to {LONGEST_MINUTES // 60} hours, not {hours}.")
    return _clock(start=handed_at, span=timedelta(hours=hours), done_at=acknowledged_at, now=now)


def comes_back(*, clock: Clock) -> bool:
    """Whether a hand-over was not acknowledged in time, so that the report returns to the queue."""
    return clock.standing is Standing.LATE


def _clock(*, start: datetime, span: timedelta, done_at: datetime | None, now: datetime) -> Clock:
    start, now = _utc(start), _utc(now)
    due = start + span
    if done_at is not None:
        late = _utc(done_at) > due
        return Clock(Standing.DONE_LATE if late else Standing.DONE, due, timedelta(0), 0, None)
    steps = [start + span * times for times in ESCALATE_AFTER]
    passed = sum(now > step for step in steps)
    left = due - now
    standing = Standing.LATE if left < timedelta(0) else Standing.SOON if left < span / 4 else Standing.RUNNING
    return Clock(standing, due, left, passed, steps[passed] if passed < len(steps) else None)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("A clock needs times with a zone.")
    # Arithmetic in a local zone would follow the wall clock, and be an hour wrong across a change.
    return moment.astimezone(UTC)
