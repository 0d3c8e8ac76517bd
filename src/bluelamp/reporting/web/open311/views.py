"""The six methods of GeoReport v2."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from bluelamp.kernel.clients.operations import Caller, OtherContentError
from bluelamp.reporting.domain.programs import must_be_said, told
from bluelamp.reporting.domain.question import CHOOSING, Kind, Question
from bluelamp.reporting.operations import programs
from bluelamp.reporting.operations.programs import AnswersError, NoSuchReportError, Told
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import SAID, attributes_of, kinds_of_crime
from bluelamp.reporting.web.open311.forms import JSON, XML, answer, errors
from bluelamp.reporting.web.open311.reading import RefusedError, caller_of, posted
from bluelamp.ui.outages import RETRY_SECONDS, outage_of

View = Callable[..., HttpResponse]
_log = logging.getLogger(__name__)
_NOTICE = "Reference {reference}. With these words the person follows the report; they are not shown again: {words}"
_AGAIN = "Reference {reference}. It had been taken in before under the same key; its words were given then."
# Our states in the two that GeoReport knows.
_OPEN_STATES = frozenset({"received", "registered"})


def method(*methods: str) -> Callable[[View], View]:
    """A view of GeoReport: its errors in the form that was asked for, no forgery check (no session, no cookie)."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, form: str, **arguments: Any) -> HttpResponse:
            if form not in (XML, JSON):
                raise Http404("There is nothing at this address.")
            if request.method not in methods:
                made = errors(form=form, status=405, sentences=[f"This address takes {' and '.join(methods)}."])
                made["Allow"] = ", ".join(methods)
                return made
            try:
                return view(request, form=form, **arguments)
            except RefusedError as refused:
                return _refused(form, refused)
            except RequestDataTooBig:
                return errors(form=form, status=413, sentences=["The request is larger than 1 MB."])
            except (TooManyFieldsSent, MultiPartParserError):
                return errors(form=form, status=400, sentences=["This form cannot be read."])
            except DatabaseError as failed:
                if not outage_of(failed):
                    raise
                _log.error("A request to Open311 failed", exc_info=failed)
                return _refused(form, RefusedError(503, "Nothing was saved. Try again later.", wait=RETRY_SECONDS))

        return wrapped

    return decorate


def _refused(form: str, refused: RefusedError) -> HttpResponse:
    made = errors(form=form, status=refused.status, sentences=refused.sentences)
    if refused.wait:
        made["Retry-After"] = str(refused.wait)
    return made


