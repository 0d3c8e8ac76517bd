"""Writes of fetching: how a fetch ended. And the fetcher that the settings describe."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from bluelamp.kernel.fetching.client import Fetcher
from bluelamp.kernel.fetching.domain.backoff import next_time
from bluelamp.kernel.fetching.domain.results import Fetched
from bluelamp.kernel.fetching.models import FetchState
from bluelamp.kernel.fetching.queries import downloads_folder

_LONGEST_ETAG = 300
_LONGEST_DATE = 60


def standard_fetcher() -> Fetcher:
    """The fetcher under this installation's settings; it never connects to private addresses."""
    return Fetcher(folder=downloads_folder(), proxy=settings.BLUELAMP_PROXY)


@transaction.atomic
def note_success(*, name: str, url: str, fetched: Fetched, every: timedelta, now: datetime) -> FetchState:
    """Record that a fetch was taken in, or that nothing had changed; the next one is due after `every`."""
    state = _locked(name=name, url=url, now=now)
    # Validators too long for their column are as good as none: the next fetch is unconditional.
    state.etag = fetched.etag if len(fetched.etag) <= _LONGEST_ETAG else ""
    state.last_modified = fetched.last_modified if len(fetched.last_modified) <= _LONGEST_DATE else ""
    if not fetched.not_modified:
        if state.sha256 != fetched.sha256:
            state.changed_at = now
        state.sha256 = fetched.sha256
    state.url, state.checked_at, state.failures, state.last_error = url, now, 0, ""
    state.next_at = next_time(now=now, every=every, failures=0)
    state.save()
    return state


@transaction.atomic
def note_failure(
    *, name: str, url: str, message: str, every: timedelta, now: datetime, asked: float | None = None
) -> FetchState:
    """Record that a fetch failed or its content was refused. What was taken in before, and its validators, stay.

    `asked`: the seconds that the server asked to wait.
    """
    state = _locked(name=name, url=url, now=now)
    state.checked_at, state.failures, state.last_error = now, state.failures + 1, message[:500]
    state.next_at = next_time(now=now, every=every, failures=state.failures, asked=asked)
    state.save()
    return state


def _locked(*, name: str, url: str, now: datetime) -> FetchState:
    state = FetchState.objects.select_for_update().filter(name=name).first()
    return state or FetchState(name=name, url=url, next_at=now)
