"""Raising flags on a report, and the duties that they make. Nothing here lowers or closes one (RED-LINES 9)."""

from collections.abc import Sequence
from datetime import datetime

from bluelamp.kernel.audit.operations import record
from bluelamp.reporting.domain.duties import duties
from bluelamp.reporting.domain.flagging import LEVELS, Level, Raised
from bluelamp.reporting.domain.priority import priority
from bluelamp.reporting.facts import clocks
from bluelamp.reporting.models import Duty, Report, ReportFlag


def raise_on(*, report: Report, raised: Sequence[Raised], now: datetime) -> int:
    """Add flags to a report, in the caller's transaction, with the duties that they make; give how many are new.

    The priority only rises. A duty that is open becomes more urgent where a flag is, never less; one that was done is
    opened anew, since a new flag is a new reason to look.
    """
    known = set(report.flags.values_list("code", "source"))
    new = list({(r.flag, source_of(r)): r for r in reversed(raised) if (r.flag, source_of(r)) not in known}.values())
    if not new:
        return 0
    ReportFlag.objects.bulk_create(
        ReportFlag(report=report, code=r.flag, level=r.level, source=source_of(r), reason=r.rule, raised_at=now)
        for r in new
    )
    for kind, level in duties(new).items():
        open_duty(report=report, kind=kind, level=level, now=now)
    higher = priority(raised=new, burst=report.burst)
    if higher > report.priority:
        report.priority = higher
        report.save(update_fields=["priority"])
    detail: dict[str, str | int] = {"flags": len(new)}
    record(actor="system", action="reporting.flag", subject=f"report:{report.pk}", detail=detail, now=now)
    return len(new)


def open_duty(*, report: Report, kind: str, level: Level, now: datetime) -> Duty:
    """The open duty of a kind: a new one, or the one that is there, with the earlier time."""
    due = now + clocks()[level]
    values = {"level": level, "scope": report.scope, "raised_at": now, "due_at": due}
    duty, made = Duty.objects.get_or_create(report=report, kind=kind, done_at=None, defaults=values)
    if not made and LEVELS.index(level) > LEVELS.index(Level(duty.level)):
        duty.level, duty.due_at = level, min(duty.due_at, due)
        duty.save(update_fields=["level", "due_at"])
    return duty


def source_of(raised: Raised) -> str:
    """Where a flag comes from, as its row keeps it: what raised it, by which rule, on which page."""
    return f"{raised.source}:{raised.rule}:{raised.question}"[:120]