@method("GET", "HEAD")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Where the interface is and what it speaks. Everyone may ask."""
    here = request.build_absolute_uri("./").rstrip("/")
    content = {
        "changeset": "2026-11-28T00:00:00Z",
        "contact": "See the website of the police force that runs this service.",
        "key_service": "Keys are given by the administrators of this service.",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": here,
                "changeset": "2026-11-28T00:00:00Z",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer(form=form, root="discovery", content=content)


@method("GET", "HEAD")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """The kinds of crime."""
    caller_of(request, scope="", now=datetime.now(tz=UTC))
    shelf = questions()
    words = shelf.by_id["what-happened"].wording[_language(request)]
    listed = [
        {
            "service_code": code,
            "service_name": words.options[code],
            "description": words.option_hints.get(code, "") or words.options[code],
            "metadata": True,
            "type": "blackbox",
            "keywords": "",
            "group": "",
        }
        for code in kinds_of_crime(shelf)
    ]
    return answer(form=form, root="services", content=listed)


@method("GET", "HEAD")
def service(request: HttpRequest, *, form: str, code: str) -> HttpResponse:
    """What a kind of crime asks."""
    caller_of(request, scope="", now=datetime.now(tz=UTC))
    shelf = questions()
    if code not in kinds_of_crime(shelf):
        raise RefusedError(404, "There is no such service.")
    found = attributes_of(shelf, service=code)
    listed = [_attribute(q, number, _language(request)) for number, q in enumerate(found, 1)]
    content = {"service_code": code, "attributes": listed}
    return answer(form=form, root="service_definition", content=content)


@method("GET", "HEAD", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """POST: send a report. GET: none, because every service is blackbox."""
    now = datetime.now(tz=UTC)
    if request.method == "POST":
        return _send(request, form, now)
    caller_of(request, scope="", now=now)
    return answer(form=form, root="service_requests", content=[])


@method("GET", "HEAD", "POST")
def one_request(request: HttpRequest, *, form: str, reference: str) -> HttpResponse:
    """One report: that it is open, and since when. With its words (header, or a field of a POST) its state."""
    now = datetime.now(tz=UTC)
    caller = caller_of(request, scope="reports:status", now=now)
    if "words" in request.GET:
        raise RefusedError(
            400, "Send words in a header (X-Report-Words) or in a POST, not in the address: logs keep it."
        )
    words = request.headers.get("X-Report-Words", "") or (
        request.POST.get("words", "") if request.method == "POST" else ""
    )
    try:
        found = programs.state_by_words(reference=reference, words=words) if words else _own(caller, reference)
    except NoSuchReportError as nothing:
        raise RefusedError(404, "There is no such request.") from nothing
    content = [_shown(found, known=bool(words))]
    return answer(form=form, root="service_requests", content=content)


@method("GET", "HEAD")
def token(request: HttpRequest, *, form: str, token: str) -> HttpResponse:
    """The id of a request by its token. We give ids at once, so a token is the id."""
    found = _own(caller_of(request, scope="reports:status", now=datetime.now(tz=UTC)), token, error="token")
    content = [{"service_request_id": found.reference, "token": found.reference}]
    return answer(form=form, root="service_requests", content=content)


def _send(request: HttpRequest, form: str, now: datetime) -> HttpResponse:
    caller = caller_of(request, scope="reports:send", now=now)
    shelf = questions()
    given = posted(request, shelf=shelf, service_codes=kinds_of_crime(shelf))
    try:
        sent, _ = programs.send_for(
            caller=caller, raw=given.raw, language=given.language, fill=True, key=given.key, channel="open311", now=now
        )
    except AnswersError as wrong:
        sentences = [
            f"{one.question}: {told(shelf=shelf, wrong=one, language=given.language)}" for one in wrong.read.wrong
        ]
        raise RefusedError(400, *sentences) from wrong
    except OtherContentError as other:
        raise RefusedError(409, "Something else was sent under this Idempotency-Key before.") from other
    notice = (_NOTICE if sent.words else _AGAIN).format(reference=sent.report.reference, words=" ".join(sent.words))
    content = [
        {
            "service_request_id": sent.report.reference,
            "service_notice": notice,
            "account_id": None,
            "words": " ".join(sent.words),
        }
    ]
    return answer(form=form, root="service_requests", content=content, status=201)


def _own(caller: Caller, reference: str, error: str = "request") -> Told:
    """A report that this program sent itself: others' references open nothing."""
    try:
        return programs.own_by_reference(client=caller.audit_id, reference=reference)
    except NoSuchReportError as nothing:
        raise RefusedError(404, f"There is no such {error}.") from nothing


def _shown(found: Told, *, known: bool) -> dict[str, Any]:
    """Never text, place or media. `status_notes` holds our own state, for who has the words."""
    state = found.state if known else "received"
    return {
        "service_request_id": found.reference,
        "status": "open" if state in _OPEN_STATES else "closed",
        "status_notes": state if known else "",
        "requested_datetime": found.received_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def _attribute(question: Question, order: int, language: str) -> dict[str, Any]:
    words = question.wording[language]
    kinds = {Kind.CHOICE: "singlevaluelist", Kind.CHOICES: "multivaluelist", Kind.DATE: "datetime", Kind.TEXT: "text"}
    made: dict[str, Any] = {
        "variable": True,
        "code": question.id,
        "datatype": kinds.get(question.kind, "string"),
        # What hangs on other answers cannot be required of everyone.
        "required": question.id in SAID[:2],
        "datatype_description": words.hint,
        "order": order,
        "description": words.label,
    }
    if question.kind in CHOOSING:
        codes = question.options if must_be_said(question) else (*question.options, "not-sure")
        made["values"] = [{"key": code, "name": words.options.get(code, words.not_sure or code)} for code in codes]
    return made


def _language(request: HttpRequest) -> str:
    return "cy" if request.GET.get("locale", "")[:2] == "cy" else "en"
