"""The API with which programs send reports: a key, no session, no cookie. Closed unless it is switched on."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from ninja import Header, Path, Query, Router
from ninja.responses import Status
from ninja.security import HttpBearer

from bluelamp.kernel.clients import operations as clients
from bluelamp.kernel.clients.operations import Caller, OtherContentError
from bluelamp.reporting.domain.describing import described
from bluelamp.reporting.domain.programs import Wrong, told
from bluelamp.reporting.operations import programs
from bluelamp.reporting.operations.programs import AnswersError, NoSuchReportError
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web import api_schemas as schemas
from bluelamp.ui.problems import ProblemError

router = Router(tags=["Reports"])
ROWS_FOR_A_USE = 10
# One thread answers everybody: what is not reached in this time is sent again.
SECONDS = 8.0
clock: Callable[[], float] = time.monotonic
KEEP = "Pass reference and words on to the person, and keep the words nowhere. They are not shown again."
AGAIN = "This report was taken in before under the same key. Its words were given then, and are not kept here."
_OTHER = "Something else was sent under this Idempotency-Key before. Use a new key for another report."
_PROBLEMS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 429), schemas.Problem)
_SENDING: dict[Any, Any] = {**_PROBLEMS, **dict.fromkeys((409, 413, 422), schemas.Problem)}
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=90,
        pattern=r"^[!-~]+$",
        description="A key of your own for this report: sent again under it, it stays one report.",
    ),
]


class Bearer(HttpBearer):
    """The key of a program as `Authorization: Bearer bl_...`."""

    openapi_description = "The key of a program (`bluelamp clients add`)."

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, _request: HttpRequest, token: str) -> Caller:
        """The program. Raises ProblemError: 401, 403, 429."""
        try:
            return clients.admit(key=token, scope=self.scope, now=datetime.now(tz=UTC))
        except clients.KeyRefusedError as refused:
            raise ProblemError(401, str(refused), headers={"WWW-Authenticate": "Bearer"}) from refused
        except clients.ScopeRefusedError as refused:
            raise ProblemError(403, f"This program may not do that: it lacks {refused.scope}.") from refused
        except clients.TooOftenError as refused:
            raise _slow_down(refused) from refused


def _slow_down(refused: clients.TooOftenError) -> ProblemError:
    return ProblemError(429, str(refused), headers={"Retry-After": str(refused.seconds)})


@router.get(
    "/reports/questions",
    response={200: schemas.ShelfOut, **_PROBLEMS},
    auth=Bearer(),
    summary="The questions",
    description="Every question in order with its words in English and Welsh, so that you can build a form that asks "
    "the same. Show each question's `why` and `kept`, and ask the first ones first: they are about safety.",
)
def report_questions(request: HttpRequest) -> Any:  # noqa: ARG001
    """The shelf."""
    return described(shelf=questions())


@router.post(
    "/reports",
    response={200: schemas.SentOut, 201: schemas.SentOut, **_SENDING},
    auth=Bearer("reports:send"),
    summary="Send a report",
    description="201 with the reference and the words, once. The same again under the same key: 200, without words.",
)
def send_report(request: HttpRequest, body: schemas.ReportIn, idempotency_key: Key) -> Any:
    """Take one report in."""
    try:
        sent, read = programs.send_for(
            caller=_caller(request),
            raw=_raw(body),
            language=body.language,
            fill=body.unanswered == "not-sure",
            key=idempotency_key,
            now=datetime.now(tz=UTC),
        )
    except AnswersError as wrong:
        listed = _listed(wrong, body.language)
        raise ProblemError(422, "Some answers cannot be used: see `problems`.", problems=listed) from wrong
    except OtherContentError as other:
        raise ProblemError(409, _OTHER) from other
    again = not sent.words
    out = {
        "reference": sent.report.reference,
        "words": " ".join(sent.words),
        "again": again,
        "aside": list(read.aside),
        "note": AGAIN if again else KEEP,
    }
    return Status(200 if again else 201, out)


@router.post(
    "/reports/bulk",
    response={200: schemas.ManyOut, **_SENDING},
    auth=Bearer("reports:send"),
    summary="Send many reports",
    description="Up to 500. Good rows are taken in and bad ones told, each by itself, in their order. Rows that time "
    "did not reach are `not-tried`: send the same again under the same key, and nothing is taken in twice. Keep the "
    "words of each answer: a row that is `again` has none.",
)
def send_many(request: HttpRequest, body: schemas.ManyIn, idempotency_key: Key) -> Any:
    """Take rows in until all are done or the time is over."""
    caller, began, rows = _caller(request), clock(), []
    try:
        cost = len(body.reports) // ROWS_FOR_A_USE
        if cost:
            clients.charge(client_id=caller.id, cost=cost, now=datetime.now(tz=UTC))
    except clients.TooOftenError as refused:
        raise _slow_down(refused) from refused
    for number, report in enumerate(body.reports, 1):
        late = clock() - began > SECONDS
        row = {"outcome": "not-tried"} if late else _row(caller, report, f"{idempotency_key}:{number}")
        rows.append({"row": number, **row})
    outcomes = [row["outcome"] for row in rows]
    counts = {name: outcomes.count(name) for name in ("taken", "again")}
    refused_rows = outcomes.count("refused") + outcomes.count("conflict")
    return {**counts, "refused": refused_rows, "not_tried": outcomes.count("not-tried"), "rows": rows}


@router.get(
    "/reports",
    response={200: schemas.OwnOut, **_PROBLEMS, 422: schemas.Problem},
    auth=Bearer("reports:read-own"),
    summary="What this program sent",
    description="Reference, plain state and time of each report that this program sent, newest first. Nothing else.",
)
def own_reports(
    request: HttpRequest,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """One page."""
    found = Paginator(programs.sent_by(client=_caller(request).audit_id), per_page)
    rows = found.page(page) if page <= found.num_pages else []
    told_rows = [programs.told_of(report).__dict__ for report in rows]
    return {"total": found.count, "page": page, "pages": found.num_pages, "reports": told_rows}


@router.post(
    "/reports/{reference}/status",
    response={200: schemas.StateOut, **_PROBLEMS, 413: schemas.Problem, 422: schemas.Problem},
    auth=Bearer("reports:status"),
    summary="How a report stands",
    description="The plain state of the report that has this reference and these words. 404 does not tell which is "
    "wrong.",
)
def report_status(
    request: HttpRequest,  # noqa: ARG001
    reference: Annotated[str, Path(max_length=60, pattern=schemas.NO_NUL)],
    body: schemas.WordsIn,
) -> Any:
    """The state, by the words."""
    try:
        return programs.state_by_words(reference=reference, words=body.words).__dict__
    except NoSuchReportError as nothing:
        raise ProblemError(404, str(nothing)) from nothing


def _row(caller: Caller, report: schemas.ReportIn, key: str) -> dict[str, Any]:
    fill, now = report.unanswered == "not-sure", datetime.now(tz=UTC)
    try:
        sent, _ = programs.send_for(
            caller=caller, raw=_raw(report), language=report.language, fill=fill, key=key, now=now
        )
    except AnswersError as wrong:
        return {"outcome": "refused", "problems": _listed(wrong, report.language)}
    except OtherContentError:
        return {"outcome": "conflict"}
    outcome = "taken" if sent.words else "again"
    return {"outcome": outcome, "reference": sent.report.reference, "words": " ".join(sent.words)}


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.__dict__["auth"]
    return caller


def _raw(report: schemas.ReportIn) -> dict[str, object]:
    held: dict[str, object] = report.model_dump(exclude_unset=True)["answers"]
    return held


def _listed(error: AnswersError, language: str) -> list[dict[str, str]]:
    return [listed(wrong, language) for wrong in error.read.wrong]


def listed(wrong: Wrong, language: str) -> dict[str, str]:
    """One problem as JSON."""
    return {
        "question": wrong.question,
        "field": wrong.problem.field,
        "code": wrong.problem.code,
        "sentence": told(shelf=questions(), wrong=wrong, language=language),
    }
