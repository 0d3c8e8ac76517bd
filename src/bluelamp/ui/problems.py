"""Errors of our APIs as problem documents (RFC 9457)."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from bluelamp.ui.errors import api_problem, unavailable
from bluelamp.ui.outages import outage_of

_log = logging.getLogger(__name__)


class ProblemError(Exception):
    """An answer of an API that is an error: its status, what is wrong, further members, headers."""

    def __init__(self, status: int, detail: str, *, headers: dict[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.members = status, detail, headers or {}, members


def register_problem_handlers(api: NinjaAPI) -> None:
    """Make every error of an API a problem document; a failure of our own is logged and tells nothing of the inside."""
    for kind in (Http404, HttpError, ValidationError, ProblemError, Exception):
        api.add_exception_handler(kind, answer_error)


def answer_error(request: HttpRequest, error: Any) -> HttpResponse:
    """The problem document for one exception."""
    if isinstance(error, ProblemError):
        answer = api_problem(error.status, error.detail, **error.members)
        for name, value in error.headers.items():
            answer[name] = value
        return answer
    if isinstance(error, Http404):
        return api_problem(404, str(error) or "There is nothing at this address.")
    if isinstance(error, ValidationError):
        return api_problem(422, "; ".join(map(_sentence, error.errors)))
    if isinstance(error, HttpError):
        return _http_error(error)
    if isinstance(error, RequestDataTooBig):
        return api_problem(413)
    _log.error("A request to the API failed", exc_info=error)
    if outage_of(error):
        return unavailable(request)
    return api_problem(500, "The request failed on our side. Try again later.")


def _http_error(error: HttpError) -> HttpResponse:
    answer = api_problem(error.status_code, str(error))
    if error.status_code == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _sentence(error: dict[str, Any]) -> str:
    return f"{error['loc'][-1]}: {error['msg']}"
