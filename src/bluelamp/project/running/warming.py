"""Making ready what a first visitor needs, while nobody has asked yet: addresses, templates, the search's index.

It runs once in each web process, beside Django's thread and not in it, so that neither the start nor a request waits
for it; who asks for the same meanwhile waits no longer than if he made it himself. It calls views, not the whole way
through the server: nothing is counted, logged or kept as if somebody had asked. What fails here is told once and
left: the first request meets it again and tells its reader.
"""

import logging
from collections.abc import Callable
from functools import partial
from threading import Thread

from django.conf import settings
from django.db import connections
from django.http import HttpRequest
from django.urls import resolve
from django.utils import translation

_log = logging.getLogger("bluelamp.run")
# In the order in which visitors need them. A search by any word makes the index.
_PAGES = (("/", "", "en"), ("/search", "q=router", "en"), ("/cy/", "", "cy"))


def warm_beside() -> Thread | None:
    """Begin in a thread of its own, which ends by itself and holds nothing up; None where there are no public pages."""
    if "public" not in settings.BLUELAMP_PROFILE.rooms:
        return None
    thread = Thread(target=warm, name="warming", daemon=True)
    thread.start()
    return thread


def warm() -> None:
    """Make what is needed for the pages of a first visit. Never raises."""
    try:
        for path, query, language in _PAGES:
            _quietly(partial(_make, path, query, language))
    finally:
        connections.close_all()


def _make(path: str, query: str, language: str) -> None:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": query}
    # What a reader on this machine would see, which is more than others do; the page goes nowhere.
    request.__dict__["outside"] = False
    with translation.override(language):
        request.resolver_match = found = resolve(path)
        found.func(request, *found.args, **found.kwargs)


def _quietly(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception as failure:  # noqa: BLE001 - whatever it is, a request will meet it and tell its reader
        _log.info("Warming was left undone", extra={"part": type(failure).__name__})
