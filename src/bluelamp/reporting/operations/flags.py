"""Raising flags on a report, and the duties that they make. Nothing here lowers or closes one (RED-LINES 9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bluelamp.reporting.domain.duties import duties
from bluelamp.reporting.domain.flagging import LEVELS, Level, Raised
from bluelamp.reporting.facts import signals
from bluelamp.reporting.models import Duty, Report, ReportFlag


def raise_on(*, report: Report, raised: Sequence[Raised], now: datetime) -> int:
    """Add flags to a report, in the caller's transaction, and the duties that they make; give how many are new.

    A duty that is open already becomes more urgent where a flag is, never less. One that was done is opened anew: a new
    flag is a new reason to look.
    """
    known = set(report.flags.values_list("code", "source"))
    new = [r for r in raised if (r.flag, source_of(r)) not in known]
    ReportFlag.objects.bulk_create(
        ReportFlag(report=report, code=r.flag, level=r.level, source=source_of(r), reason=r.rule, raised_at=now)
        for r in {(one.flag, source_of(one)): one for one in reversed(new)}.values()
    )
    for kind, level in duties(new).items():
        open_duty(report=report, kind=kind, level=level, now=now)
    return len(new)


def open_duty(*, report: Report, kind: str, level: Level, now: datetime) -> Duty:
    """The open duty of a kind: a new one, or the one that is there, with the earlier time."""
    due = now + timedelta(minutes=signals().minutes[level])
    duty, made = Duty.objects.get_or_create(
        report=report,
        kind=kind,
        done_at=None,
        defaults={"level": level, "scope": report.scope, "raised_at": now, "due_at": due},
    )
    if not made and LEVELS.index(level) > LEVELS.index(Level(duty.level)):
        duty.level, duty.due_at = level, min(duty.due_at, due)
        duty.save(update_fields=["level", "due_at"])
    return duty


def source_of(raised: Raised) -> str:
    """Where a flag comes from, as its row keeps it: what raised it, by which rule, on which page."""
    return f"{raised.source}:{raised.rule}:{raised.question}"[:120]
