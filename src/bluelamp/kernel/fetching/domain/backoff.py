"""When to try again: inside one fetch (seconds), and from one fetch to the next (time of day)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bluelamp.kernel.fetching.domain.results import Limits

_FIRST_WAIT = 1.0
_FIRST_DELAY = timedelta(minutes=5)
_LONGEST_DOUBLING = 20


def wait_seconds(*, attempt: int, asked: float | None, limits: Limits, jitter: float) -> float:
    """How long to wait after try number `attempt` (from 1) failed.

    Doubles from one second; `jitter` (0 to 1) takes up to half off, so that many clients do not come back at once. A
    server that asks for longer gets it, up to the limit.
    """
    doubled = _FIRST_WAIT * float(2 ** min(attempt - 1, _LONGEST_DOUBLING))
    own = min(doubled, limits.longest_wait) * (1 - jitter / 2)
    return max(own, min(asked or 0.0, limits.longest_wait))


def retry_after(text: str, *, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (a number or a date); None where it says nothing usable."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(min(int(text[:12]), 10**9))
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        return None
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return max(0.0, (asked - now).total_seconds())


def next_time(*, now: datetime, every: timedelta, failures: int, asked: float | None = None) -> datetime:
    """When to fetch next: after `every` where all went well; sooner after a failure, and later with each one more."""
    if not failures:
        return now + every
    delay = min(every, _FIRST_DELAY * float(2 ** min(failures - 1, _LONGEST_DOUBLING)))
    return now + max(delay, min(timedelta(seconds=asked or 0.0), every))
