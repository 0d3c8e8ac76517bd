"""Erasing a report: its words go for good, and what stands in the clear is emptied; reference, state and dates stay.

So the audit log and counts that were published remain verifiable, and the reporter's page says that it was deleted.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.messaging.operations.contacts import erase_contact
from bluelamp.kernel.vault import operations as vault
from bluelamp.reporting.models import Draft, Fingerprint, FingerprintKey, Report, ReportContact, ReportProduct
from bluelamp.reporting.operations.sealed import report_records
from bluelamp.reporting.operations.steps import add_step, post_record

PARTS = ("content", "safety", "contact")


def erase_report(*, report: UUID, parts: Iterable[str] = PARTS, by: str, reason: str, now: datetime) -> None:
    """Erase parts of a report: `content` (with posts, decisions' words and what it is found by), `safety`, `contact`.

    `by` is an audit id, `reason` a code. The keys are destroyed when the outermost transaction is committed; killed in
    that moment, call it again. Raises ValueError for an unknown part.
    """
    chosen = tuple(dict.fromkeys(parts))
    if not chosen or set(chosen) - set(PARTS):
        raise ValueError(f"A report has the parts {', '.join(PARTS)}.")
    records = dict(zip(PARTS, report_records(report), strict=True))
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=report)
        gone = [records[part] for part in chosen]
        for part in chosen:
            setattr(row, part, b"")
        if "contact" in chosen:
            _erase_contacts(row, by=by, now=now)
        if "content" in chosen:
            # Posts that came after an erasure before this one have a record of their own.
            gone.append(post_record(row))
            _erase_content(row, now=now)
        row.save()
        add_step(report=row, act="erased", role="system", by=by, now=now, parts=" ".join(chosen))
        detail = {"parts": " ".join(chosen), "reason": reason}
        record(actor=by, action="reporting.erase", subject=f"report:{report}", detail=detail, now=now)
        for name in dict.fromkeys(gone):
            # A destroyed key cannot be brought back: only when everything else is certain.
            transaction.on_commit(partial(vault.erase, record=name, now=now))


def _erase_content(row: Report, *, now: datetime) -> None:
    row.erased_at, row.kinds = now, []
    row.posts.update(sealed=b"")
    row.decisions.update(sealed=b"")
    row.notes.update(sealed=b"")
    ReportProduct.objects.filter(report=row).delete()
    Fingerprint.objects.filter(report=row).delete()
    FingerprintKey.objects.filter(report=row).delete()
    row.links_to_later.all().delete()
    row.links_to_earlier.all().delete()
    # Its words stood in the draft for another hour.
    Draft.objects.filter(sent_as=row.pk).delete()


def _erase_contacts(row: Report, *, by: str, now: datetime) -> None:
    for way in ReportContact.objects.filter(report=row, contact__erased_at=None).select_related("contact"):
        erase_contact(contact=way.contact, by=by, now=now)
        way.verified_at, way.code_digest, way.code_until = None, "", None
        way.save(update_fields=["verified_at", "code_digest", "code_until"])
