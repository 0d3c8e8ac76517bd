"""An open tracking page: its cookie, and what every answer says to browsers.

The cookie ends with the browser, scripts cannot read it, and no other site can make a browser send it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bluelamp.reporting.operations import following
from bluelamp.reporting.operations.following import Following
from bluelamp.reporting.web.journey_sitting import View, kept_out

P = ParamSpec("P")


@dataclass(frozen=True)
class At:
    """Where a request is: the page that is open, and the moment."""

    follow: Following
    now: datetime


def followed(view: Callable[Concatenate[HttpRequest, At, P], HttpResponse]) -> View[P]:
    """Give a view the open page; without one the reader is asked for the words."""

    @kept_out
    @wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        now = datetime.now(tz=UTC)
        try:
            at = At(following.following(token=token_of(request), now=now), now)
        except following.NotFollowedError:
            return to("follow")
        try:
            return view(request, at, *args, **kwargs)
        except following.NotFullError:
            # What the words alone do not open is not there, whatever it is.
            return to("following")

    return opened


def to(name: str) -> HttpResponse:
    """To another of these pages."""
    return HttpResponseRedirect(reverse(f"report:{name}"))


def cookie_name() -> str:
    """The name of the cookie; beyond this machine one that only we can set."""
    return "__Host-bluelamp-follow" if settings.BLUELAMP_OUTSIDE else "bluelamp-follow"


def token_of(request: HttpRequest) -> str:
    """The secret that the browser holds; "" for none."""
    return request.COOKIES.get(cookie_name(), "")[:200]


def hold(response: HttpResponse, token: str) -> None:
    """Have the browser hold a secret until it is closed."""
    response.set_cookie(cookie_name(), token, **_cookie())


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Close the page of this browser and have it forget the secret. The exit link calls this too."""
    if token_of(request):
        following.leave(token=token_of(request))
        response.set_cookie(cookie_name(), "", max_age=0, **_cookie())


def _cookie() -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "Strict", "secure": settings.BLUELAMP_OUTSIDE}
