"""Error pages: plain words, what to do next, never a stack trace."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

PROBLEM_TYPE = "application/problem+json"


def _error(request: HttpRequest, *, status: HTTPStatus, title: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": text}
        return JsonResponse(body, status=status.value, content_type=PROBLEM_TYPE)
    return render(request, "ui/error.html", {"title": title, "text": text}, status=status.value)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    text = _("Something in the address cannot be understood. Go back, or start at the home page.")
    return _error(request, status=HTTPStatus.BAD_REQUEST, title=_("We could not understand that"), text=text)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    text = _("You cannot open this page. If you think you should, ask the person who runs this service.")
    return _error(request, status=HTTPStatus.FORBIDDEN, title=_("You cannot open this page"), text=text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    text = _("Check the address, or search for your device on the home page.")
    return _error(request, status=HTTPStatus.NOT_FOUND, title=_("Page not found"), text=text)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    text = _("Nothing you did caused this. Try again in a few minutes.")
    return _error(request, status=HTTPStatus.INTERNAL_SERVER_ERROR, title=_("Something went wrong here"), text=text)
