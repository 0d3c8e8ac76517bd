"""Reports written without a connection: the page, its questions, its service worker, and taking in what it sends.

Nothing here reads or sets a cookie: the page is the same for everybody, and a report is handed in under its own id.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from bluelamp.reporting.domain.checking import sentence
from bluelamp.reporting.domain.offline import Trouble
from bluelamp.reporting.facts import offline_words
from bluelamp.reporting.operations.offline import Taken, TooLongError, Written, take_in_written
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.offline_guard import WINDOW_SECONDS, Pressure, pressure, same_origin
from bluelamp.reporting.web.offline_shelf import packed
from bluelamp.reporting.web.offline_shell import shell

LARGEST_BODY = 900_000
_MOST_PAGES = 300
_KEY = re.compile(r"^[A-Za-z0-9_-]{43}$", re.ASCII)


class UnreadableError(ValueError):
    """What was sent has another form."""


@require_safe
def page(_request: HttpRequest) -> HttpResponse:
    """The page: an explanation with the way to the usual report; its scripts make it work without a connection."""
    response = HttpResponse(shell().page)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def shelf(_request: HttpRequest, version: str) -> HttpResponse:
    """The questions in both languages. The address names their version, so it may be kept for good."""
    if version != packed().version:
        raise Http404("There are other questions now.")
    response = HttpResponse(packed().body, content_type="application/json")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker. It serves the page only, as the browser allows for its address."""
    response = HttpResponse(shell().worker, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """How the page looks when it is put on a home screen."""
    response = HttpResponse(shell().manifest, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt  # there is no cookie to forge with; same_origin asks for more than a form of another site can send
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Take in a report as JSON: `draft`, `words_key`, `language`, `fields`, `days`.

    200 with the reference and words; 422 with a sentence for each page to change; 400, 403, 413 where it cannot be
    read; 429 where the device should come back later. What was not taken in stays on the device.
    """
    if not same_origin(request) or request.content_type != "application/json":
        return _told({"state": "not-ours"}, status=403)
    pressed = pressure(request)
    if pressed is Pressure.STOP:
        response = _told({"state": "later"}, status=429)
        response["Retry-After"] = str(WINDOW_SECONDS)
        return response
    try:
        written = _written(_json(request))
    except UnreadableError:
        return _unread("send_unreadable", "en", status=400)
    except RequestDataTooBig:
        return _unread("send_too_much", "en", status=413)
    try:
        found = take_in_written(written=written, burst=pressed is Pressure.BURST, now=datetime.now(tz=UTC))
    except TooLongError:
        return _unread("send_too_much", written.language, status=413)
    if isinstance(found, Taken):
        return _told({"state": "sent", "reference": found.reference, "words": list(found.words), "same": found.same})
    problems = [_problem(trouble, written.language) for trouble in found.troubles]
    return _told({"state": "refused", "problems": problems, "questions": packed().version}, status=422)


def _told(content: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _unread(key: str, language: str, *, status: int) -> HttpResponse:
    problem = {"question": "", "field": "", "sentence": offline_words()[language][key]}
    return _told({"state": "refused", "problems": [problem], "questions": packed().version}, status=status)


def _problem(trouble: Trouble, language: str) -> dict[str, str]:
    if trouble.problem is None:
        text = str(offline_words()[language]["send_missing"])
        return {"question": trouble.question, "field": "", "sentence": text}
    question = questions().by_id[trouble.question]
    text = sentence(shelf=questions(), question=question, problem=trouble.problem, language=language)
    return {"question": trouble.question, "field": trouble.problem.field, "sentence": text}


def _json(request: HttpRequest) -> dict[str, Any]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise RequestDataTooBig
    try:
        held = json.loads(request.body)
    except (ValueError, RecursionError) as problem:
        raise UnreadableError("no JSON") from problem
    if not isinstance(held, dict):
        raise UnreadableError("no object")
    return held


def _written(held: Mapping[str, Any]) -> Written:
    key, language = held.get("words_key"), held.get("language")
    if not isinstance(key, str) or not _KEY.match(key) or language not in ("en", "cy"):
        raise UnreadableError("no key or language")
    try:
        draft = UUID(str(held.get("draft")))
        days = {str(name): date.fromisoformat(day) for name, day in dict(held.get("days") or {}).items()}
    except (ValueError, TypeError) as problem:
        raise UnreadableError("no id or days") from problem
    return Written(draft, base64.urlsafe_b64decode(key + "="), language, _fields(held.get("fields")), days)


def _fields(raw: object) -> dict[str, dict[str, list[str]]]:
    if not isinstance(raw, dict) or len(raw) > _MOST_PAGES:
        raise UnreadableError("no fields")
    return {str(name): _page(fields) for name, fields in raw.items()}


def _page(raw: object) -> dict[str, list[str]]:
    if not isinstance(raw, dict) or len(raw) > _MOST_PAGES:
        raise UnreadableError("no fields of a page")
    for texts in raw.values():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UnreadableError("a field that is no list of texts")
    return raw
