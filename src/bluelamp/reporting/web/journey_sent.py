"""The page after sending: reference, words, what happens next, advice."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bluelamp.kernel.advice.queries import Shown, advice_for, helplines
from bluelamp.reporting.domain.references import WordsError, spoken
from bluelamp.reporting.domain.routing import body_name
from bluelamp.reporting.facts import routes, word_list
from bluelamp.reporting.operations import drafts, following
from bluelamp.reporting.operations.sending import WORDS_SHOWN
from bluelamp.reporting.queries.sent import SentReport, sent_report
from bluelamp.reporting.questions import questions
from bluelamp.reporting.web.follow_settings import own_word_problem
from bluelamp.reporting.web.journey_advice import reading_now
from bluelamp.reporting.web.journey_sitting import gone, kept_out, language, let_go, token_of

_MOST_TEXTS = 3
_DECIDED = timedelta(hours=24)  # a crime that is known is recorded within this time (Home Office Counting Rules)


@require_http_methods(["GET", "HEAD", "POST"])
@kept_out
def sent(request: HttpRequest) -> HttpResponse:
    """What was taken in, and the words that open it: readable here for an hour, or until the person is done."""
    token, now = token_of(request), datetime.now(tz=UTC)
    try:
        draft = drafts.open_draft(token=token, now=now)
    except drafts.DraftGoneError:
        return gone()
    if draft.sent is None:
        return gone()
    report = sent_report(report=draft.sent)
    if request.method == "POST" and "done" in request.POST:
        drafts.leave(token=token)
        response = gone()
        let_go(response)
        return response
    own = _own_word(request, draft, now) if request.POST.get("act") == "own-word" else _retyped(request, draft.words)
    return render(request, "report/sent.html", {**_context(report, draft), **own})


def _own_word(request: HttpRequest, draft: drafts.OpenDraft, now: datetime) -> dict[str, Any]:
    """Set a word of the reporter's own: for who may be watched the only way to read more than "received"."""
    try:
        following.set_own_word(report=cast("UUID", draft.sent), word=request.POST.get("own-word", ""), now=now)
    except following.OwnWordError as told:
        return {"own_problem": own_word_problem(told.code)}
    return {"own_word_set": True}


def _context(report: SentReport, draft: drafts.OpenDraft) -> dict[str, Any]:
    return {
        "report": report,
        "report_id": draft.sent,
        "spoken": spoken(report.reference, language=language()),
        "recovery": draft.words,
        "words_until": report.received_at + WORDS_SHOWN,
        "body": body_name(routes=routes(), body=report.body, language=language()),
        "recorded_by": report.received_at + _DECIDED,
        "kept_months": round(questions().retentions["report"].days / 30.4),
        "advice": _advice(report),
        "lines": helplines(language=language()) if report.watched or "abuse" in report.duties else (),
        "may_take": report.may_take_receipt,
        "watching": reading_now(scope=report.scope) if "danger" in report.duties else None,
    }


def _advice(report: SentReport) -> list[Shown]:
    """For the devices first, then for what happened; each text once."""
    safe = report.watched or "abuse" in report.duties
    asked: list[dict[str, str]] = [{"product_key": key} for key in report.products]
    asked += [{"crime": kind} for kind in report.kinds]
    found: dict[str, Shown] = {}
    for one in asked:
        texts = advice_for(**one, abuse_safe=safe, language=language(), today=timezone.localdate())
        found.update({text.code: text for text in texts if text.code not in found})
    return list(found.values())[:_MOST_TEXTS]


def _retyped(request: HttpRequest, words: tuple[str, ...]) -> dict[str, Any]:
    """Whether the words that somebody types to make sure of them are the ones."""
    if request.method != "POST":
        return {"typed": ""}
    typed = request.POST.get("words", "")
    try:
        right = word_list().read(typed) == words
    except WordsError:
        right = False
    return {"right": right, "wrong": not right, "typed": typed}
