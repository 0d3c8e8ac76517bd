"""Giving an organisation chosen parts of a report: with a purpose, a lawful basis and an end, written down each time.

No reporter sees disclosures (it may be an abuser's own organisation that was asked).
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Organisation
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.due import LONGEST_DISCLOSURE
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import Disclosure, Report
from bluelamp.reporting.operations.triage import reading
from bluelamp.reporting.operations.triage.common import (
    MissingError,
    NoReportError,
    WrongStateError,
    changed,
    held,
    permitted,
    person_of,
    require_one_of,
)
from bluelamp.reporting.questions import questions

_SECTIONS = frozenset({"what", "device", "when", "where", "lost", "who"})


def disclose(
    *,
    actor: Actor,
    report_id: UUID,
    organisation_id: UUID,
    parts: Collection[str],
    purpose: str,
    basis: str,
    until: date,
    now: datetime,
) -> Disclosure:
    """Record that an organisation is given parts of a report until a day. Raises MissingError, NotPermittedError.

    The safety part needs its own permission, and so does the contact.
    """
    report = permitted(actor=actor, action=permissions.DISCLOSE, report_id=report_id, now=now)
    table = desk()
    chosen = [part for part in table.lists["part"] if part in set(parts)]
    if not chosen or set(parts) - set(chosen):
        raise MissingError("parts")
    require_one_of(purpose, table.lists["purpose"], what="purpose")
    require_one_of(basis, table.lists["basis"], what="basis")
    if not now.date() < until <= (now + LONGEST_DISCLOSURE).date():
        raise MissingError("until")
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise MissingError("organisation")
    _require_parts(actor, report, chosen, now=now)
    with transaction.atomic():
        report = held(report)
        made = Disclosure.objects.create(
            report=report,
            organisation=organisation,
            parts=chosen,
            purpose=purpose,
            basis=basis,
            at=now,
            by_id=person_of(actor),
            until=until,
        )
        to = f"organisation:{organisation.pk}"
        changed(
            actor=actor,
            report=report,
            action=permissions.DISCLOSE,
            act="disclosed",
            shown=False,
            now=now,
            to=to,
            parts=" ".join(chosen),
            purpose=purpose,
            basis=basis,
            until=until.isoformat(),
        )
    return made


def end(*, actor: Actor, disclosure_id: UUID, now: datetime) -> Disclosure:
    """The organisation may not see it any more. Raises NoReportError."""
    given = _found(disclosure_id)
    permitted(actor=actor, action=permissions.DISCLOSE, report_id=given.report_id, now=now)
    with transaction.atomic():
        given = Disclosure.objects.select_for_update().get(pk=given.pk)
        if given.ended_at is None:
            given.ended_at = now
            given.save(update_fields=["ended_at"])
            changed(
                actor=actor,
                report=given.report,
                action=permissions.DISCLOSE,
                act="disclosure-ended",
                shown=False,
                now=now,
            )
    return given


def export(*, actor: Actor, disclosure_id: UUID, now: datetime) -> dict[str, Any]:
    """Exactly what the organisation is given: the chosen parts and no more. Every making of it is written down.

    Raises NoReportError, NotPermittedError, WrongStateError where the time is over.
    """
    given = _found(disclosure_id)
    report = permitted(actor=actor, action=permissions.DISCLOSE, report_id=given.report_id, now=now)
    if given.ended_at or given.until < now.date():
        raise WrongStateError("disclosure-over")
    _require_parts(actor, report, given.parts, now=now)
    detail = {"disclosure": str(given.pk), "parts": " ".join(given.parts)}
    note(actor=actor, action="reporting.disclose-export", subject=f"report:{report.pk}", now=now, **detail)
    return {
        "reference": report.reference,
        "purpose": given.purpose,
        "basis": given.basis,
        "given_on": given.at.date().isoformat(),
        "until": given.until.isoformat(),
        "parts": {part: _part(report, part) for part in given.parts},
    }


def _require_parts(actor: Actor, report: Report, parts: Collection[str], *, now: datetime) -> None:
    needed = {"safety": permissions.READ_SAFETY, "contact": permissions.READ_CONTACT}
    for part in parts:
        if part in needed:
            subject = f"report:{report.pk}"
            require(actor=actor, action=needed[part], scope=report.scope, subject=subject, now=now)


def _part(report: Report, part: str) -> Any:
    if part == "facts":
        return {
            "kinds": report.kinds,
            "received_on": report.received_at.date().isoformat(),
            "products": list(report.products.values_list("product_key", flat=True)),
        }
    if part in _SECTIONS:
        return _shown(reading.answers_of(report=report), part, language=report.language)
    return _shown(reading.part_of(report=report, part=part), "", language=report.language)


def _shown(answers: reading.Answers, section: str, *, language: str) -> list[dict[str, Any]]:
    """Answers in words. `section` "" for all of them."""
    shelf, found = questions(), []
    for name, answer in answers.items():
        question = shelf.by_id.get(name)
        if question and (not section or question.section == section):
            found.append({"question": name, "answer": list(reading.lines(name, answer, language=language))})
    return found


def _found(disclosure_id: UUID) -> Disclosure:
    found = Disclosure.objects.filter(pk=disclosure_id).first()
    if found is None:
        raise NoReportError(str(disclosure_id))
    return found
