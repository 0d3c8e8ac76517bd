"""What several operations of a sent report share: its steps, its duties, its posts at rest."""

from datetime import datetime
from typing import Any

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting.domain.flagging import Level
from bluelamp.reporting.models import Duty, Post, Report, Step
from bluelamp.reporting.operations.flags import open_duty
from bluelamp.reporting.operations.sealed import open_json, report_records, seal_json

# Work that a reporter makes after sending, and how soon it must be looked at.
CALL_BACK, COMPLAINT, WROTE_AGAIN, TOOK_BACK = "call-back", "complaint", "wrote-again", "took-back"
LEVELS = {CALL_BACK: Level.TODAY, COMPLAINT: Level.SOON, WROTE_AGAIN: Level.SOON, TOOK_BACK: Level.TODAY}


def add_step(*, report: Report, act: str, role: str, by: str, shown: bool = True, now: datetime, **detail: str) -> Step:
    """Add one step. `by` is the audit id, which no reporter sees."""
    return Step.objects.create(report=report, at=now, act=act, role=role, by=by, shown=shown, detail=detail)


def add_step_of(*, actor: Actor, report: Report, act: str, shown: bool, now: datetime, **detail: str) -> Step:
    """Add a step of an officer, or of the program where nobody acts."""
    by = actor.audit_id if actor.user_id else "system"
    return add_step(report=report, act=act, role=actor.capacity or "system", by=by, shown=shown, now=now, **detail)


def add_duty(*, report: Report, kind: str, now: datetime) -> Duty:
    """Make work for a person, in the caller's transaction; one that is open already stays as it is, with its clock."""
    return open_duty(report=report, kind=kind, level=LEVELS[kind], now=now)


def post_record(report: Report) -> str:
    """The vault's record under which posts are sealed now: of the report, or a new one after it was erased."""
    if report.erased_at is None:
        return report_records(report.pk)[0]
    return f"report-after:{report.pk}:{int(report.erased_at.timestamp())}"


def seal_post(*, report: Report, content: Any, now: datetime) -> bytes:
    """Seal what a post says. Call it before a transaction: a key is committed at once."""
    return seal_json(record=post_record(report), content=content, now=now)


def open_post(*, post: Post, report: Report) -> dict[str, Any] | None:
    """What a post says (`text`, and by its kind `about` or `how`); None for one from before the report was erased."""
    if report.erased_at is not None and post.at <= report.erased_at:
        return None
    held: dict[str, Any] = open_json(record=post_record(report), sealed=post.sealed)
    return held
