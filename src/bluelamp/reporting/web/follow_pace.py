"""Slowing guesses down without locking anybody out.

Wrong words are counted by a keyed hash of the address they come from, for a quarter of an hour. After a few, the next
try waits: two seconds, four, up to a minute. Whoever waited goes through with a ticket, whatever others at the same
address did meanwhile; so a library or a shelter is never shut out. Nothing is counted against words of a report: nobody
can lock a reporter out. Wrong own words count for one report and one address together: from there the own word is as
good as none for an hour.
"""

import secrets
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from bluelamp.reporting.operations.digests import keyed_digest
from bluelamp.reporting.web.journey_counting import address_of

FREE, LONGEST_WAIT = 5, 60
_WINDOW = 900
_OWN_WORDS, _OWN_WINDOW = 10, 3_600
_SALT = "bluelamp.reporting.follow-wait"


def seconds_to_wait(request: HttpRequest, *, now: datetime) -> tuple[int, str]:
    """How long this try must wait, and the ticket to come back with; (0, "") to go on."""
    ticket = _read(request.POST.get("ticket", ""))
    if ticket:
        left = ticket[1] - int(now.timestamp())
        if left > 0:
            return min(left, LONGEST_WAIT), request.POST["ticket"]
        # A ticket is for one try.
        if cache.add(f"follow-ticket:{ticket[0]}", 1, timeout=_WINDOW):
            return 0, ""
    wrong = int(cache.get(_key(request), 0))
    if wrong < FREE:
        return 0, ""
    wait = min(LONGEST_WAIT, 2 ** min(wrong - FREE + 1, 10))
    made = [secrets.token_urlsafe(12), int(now.timestamp()) + wait]
    return wait, signing.dumps(made, salt=_SALT)


def count_wrong(request: HttpRequest) -> None:
    """A try was wrong."""
    _count(_key(request), _WINDOW)


def may_try_own_word(request: HttpRequest, *, report: UUID) -> bool:
    """Whether own words of a report may still be tried from this address."""
    return int(cache.get(_own_key(request, report), 0)) < _OWN_WORDS


def count_own_word(request: HttpRequest, *, report: UUID) -> None:
    """An own word did not open a report."""
    _count(_own_key(request, report), _OWN_WINDOW)


def _read(text: str) -> tuple[str, int] | None:
    try:
        made = signing.loads(text, salt=_SALT, max_age=_WINDOW) if text else None
    except signing.BadSignature:
        return None
    return (str(made[0]), int(made[1])) if made else None


def _count(key: str, seconds: int) -> None:
    cache.set(key, int(cache.get(key, 0)) + 1, timeout=seconds)


def _key(request: HttpRequest) -> str:
    return "follow:" + keyed_digest(purpose="follow-words", value=address_of(request))


def _own_key(request: HttpRequest, report: UUID) -> str:
    return "follow:" + keyed_digest(purpose=f"follow-own-word:{report}", value=address_of(request))
