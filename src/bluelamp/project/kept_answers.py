"""Pages that stand ready are answered before Django begins, with what Django itself answered the last time.

Most requests are for a page that somebody has asked for before. Django's way there takes several times as long as the
answer: a request object, eight middlewares, signals. This stands before it and remembers, of each answer that came from
a shelf (project/public_pages.py), its headers. It gives them again, with an id of its own, where Django would come to
the same: the same address, reader's side, scheme, one of our hosts, and the page still what would be made now, which
the database is asked each time. Whatever is not plainly so is left to Django: other methods, other conditions than one
ETag, requests that were not taken in, a database that does not answer. Each answer is counted and has its log line.
"""

import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.http.request import split_domain_port, validate_host

from bluelamp.project.front import REFUSED, Environ
from bluelamp.project.middleware import REQUEST_ID, is_outside, new_request_id
from bluelamp.project.public_pages import FROM_SHELF, Kept, Key, Shelf, Standing, stamp_now
from bluelamp.project.running.observe import answered

Start = Callable[..., Any]
Headers = tuple[tuple[str, str], ...]
Asked = tuple[str, str, bool, str, str]

_STATUS = {200: "200 OK", 304: "304 Not Modified"}
# Conditions that need more than a look at one ETag.
_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_MODIFIED_SINCE")
_SCHEMES = frozenset({"", "http", "https"})
_MOST = 4096
_LONGEST_HOST = 255


@dataclass(frozen=True)
class _Known:
    """One page that stood on a shelf, and the headers with which Django sent it or said that it had not changed."""

    shelf: Shelf
    key: Key
    kept: "weakref.ref[Kept]"  # what the shelf has dropped is not to stay in memory
    heads: dict[int, Headers] = field(default_factory=dict)


class KeptAnswers:
    """A WSGI application before Django's. Called by one thread."""

    def __init__(self, django: Callable[[Environ, Start], Iterable[bytes]]) -> None:
        self._django = django
        self._known: OrderedDict[Asked, _Known] = OrderedDict()

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        started = time.perf_counter()
        asked = _asked(environ)
        if asked is None:
            return self._django(environ, start_response)
        known = self._known.get(asked)
        kept = self._standing(asked, known) if known is not None else None
        if known is None or kept is None:
            return self._from_django(asked, environ, start_response)
        status = _status(environ, kept)
        head = known.heads.get(status)
        if head is None:
            return self._from_django(asked, environ, start_response)
        request_id = new_request_id()
        start_response(_STATUS[status], [*head, (REQUEST_ID, request_id)])
        route, seconds = kept.match.view_name, time.perf_counter() - started
        answered(request_id=request_id, route=route, method="GET", status=status, seconds=seconds)
        return [kept.body] if status == 200 else []

    def _standing(self, asked: Asked, known: _Known) -> Kept | None:
        """The page, if it still stands in its place and is what would be made now."""
        kept = known.shelf.take(known.key)
        if kept is None or kept is not known.kept():
            return None
        try:
            # As Django does when a request begins: a connection may have ended, or its file be another's by now.
            connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
            return kept if kept.stamp == stamp_now(outside=known.key[2]) else None
        except (DatabaseError, InterfaceError):
            # Django tells the reader; until it has answered again nobody waits twice for a database that is lost.
            self._known.pop(asked, None)
            return None

    def _from_django(self, asked: Asked, environ: Environ, start_response: Start) -> Iterable[bytes]:
        def noting(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            standing = environ.pop(FROM_SHELF, None)
            if standing is not None:
                self._note(asked, standing, int(status[:3]), headers)
            return start_response(status, headers, exc_info)

        return self._django(environ, noting)

    def _note(self, asked: Asked, standing: Standing, status: int, headers: list[tuple[str, str]]) -> None:
        """Remember how Django answered."""
        if status not in _STATUS:
            return
        known = self._known.pop(asked, None)
        if known is None or known.kept() is not standing.kept:
            known = _Known(standing.shelf, standing.key, weakref.ref(standing.kept))
        self._known[asked] = known
        known.heads[status] = tuple((name, value) for name, value in headers if name != REQUEST_ID)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)


def _asked(environ: Environ) -> Asked | None:
    """What an answer depends on, or None where Django has to look at more."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "")
    plain = environ["REQUEST_METHOD"] == "GET" and not environ.get(REFUSED) and scheme in _SCHEMES
    if not plain or not _is_ours(environ.get("HTTP_HOST", "")[: _LONGEST_HOST + 1]):
        return None
    if any([condition in environ for condition in _CONDITIONS]):
        return None
    return environ["PATH_INFO"], environ["QUERY_STRING"], is_outside(environ), scheme, environ["wsgi.url_scheme"]


def _status(environ: Environ, kept: Kept) -> int:
    """200, 304, or 0 where the reader names ETags that Django has to take apart."""
    named = environ.get("HTTP_IF_NONE_MATCH", "")
    if not named:
        return 200
    # A proxy that compresses makes the ETag a weak one; for this question they are the same (RFC 9110, 13.1.2).
    return 304 if named in (kept.etag, f"W/{kept.etag}") else 0


@lru_cache(maxsize=256)
def _is_ours(host: str) -> bool:
    """As HttpRequest.get_host decides it."""
    domain, _port = split_domain_port(host) if len(host) <= _LONGEST_HOST else ("", "")
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
