"""Parts of closed reports that are kept for a shorter time than the rest: the contact, the safety part.

How long stands on the pages of the questions (`questions/common.toml`), and is what reporters were told.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.messaging.operations.contacts import erase_contact
from bluelamp.kernel.vault import operations as vault
from bluelamp.reporting.models import Duty, Report, ReportContact
from bluelamp.reporting.operations.sealed import report_records
from bluelamp.reporting.questions import questions

PLACES = {"safety": 1, "contact": 2}


def part_days(*, part: str) -> int:
    """How many days after its report was closed a part is kept."""
    return questions().retentions[part].days


def past_their_time(*, part: str, now: datetime) -> QuerySet[Report]:
    """Closed reports that still have a part whose time is over. While a duty is open nothing of a report goes."""
    closed = Report.objects.filter(closed_at__lt=now - timedelta(days=part_days(part=part)), erased_at=None)
    open_duty = Duty.objects.filter(report=OuterRef("pk"), done_at=None)
    return closed.exclude(**{part: b""}).exclude(Exists(open_duty)).order_by("closed_at", "id")


def erase_part(*, report: Report, part: str, now: datetime) -> None:
    """Destroy one part of a report, and with the contact every address that the program has of its reporter."""
    name = report_records(report.pk)[PLACES[part]]
    with transaction.atomic():
        held = Report.objects.select_for_update().get(pk=report.pk)
        setattr(held, part, b"")
        held.save(update_fields=[part])
        if part == "contact":
            ways = ReportContact.objects.filter(report=held, contact__erased_at=None).select_related("contact")
            for way in ways:
                erase_contact(contact=way.contact, by="system", now=now)
        detail: dict[str, str | int] = {"parts": part, "reason": "retention"}
        record(actor="system", action="reporting.erase", subject=f"report:{held.pk}", detail=detail, now=now)
        # A destroyed key cannot be brought back: only when everything else is certain.
        transaction.on_commit(partial(vault.erase, record=name, now=now))


def erase_old_parts(*, part: str, now: datetime) -> int:
    """Destroy a part of every report whose time for it is over; give how many there were."""
    found = list(past_their_time(part=part, now=now)[:1_000])
    for report in found:
        erase_part(report=report, part=part, now=now)
    return len(found)
