"""What the program adds to a report by itself: flags from rules, suggested codes, likeness to others, informants.

Machines suggest, people decide (RED-LINES 11): flags are only added, a priority only rises, nothing is closed. The
three functions marked PLUG give nothing yet; the pure rules of triage are joined here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import ReportReceived
from bluelamp.reporting.domain.duties import CLOCKS, DUTY_OF
from bluelamp.reporting.domain.priority import priority
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.domain.values import Answer
from bluelamp.reporting.models import Duty, Fingerprint, Report, ReportContact, ReportFlag
from bluelamp.reporting.operations.triage.reading import answers_of, part_of

INFORMANT = "review-informant"
_MANY, _WITHIN = 3, timedelta(days=30)
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Raised:
    """A flag of a rule or a model. `source` is `rule:<id>` or `model:<id>`, `reason` a code with a sentence."""

    code: str
    level: str
    source: str
    reason: str


@dataclass(frozen=True)
class OffenceCode:
    """An offence code with its title. `verified`: both stand in the `source`; else a registrar checks it first."""

    code: str
    title: str
    verified: bool
    source: str


@dataclass(frozen=True)
class Suggested:
    """A suggested code with its reasons in words, the strongest first, and how well it fits, in words."""

    offence: OffenceCode
    fit: str
    reasons: tuple[str, ...]


def flags_from_rules(*, answers: Answers) -> Sequence[Raised]:  # noqa: ARG001
    """PLUG: flags that rules, words or the model raise from all answers of a report."""
    return ()


def offence_suggestions(*, answers: Answers, language: str) -> Sequence[Suggested]:  # noqa: ARG001
    """PLUG: offence codes that the answers point to, with reasons in the officer's language."""
    return ()


def fingerprint(*, answers: Answers, received_at: datetime) -> Mapping[str, Any] | None:  # noqa: ARG001
    """PLUG: what linking knows of a report, keyed hashes only; None where there is nothing to compare."""
    return None


def offence_codes() -> Sequence[OffenceCode]:
    """PLUG: the table of offence codes, each row verified or not; empty while there is no table."""
    return ()


def enrich(*, event: ReportReceived, now: datetime) -> None:
    """The handler: add what follows from a report that has just come in. Twice adds nothing more."""
    report = Report.objects.filter(pk=event.report, erased_at=None).first()
    if report is None:
        return
    answers = {**answers_of(report=report), **part_of(report=report, part="safety")}
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report.pk)
        raise_flags(report=report, raised=flags_from_rules(answers=answers), now=now)
        known = fingerprint(answers=answers, received_at=report.received_at)
        if known is not None:
            Fingerprint.objects.get_or_create(report=report, defaults={"facts": dict(known)})
        _informant(report, now=now)


def raise_flags(*, report: Report, raised: Sequence[Raised], now: datetime) -> int:
    """Add flags, the duties that they make, and raise the priority; never the reverse. In the caller's transaction.

    Gives how many flags are new.
    """
    new = 0
    for flag in raised:
        values = {"level": flag.level, "reason": flag.reason, "raised_at": now}
        made = ReportFlag.objects.get_or_create(report=report, code=flag.code, source=flag.source, defaults=values)[1]
        new += made
        if made and flag.code in DUTY_OF:
            _duty(report, kind=DUTY_OF[Flag(flag.code)], level=flag.level, now=now)
    levels = report.flags.values_list("level", flat=True)
    higher = max(report.priority, priority(levels=levels, burst=report.burst))
    if higher > report.priority:
        report.priority = higher
        report.save(update_fields=["priority"])
    if new:
        detail: dict[str, str | int] = {"flags": new}
        record(actor="system", action="reporting.flag", subject=f"report:{report.pk}", detail=detail, now=now)
    return new


def _duty(report: Report, *, kind: str, level: str, now: datetime) -> None:
    """Make a duty, or bring one that is open forward; its clock never gets longer."""
    due = now + CLOCKS[level]
    values = {"level": level, "scope": report.scope, "raised_at": now, "due_at": due}
    duty, made = Duty.objects.get_or_create(report=report, kind=kind, done_at=None, defaults=values)
    if not made and due < duty.due_at:
        duty.level, duty.due_at = level, due
        duty.save(update_fields=["level", "due_at"])


def _informant(report: Report, *, now: datetime) -> None:
    """The same contact sent several reports: a person looks whether somebody is used as an informant (RED-LINES 12)."""
    own = ReportContact.objects.filter(report=report).values_list("contact__address_digest", flat=True)
    for digest in {found for found in own if found}:
        between = (report.received_at - _WITHIN, report.received_at)
        sent = ReportContact.objects.filter(contact__address_digest=digest, report__received_at__range=between)
        if sent.values("report").distinct().count() >= _MANY:
            _duty(report, kind=INFORMANT, level="soon", now=now)
