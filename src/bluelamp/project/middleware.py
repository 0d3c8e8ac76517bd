"""Middleware of the project."""

from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

from bluelamp.project.config import LOOPBACK
from bluelamp.project.front import REFUSED
from bluelamp.project.profiles import room_of
from bluelamp.ui.errors import api_problem, not_taken

# What proxies add, one or another of them.
_FORWARDED = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
REQUEST_ID = "X-Request-Id"


def new_request_id() -> str:
    """32 hexadecimal digits that nobody can guess."""
    return token_hex(16)


def is_outside(environ: Mapping[str, Any]) -> bool:
    """Whether the answer to a request with this environment may leave this machine.

    True where the process listens or answers beyond loopback, where a proxy passed the request on, or where the peer
    is not known to be this machine: RED-LINES 4 exempts specimens on loopback only. On a Unix socket no peer has an
    address, and who is behind it, a proxy most likely, cannot be told. Headers only ever make an answer go outside.
    """
    if settings.BLUELAMP_OUTSIDE or environ.get("REMOTE_ADDR", "") not in LOOPBACK:
        return True
    return any([name.startswith(_FORWARDED) for name in environ])


def outside(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.outside`: whether the answer may leave this machine, so that no specimen edition does."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.__dict__["outside"] = is_outside(request.META)
        return get_response(request)

    return middleware


def content_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send the content security policy of the settings with every answer.

    The library's own middleware builds the same text anew for each answer, because a page might change it. None may
    here: there is no exemption, no nonce, one policy.
    """
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers[HEADER] = policy
        return response

    return middleware


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request an id of our own, which its log lines, audit rows and answer carry."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.__dict__["request_id"] = new_request_id()
        response = get_response(request)
        response[REQUEST_ID] = request.__dict__["request_id"]
        return response

    return middleware


def refused(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Tell the reader that the request was not taken in, or that its answer failed on the way (project/front.py)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        status = request.META.get(REFUSED, 0)
        return not_taken(request, status) if status else get_response(request)

    return middleware


def api_methods(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say in a problem document, as of every error of the API, that it is only read (Django Ninja answers in HTML)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        told = api_problem(405)
        told["Allow"] = response["Allow"]
        return told

    return middleware


class InProfile:
    """Answer 404 at addresses that this process's profile does not serve, as if they were not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and not settings.BLUELAMP_PROFILE.pages:
            # The page for 404 offers search and links, which this profile does not have either.
            return HttpResponse("There is nothing at this address.\n", status=404, content_type="text/plain")
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """Refuse before anything else looks at the request."""
        match = request.resolver_match
        if not match or room_of(view_name=match.view_name) not in settings.BLUELAMP_PROFILE.rooms:
            raise Http404("There is nothing at this address.")


def no_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 400 where an address holds a NUL character, which PostgreSQL's text cannot hold and no name has.

    A cookie that holds one (in quotes it may be written `\\000`) is none of ours and is left out.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL character.")
        return get_response(request)

    return middleware


def private_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keep what a signed-in person saw out of every cache, so that the next one at the machine cannot go back to it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware
