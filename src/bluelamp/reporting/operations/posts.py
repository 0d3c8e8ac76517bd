"""What a reporter writes after sending: message, addition, correction, complaint, a wish to be rung, taking it back.

Nothing that was sent is ever changed: a correction stands beside it. Nothing that is written is lost: on a report that
is closed it makes work for a person.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import ReporterWrote
from bluelamp.kernel.outbox.operations import announce
from bluelamp.reporting.domain.flagging import raised_by_words
from bluelamp.reporting.domain.life import is_closed, may_become
from bluelamp.reporting.domain.references import WORDS
from bluelamp.reporting.domain.tidying import LONGEST_RAW, plain_form, tidy
from bluelamp.reporting.facts import signals, word_list
from bluelamp.reporting.models import Decision, Duty, Post, Report
from bluelamp.reporting.operations.danger_reading import raise_by_model
from bluelamp.reporting.operations.digests import words_digest
from bluelamp.reporting.operations.flags import raise_on
from bluelamp.reporting.operations.following import Following
from bluelamp.reporting.operations.steps import (
    CALL_BACK,
    COMPLAINT,
    TOOK_BACK,
    WROTE_AGAIN,
    add_duty,
    add_step,
    seal_post,
)

LONGEST = 5_000
WRITTEN = ("message", "addition", "correction", "complaint")
_QUIET = ("message",)
_ACTS = {
    "message": "wrote",
    "addition": "added",
    "correction": "corrected",
    "complaint": "complained",
    "withdrawal": "took-back",
}
_MOST_TRIES = 12


class TextError(ValueError):
    """A text that cannot be taken; `code` is `empty`, `long`, `words` (it holds the words) or `kind`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def write(*, follow: Following, kind: str, text: str, about: str = "", now: datetime) -> Post:
    """Keep what the reporter writes. `about`: the answer that a correction is for.

    Whoever has only the words may write a message. Raises TextError, NotFullError.
    """
    if kind not in WRITTEN:
        raise TextError("kind")
    if kind not in _QUIET:
        follow.require_full()
    return _keep(follow=follow, kind=kind, text=text, extra={"about": about} if about else {}, now=now)


def ask_for_call(*, follow: Following, text: str, now: datetime) -> Post:
    """The reporter asks to be rung, and says when and on which number it is safe. Raises TextError."""
    return _keep(follow=follow, kind="message", text=text, extra={"call": "yes"}, now=now)


def withdraw(*, follow: Following, text: str = "", now: datetime) -> bool:
    """The reporter takes the report back; whether that closed it.

    It closes nothing that is recorded, decided or handed over: there it is kept as a wish. No duty ends by it, and
    where somebody may be watched or in danger, a person looks whether it was really the reporter who wanted it.
    Raises TextError, NotFullError.
    """
    follow.require_full()
    before = Report.objects.only("state").get(pk=follow.report)
    closes = may_become(state=before.state, new="withdrawn")
    _keep(follow=follow, kind="withdrawal", text=text, extra={}, may_be_empty=True, now=now)
    return closes and Report.objects.only("state").get(pk=follow.report).state == "withdrawn"


def may_answer_complaint(*, report: UUID, user: UUID) -> bool:
    """Whether a person may see to a complaint: nobody who decided on the report."""
    return not Decision.objects.filter(report=report, by=user).exists()


def raise_from_text(*, report: Report, text: str, now: datetime) -> None:
    """Look for signs of danger in what a reporter added. Runs inside the transaction that keeps the text."""
    texts = {"post": text}
    raise_on(report=report, raised=raised_by_words(signals=signals(), texts=texts), now=now)
    raise_by_model(report=report, texts=texts, now=now)


def holds_words(*, report: Report, text: str) -> bool:
    """Whether a text holds the words that open this report, one after another."""
    typed = re.findall(r"[^\W\d_]+", plain_form(text))
    known = word_list().known
    runs = [tuple(typed[i : i + WORDS]) for i in range(len(typed) - WORDS + 1)]
    likely = list(dict.fromkeys(run for run in runs if set(run) <= known))
    # Whole sentences of such words are no accident: more than a few runs are not even tried.
    return len(likely) > _MOST_TRIES or any(words_digest(run) == report.words_digest for run in likely)


def _keep(
    *,
    follow: Following,
    kind: str,
    text: str,
    extra: Mapping[str, str],
    may_be_empty: bool = False,
    now: datetime,
) -> Post:
    report = Report.objects.get(pk=follow.report)
    said = _checked(report, text, may_be_empty=may_be_empty)
    sealed = seal_post(report=report, content={"text": said, **extra}, now=now)
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=report.pk)
        post = Post.objects.create(report=row, kind=kind, from_reporter=True, sealed=sealed, role=follow.role, at=now)
        act = "asked-call" if "call" in extra else _ACTS[kind]
        was_closed = is_closed(row.state)
        if kind == "withdrawal":
            act = _take_back(row, now=now)
        add_step(report=row, act=act, role=follow.role, by="reporter", now=now)
        _work(row, act=act, was_closed=was_closed, now=now)
        raise_from_text(report=row, text=said, now=now)
        detail = {"kind": kind, "role": follow.role}
        record(actor="reporter", action="reporting.write", subject=f"report:{row.pk}", detail=detail, now=now)
        announce(event=ReporterWrote(report=row.pk, kind=kind), now=now)
    return post


def _take_back(row: Report, *, now: datetime) -> str:
    newest = row.decisions.order_by("-at", "-id").first()
    # What was decided to be a crime waits for its number only: the police must record it whatever the reporter wishes.
    if not may_become(state=row.state, new="withdrawn") or (newest is not None and newest.outcome == "recorded"):
        return "wished-back"
    row.state, row.closed_at = "withdrawn", now
    row.save(update_fields=["state", "closed_at"])
    return "took-back"


def _work(row: Report, *, act: str, was_closed: bool, now: datetime) -> None:
    """What a person must do about it."""
    if act == "asked-call":
        add_duty(report=row, kind=CALL_BACK, now=now)
    elif act == "complained":
        add_duty(report=row, kind=COMPLAINT, now=now)
    elif act == "took-back":
        safety = Duty.objects.filter(report=row, kind__in=("danger", "abuse", "child", "live-attack"))
        if row.watched or safety.filter(done_at=None).exists():
            add_duty(report=row, kind=TOOK_BACK, now=now)
    elif was_closed:
        add_duty(report=row, kind=WROTE_AGAIN, now=now)


def _checked(report: Report, text: str, *, may_be_empty: bool) -> str:
    if len(text) > LONGEST_RAW:
        raise TextError("long")
    said = tidy(text)
    if not said and not may_be_empty:
        raise TextError("empty")
    if len(said) > LONGEST:
        raise TextError("long")
    if holds_words(report=report, text=said):
        raise TextError("words")
    return said
