"""Writing to a reporter: words sealed with the report, and a step that they see. No notice is queued here."""

from datetime import datetime

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting.models import Post, Report, Step
from bluelamp.reporting.operations.sealed import report_records, seal_json

_ACTS = {"question": "asked", "answer": "answered", "decision": "explained"}


def tell_reporter(*, actor: Actor, report: Report, kind: str, text: str, now: datetime) -> Post:
    """Store words to the reporter, inside the caller's transaction; permission was asked for by the caller.

    Raises RecordErasedError where the report was erased.
    """
    record, _, _ = report_records(report.pk)
    post = Post.objects.create(
        report=report,
        kind=kind,
        from_reporter=False,
        sealed=seal_json(record=record, content={"text": text}, now=now),
        by_id=actor.user_id,
        role=actor.capacity,
        at=now,
    )
    add_step(actor=actor, report=report, act=_ACTS[kind], shown=True, now=now)
    return post


def add_step(*, actor: Actor, report: Report, act: str, shown: bool, now: datetime, **detail: str) -> Step:
    """Add a step to a report's life. `shown`: the reporter reads it. `detail` holds codes and days, never words."""
    role = actor.capacity or "system"
    by = actor.audit_id if actor.user_id else "system"
    return Step.objects.create(report=report, at=now, act=act, role=role, by=by, shown=shown, detail=detail)
