"""What the police write to a reporter: questions, answers, decisions, and that the report helped.

The reporter is told by a notice that something is new, never what, and only where messages are safe. The callers at the
desk have asked for permission before; what is done is written into the audit log here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import ReportChanged
from bluelamp.kernel.messaging.models import Message
from bluelamp.kernel.messaging.operations.notices import queue
from bluelamp.kernel.outbox.operations import announce
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note
from bluelamp.reporting.domain.tidying import tidy
from bluelamp.reporting.models import Post, Report, ReportContact
from bluelamp.reporting.operations.posts import LONGEST, TextError
from bluelamp.reporting.operations.steps import add_step, seal_post

TO_REPORTER = ("question", "answer", "decision")
HELPED = ("alert", "edition")
_ACTS = {"question": "asked", "answer": "answered", "decision": "explained"}


def post_to_reporter(*, actor: Actor, report: UUID, kind: str, text: str, now: datetime) -> Post:
    """Put a question, an answer or the words of a decision on the reporter's page. Raises TextError.

    A question asks only for what the reporter already has (RED-LINES 12): that is the writer's duty.
    """
    if kind not in TO_REPORTER:
        raise TextError("kind")
    said = tidy(text)
    if not said or len(said) > LONGEST:
        raise TextError("long" if said else "empty")
    row = Report.objects.get(pk=report)
    sealed = seal_post(report=row, content={"text": said}, now=now)
    with transaction.atomic():
        post = _post(report, kind=kind, sealed=sealed, actor=actor, act=_ACTS[kind], now=now)
        note(actor=actor, action="reporting.answer", subject=f"report:{report}", now=now, kind=kind)
    return post


def tell_it_helped(*, report: UUID, how: str, code: str, now: datetime) -> Post | None:
    """Tell the reporter that the report helped a public thing: `how` is `alert` or `edition`, `code` its public code.

    Told once for each thing; None where it was told before or nothing is left to read it. Raises ValueError for another
    `how` or a code that could be words.
    """
    if how not in HELPED or not code or len(code) > 80 or any(c.isspace() for c in code):
        raise ValueError("A report helps an alert or an edition, which is named by its code.")
    row = Report.objects.get(pk=report)
    if row.erased_at is not None:
        return None
    sealed = seal_post(report=row, content={"text": "", "how": how, "code": code}, now=now)
    with transaction.atomic():
        Report.objects.select_for_update().get(pk=report)
        if row.steps.filter(act="helped", detail={"how": how, "code": code}).exists():
            return None
        detail = {"how": how, "code": code}
        post = _post(report, kind="helped", sealed=sealed, actor=None, act="helped", now=now, detail=detail)
        record(actor="system", action="reporting.helped", subject=f"report:{report}", detail=detail, now=now)
    return post


def tell_of_news(*, report: Report, key: str, now: datetime) -> int:
    """Queue the neutral notice to every address that is safe; give how many. `key` names the news, told once.

    No message at all where somebody may watch the reporter, or in quiet mode.
    """
    if report.watched or report.quiet or report.erased_at is not None:
        return 0
    queued = 0
    ways = ReportContact.objects.filter(report=report, contact__safe=True, contact__erased_at=None)
    for way in ways.select_related("contact"):
        notice = queue(
            contact=way.contact,
            template="something-new",
            dedupe_key=f"{key}:{way.contact_id}",
            origin=report.origin,
            now=now,
        )
        queued += notice.state == Message.State.QUEUED
    return queued


def _post(
    report: UUID,
    *,
    kind: str,
    sealed: bytes,
    actor: Actor | None,
    act: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Post:
    row = Report.objects.select_for_update().get(pk=report)
    role, by = (actor.capacity, actor.audit_id) if actor else ("system", "system")
    post = Post.objects.create(
        report=row,
        kind=kind,
        from_reporter=False,
        sealed=sealed,
        by_id=actor.user_id if actor else None,
        role=role,
        at=now,
    )
    add_step(report=row, act=act, role=role, by=by, now=now, **dict(detail or {}))
    tell_of_news(report=row, key=f"post:{post.pk}", now=now)
    announce(event=ReportChanged(report=row.pk, act=act), now=now)
    return post
