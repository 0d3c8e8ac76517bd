"""Floods from one address: counted by a keyed hash, never by the address itself.

Nobody is refused for what others at the same address do: a library's readers share one. More reports than usual only
wait behind others (`burst`). What is refused, for a minute, is what no person can do: beginning more than
`MOST_BEGUN` drafts in a minute from one address, or sending in numbers drafts that were begun a moment ago.
"""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bluelamp.reporting.operations.digests import keyed_digest

USUAL_SENT = 10  # reports in an hour from one address; more are marked as a burst
MOST_SENT = 60  # in a minute, of drafts younger than AGED
MOST_BEGUN = 60  # drafts in a minute
MOST_TRIED = 30  # recovery words in a minute: 66 bits make guessing hopeless anyhow
AGED = timedelta(minutes=2)
_WAIT = 60


def address_of(request: HttpRequest) -> str:
    """Whose request it is: the peer, or what our own proxies say. IPv6 by its network of 64 bits, as one home has."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    passed = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies and len(passed) >= proxies:
        peer = passed[-proxies].strip()
    try:
        found = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    return str(found if found.version == 4 else ipaddress.ip_network((found, 64), strict=False))


def counted(request: HttpRequest, *, what: str, seconds: int, now: datetime) -> int:
    """Count once more, and give the count of this address in this span of so many seconds."""
    span = int(now.timestamp()) // seconds
    key = f"report:{what}:{keyed_digest(purpose=f'{what}:{seconds}:{span}', value=address_of(request))}"
    count = int(cache.get(key, 0)) + 1
    cache.set(key, count, timeout=seconds + _WAIT)
    return count


def too_many(request: HttpRequest) -> HttpResponse:
    """429: try again in a minute; what was written is kept."""
    response = render(request, "report/too_many.html", status=429)
    response["Retry-After"] = str(_WAIT)
    return response
