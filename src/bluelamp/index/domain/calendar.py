"""The release calendar: dates are announced ahead, and every change stays in the open."""

from datetime import date, timedelta

from bluelamp.index.domain.said import LEAST_REASON, SHORT_REASON

# The date of a regular edition is announced at least four weeks before.
NOTICE_DAYS = 28
# What is announced goes into the public feed at once: a slip of the year is refused.
MOST_AHEAD_DAYS = 731
_TOO_FAR = "A release is announced at most two years ahead: look at the year."
REGULAR, CORRECTION = "regular", "correction"


class CalendarError(ValueError):
    """A date cannot be announced or moved so; the message says why."""


def check_date(*, kind: str, on: date, today: date) -> None:
    """Raise CalendarError where a date is not announced early enough. A correction does not wait, but has a date."""
    if kind not in (REGULAR, CORRECTION):
        raise CalendarError("A release is a regular edition or a correction.")
    if on < today:
        raise CalendarError("A release cannot be announced for a day that is over.")
    if on > today + timedelta(days=MOST_AHEAD_DAYS):
        raise CalendarError(_TOO_FAR)
    if kind == REGULAR and on < today + timedelta(days=NOTICE_DAYS):
        raise CalendarError(f"A regular edition is announced at least {NOTICE_DAYS} days ahead.")


def check_move(*, old: date, new: date, today: date, reason: str) -> None:
    """Raise CalendarError where an announced date may not be moved so: only with a reason, and never earlier.

    An earlier date would break what was announced; a later one is told with its reason.
    """
    if not reason.strip():
        raise CalendarError("Say why the date changes: readers see it.")
    if len(" ".join(reason.split())) < LEAST_REASON:
        raise CalendarError(SHORT_REASON)
    if new == old:
        raise CalendarError("This is the date already.")
    if new < old:
        raise CalendarError("A date that was announced is not brought forward.")
    if new < today:
        raise CalendarError("A release cannot be moved to a day that is over.")
    if new > today + timedelta(days=MOST_AHEAD_DAYS):
        raise CalendarError(_TOO_FAR)
