"""A visit to the journey: its cookie, its draft, and what every answer says to browsers.

The cookie ends with the browser, scripts cannot read it, and no other site can make a browser send it. No answer may be
kept by a cache, so that "back" asks us again; after leaving there is nothing to show.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from bluelamp.reporting.domain.question import chosen_language
from bluelamp.reporting.operations import drafts

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True)
class Sitting:
    """The open draft of a request, the secret of its cookie, and the moment."""

    token: str = field(repr=False)
    draft: drafts.OpenDraft
    now: datetime


def kept_out(view: View[P]) -> View[P]:
    """Keep every answer of a view out of caches, search engines and other sites' logs."""

    @wraps(view)
    def marked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return marked


def sitting(view: Callable[Concatenate[HttpRequest, Sitting, P], HttpResponse]) -> View[P]:
    """Give a view the open draft. Without one, or with one that was sent or has rested, the reader is led elsewhere.

    What is posted to a rested draft is still taken: only its writer sees that device, and nothing typed may be lost.
    """

    @kept_out
    @wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        token, now = token_of(request), datetime.now(tz=UTC)
        try:
            draft = drafts.open_draft(token=token, now=now)
            if draft.sent:
                return HttpResponseRedirect(reverse("report:sent"))
            if draft.rested and request.method != "POST":
                return HttpResponseRedirect(reverse("report:away"))
            if request.method == "POST" and draft.language != language():
                draft = drafts.speak(token=token, language=language(), now=now)
            return view(request, Sitting(token, draft, now), *args, **kwargs)
        except drafts.DraftGoneError:
            return gone()

    return opened


def language() -> str:
    """The language of this page."""
    return chosen_language((get_language() or "en")[:2])


def token_of(request: HttpRequest) -> str:
    """The secret that the browser holds; "" for none."""
    return request.COOKIES.get(settings.BLUELAMP_REPORT_COOKIE, "")[:200]


def hold(response: HttpResponse, token: str) -> None:
    """Have the browser hold a secret until it is closed."""
    response.set_cookie(settings.BLUELAMP_REPORT_COOKIE, token, **_cookie())


def let_go(response: HttpResponse) -> None:
    """Have the browser forget the secret."""
    response.set_cookie(settings.BLUELAMP_REPORT_COOKIE, "", max_age=0, **_cookie())


def gone() -> HttpResponse:
    """To the page that says that nothing is open."""
    return HttpResponseRedirect(reverse("report:gone"))


def _cookie() -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "Strict", "secure": settings.BLUELAMP_OUTSIDE}
