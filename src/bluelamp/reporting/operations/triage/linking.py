"""Linked reports: the program suggests, a person decides. Nothing follows from a link by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.references import NoReferenceError, read_reference
from bluelamp.reporting.models import Report, ReportLink
from bluelamp.reporting.operations.triage.common import MissingError, NoReportError, changed, held, permitted

_DECIDED = frozenset({ReportLink.State.LINKED, ReportLink.State.DUPLICATE, ReportLink.State.APART})


def decide_link(*, actor: Actor, report_id: UUID, link_id: int, state: str, now: datetime) -> ReportLink:
    """Say of two reports that they are linked, the same again, or apart. Raises NoReportError, MissingError."""
    report = permitted(actor=actor, action=permissions.LINK, report_id=report_id, now=now)
    if state not in _DECIDED:
        raise MissingError("state")
    with transaction.atomic():
        link = ReportLink.objects.select_for_update().filter(Q(one=report) | Q(other=report), pk=link_id).first()
        if link is None:
            raise NoReportError(str(link_id))
        link.state, link.decided_at, link.decided_by_id = state, now, actor.user_id
        link.save(update_fields=["state", "decided_at", "decided_by"])
        other = link.other_id if link.one_id == report.pk else link.one_id
        changed(
            actor=actor,
            report=report,
            action=permissions.LINK,
            act="linked",
            shown=False,
            now=now,
            to=f"report:{other}",
            state=state,
        )
    return link


def link_by_hand(*, actor: Actor, report_id: UUID, reference: str, now: datetime) -> ReportLink:
    """Link another report that an officer knows, by its reference. Raises MissingError for none of this scope."""
    report = permitted(actor=actor, action=permissions.LINK, report_id=report_id, now=now)
    other = find(reference=reference)
    if other is None or other.pk == report.pk:
        raise MissingError("reference")
    permitted(actor=actor, action=permissions.LINK, report_id=other.pk, now=now)
    with transaction.atomic():
        report = held(report)
        one, second = sorted((report, other), key=lambda r: (r.received_at, r.pk))
        values = {"score": 0.0, "reasons": ["officer"], "suggested_at": now}
        link, _new = ReportLink.objects.get_or_create(one=one, other=second, defaults=values)
    return decide_link(actor=actor, report_id=report.pk, link_id=link.pk, state=ReportLink.State.LINKED, now=now)


def find(*, reference: str) -> Report | None:
    """The report of a reference as people write it; None for none."""
    try:
        return Report.objects.filter(reference=read_reference(reference)).first()
    except NoReferenceError:
        return None
