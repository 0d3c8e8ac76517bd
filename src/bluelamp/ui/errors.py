"""Pages for what goes wrong. They need no database; those for failures of our own need no request either."""

import json
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from bluelamp.ui.outages import RETRY_SECONDS, outage_of

_API = "/api/"
_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "The request took too long to arrive",
    409: "In conflict with what was sent before",
    413: "The request is too large",
    422: "A value cannot be used",
    429: "Too many requests",
    500: "Server error",
    503: "Not available now",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: this page is not for this reader."""
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is nothing at this address."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our own failure; 503 where the database or the disk is gone (Django calls this while it handles the error).

    In both languages, from no context, so that nothing else can fail.
    """
    if outage_of(sys.exc_info()[1]):
        return unavailable(request)
    if request.path.startswith(_API):
        return api_problem(500)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database or the disk is gone; nothing was saved."""
    if request.path.startswith(_API):
        response = api_problem(503)
    else:
        response = HttpResponse(render_to_string("errors/503.html"), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def not_taken(request: HttpRequest, status: int) -> HttpResponse:
    """408 or 413: the request did not arrive in time or is too large; nothing was saved. 500 and 503 as above."""
    if status == 503:
        return unavailable(request)
    if status == 500:
        return server_error(request)
    response = _answer(request, status)
    response["Cache-Control"] = "no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came from another site or from an old page."""
    return render(request, "errors/form.html", status=403)


def api_problem(status: int, detail: str = "", **members: Any) -> HttpResponse:
    """An error of the API as a problem document (RFC 9457); `detail` says what is wrong with this request."""
    body: dict[str, Any] = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status}
    if detail:
        body["detail"] = detail
    body |= members
    return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith(_API):
        return api_problem(status)
    return render(request, f"errors/{status}.html", status=status)
