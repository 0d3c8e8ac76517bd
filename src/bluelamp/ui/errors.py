"""Pages for what goes wrong. They need no database; the one for a failure of our own needs no request either."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

_API = "/api/"
_TITLES = {400: "Bad request", 401: "Not signed in", 403: "Forbidden", 404: "Not found", 500: "Server error"}


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
    """500: our own failure. In both languages, from no context, so that nothing else can fail."""
    if request.path.startswith(_API):
        return _problem(500)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came from another site or from an old page."""
    return render(request, "errors/form.html", status=403)


def api_problem(status: int) -> HttpResponse:
    """A refusal of the API as a problem document (RFC 9457)."""
    return _problem(status)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith(_API):
        return _problem(status)
    return render(request, f"errors/{status}.html", status=status)


def _problem(status: int) -> HttpResponse:
    body = json.dumps({"type": "about:blank", "title": _TITLES[status], "status": status})
    return HttpResponse(body, status=status, content_type="application/problem+json")
