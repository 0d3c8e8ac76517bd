"""Public pages are kept ready: one that was made for an edition is the same for every reader of one language.

What is kept is made anew when what it was made from has changed: the edition, makers' replies, the date of the next
edition, the catalogue, the day (advice whose review is late says so). It goes with the process. A page for readers
outside is never one for readers here (`request.outside` is part of its name), so that no specimen leaves the machine.
Answers carry an ETag; `no-cache` makes browsers ask again each time, so that a correction is seen at once.

Who asks again for what stands ready is answered before Django begins (project/kept_answers.py).
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from bluelamp.index.queries import visible_stamp

# Pages made from what `stamp_now` tells apart. One that reads anything else must not stand here.
KEPT_VIEWS = frozenset(
    {"index:home", "index:table", "index:category", "index:product", "index:maker", "index:data", "index:accessibility"}
)
# Where the request's environment tells what stands before Django from which place on which shelf the answer came.
FROM_SHELF = "bluelamp.from-shelf"
_MOST_BYTES = 32_000_000
_LONGEST_QUERY = 200
_QUARTER = 900
Key = tuple[str, str, bool]
Stamp = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    """One page as it was sent, what it was made from, and the view that made it."""

    stamp: Stamp
    match: ResolverMatch
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str


class Shelf:
    """The pages that are kept; what was asked for longest ago goes where they are too many bytes together."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0

    def take(self, key: Key) -> Kept | None:
        """What stands at a place, which is thereby the last to go."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, made: Kept) -> None:
        """In the place of what stood there."""
        old = self._kept.pop(key, None)
        self._bytes += len(made.body) - (len(old.body) if old else 0)
        self._kept[key] = made
        while self._bytes > _MOST_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body)


@dataclass(frozen=True)
class Standing:
    """One page in its place."""

    shelf: Shelf
    key: Key
    kept: Kept


class PublicPages:
    """Django middleware, inside of those that mark, count and secure every answer, outside of everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._shelf = Shelf()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if request.method != "GET" or len(query) > _LONGEST_QUERY:
            return self.get_response(request)
        outside = bool(request.__dict__["outside"])
        key = (request.path_info, query, outside)
        kept = self._shelf.take(key)
        if kept is not None and kept.stamp == stamp_now(outside=outside):
            request.get_host()  # refuses a host that is none of ours, as the way past this would
            request.resolver_match = kept.match
        else:
            response = self.get_response(request)
            kept = _kept(request, response)
            if kept is None:
                return response
            self._shelf.put(key, kept)
        request.META[FROM_SHELF] = Standing(self._shelf, key, kept)
        return _answer(request, kept)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """Note what the page is about to be made from: what changes meanwhile must not be taken for it."""
        match = request.resolver_match
        if match and match.view_name in KEPT_VIEWS and request.method == "GET":
            request.__dict__["stamp"] = stamp_now(outside=bool(request.__dict__["outside"]))


def stamp_now(*, outside: bool) -> Stamp:
    """What a page would be made from at this moment. Asks the database."""
    return visible_stamp(outside=outside), _day(int(time.time() // _QUARTER))


@lru_cache(maxsize=2)
def _day(quarter: int) -> str:
    """The date here in a quarter of an hour since 1970, within which no day begins anywhere."""
    return timezone.localdate(datetime.fromtimestamp(quarter * _QUARTER, tz=UTC)).isoformat()


def _kept(request: HttpRequest, response: HttpResponse) -> Kept | None:
    """What may be kept: a whole page for everybody, that sets no cookie and for which nobody's session was read."""
    stamp, match = request.__dict__.get("stamp"), request.resolver_match
    private = response.cookies or request.session.accessed or "Cache-Control" in response
    if stamp is None or match is None or response.status_code != 200 or response.streaming or private:
        return None
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    return Kept(stamp=stamp, match=match, body=response.content, headers=tuple(response.items()), etag=etag)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    """The page, or that it has not changed (304)."""
    response = HttpResponse(kept.body, headers=dict(kept.headers))
    response["ETag"] = kept.etag
    response["Cache-Control"] = "no-cache" if request.__dict__["outside"] else "private, no-cache"
    found = get_conditional_response(request, etag=kept.etag, response=response)
    return response if found is None else found
