"""Errors of the API as problem documents (RFC 9457)."""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from bluelamp.index.web.schemas import Problem
from bluelamp.ui.errors import unavailable
from bluelamp.ui.outages import outage_of

_log = logging.getLogger(__name__)
_TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    422: "A value cannot be used",
    500: "Server error",
}


def problem(*, status: int, detail: str) -> HttpResponse:
    """One problem document."""
    body = Problem(type="about:blank", title=_TITLES.get(status, "Error"), status=status, detail=detail)
    return HttpResponse(body.model_dump_json(), status=status, content_type="application/problem+json")


def register_problem_handlers(api: NinjaAPI) -> None:
    """Make every error of an API a problem document; a failure of our own is logged and tells nothing of the inside."""
    for kind in (Http404, HttpError, ValidationError, Exception):
        api.add_exception_handler(kind, answer_error)


def answer_error(request: HttpRequest, error: Any) -> HttpResponse:
    """The problem document for one exception."""
    if isinstance(error, Http404):
        return problem(status=404, detail=str(error) or "There is nothing at this address.")
    if isinstance(error, ValidationError):
        return problem(status=422, detail="; ".join(map(_sentence, error.errors)))
    if isinstance(error, HttpError):
        return problem(status=error.status_code, detail=str(error))
    _log.error("A request to the API failed", exc_info=error)
    if outage_of(error):
        return unavailable(request)
    return problem(status=500, detail="The request failed on our side. Try again later.")


def _sentence(error: dict[str, Any]) -> str:
    return f"{error['loc'][-1]}: {error['msg']}"
