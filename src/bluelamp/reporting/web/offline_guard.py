"""Who may hand in a report without a cookie, and how much comes from one address."""

from enum import Enum
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest

from bluelamp.reporting.operations.digests import keyed_digest
from bluelamp.reporting.web.journey_counting import address_of

HEADER = "X-Bluelamp-Offline"
WINDOW_SECONDS = 600
# A household or a library shares one address: above the first number reports wait behind others and lose nothing;
# above the second the device is asked to come back, and keeps its report.
MANY, TOO_MANY = 10, 120


class Pressure(Enum):
    """How much came from one address within the window."""

    NONE = "none"
    BURST = "burst"
    STOP = "stop"


def same_origin(request: HttpRequest) -> bool:
    """Whether a page of ours made the request.

    There is no cookie that a forged request could ride on. Still another site must not use its readers' browsers to
    hand in reports: it can set neither our header without being asked first, nor the headers that browsers set.
    """
    if HEADER not in request.headers:
        return False
    origin, fetch_site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site != "same-origin":
        return False
    if origin is None:
        return fetch_site is not None
    parts = urlsplit(origin)
    return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())


def pressure(request: HttpRequest) -> Pressure:
    """Count this request to its address, of which only a keyed hash is kept, for ten minutes."""
    key = f"report-offline:{keyed_digest(purpose='report-address', value=address_of(request))}"
    cache.add(key, 0, timeout=WINDOW_SECONDS)
    try:
        count = cache.incr(key)
    except ValueError:  # it expired in between
        return Pressure.NONE
    if count > TOO_MANY:
        return Pressure.STOP
    return Pressure.BURST if count > MANY else Pressure.NONE
