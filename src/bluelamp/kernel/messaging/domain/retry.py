"""How long to wait before a message is tried again."""

from datetime import datetime, timedelta

_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
# A message is tried once, and again after each wait.
MOST_ATTEMPTS = len(_WAITS) + 1


def try_again_at(*, attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts (at least 1); None when it was tried often enough."""
    return now + _WAITS[attempts - 1] if attempts < MOST_ATTEMPTS else None
