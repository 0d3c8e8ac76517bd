"""When to try again, and when to stop."""

from datetime import timedelta

MAX_ATTEMPTS = 8
LONGEST_DELAY = timedelta(hours=1)
LONGEST_LEASE = timedelta(hours=1)
# A due time or lease further ahead than this cannot have been set by a clock that agrees with ours: it went back.
HORIZON = 2 * max(LONGEST_DELAY, LONGEST_LEASE)

_FIRST_SECONDS = 10
_FACTOR = 3


def delay(*, attempts: int, jitter: float) -> timedelta:
    """How long to wait after `attempts` failures: 10 s, 30 s, 90 s ... at most an hour; about two hours in all.

    `jitter` in [0, 1] takes up to a fifth away, so that what failed together does not come back together.
    """
    if attempts < 1 or not 0 <= jitter <= 1:
        raise ValueError("attempts start at 1 and jitter lies between 0 and 1")
    # The exponent is held small: a job may fail for years, and 3 to that power would be no timedelta.
    seconds = _FIRST_SECONDS * _FACTOR ** min(attempts - 1, 10)
    return min(timedelta(seconds=seconds), LONGEST_DELAY) * (1 - jitter / 5)
