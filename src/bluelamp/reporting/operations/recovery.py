"""New words for somebody who lost theirs: only through an address that was proved and is safe, never in quiet mode.

What is answered is the same whether the reference, the address or both are wrong, nothing was proved, or a code was
sent: a stranger learns neither that a report exists nor whose it is.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import RecoveryAsked
from bluelamp.kernel.messaging import sealing
from bluelamp.kernel.messaging.domain.addresses import AddressError, Kind, normalised
from bluelamp.kernel.messaging.operations.steps import why_blocked
from bluelamp.kernel.outbox.operations import announce
from bluelamp.reporting.domain.references import NoReferenceError, read_reference
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import Follow, Report, ReportContact
from bluelamp.reporting.operations.digests import words_digest
from bluelamp.reporting.operations.following import is_guarded
from bluelamp.reporting.operations.reaching import CodeError, send_code, use_code
from bluelamp.reporting.operations.steps import add_step


@dataclass(frozen=True)
class Recovered:
    """The new words of a report. They are shown once and not kept."""

    reference: str
    words: tuple[str, ...] = field(repr=False)


def ask(*, reference: str, address: str, now: datetime) -> None:
    """Have a code sent where the address may recover the report. The answer is always the same: nothing.

    The code is sent by `send_asked`, later, so that the time that asking takes does not tell either.
    """
    way = _way(reference, address)
    with transaction.atomic():
        announce(event=RecoveryAsked(contact=way.contact_id if way else uuid4()), now=now)
        record(
            actor="anonymous",
            action="reporting.ask-recovery",
            subject=f"report:{way.report_id}" if way else "",
            outcome="done" if way else "refused",
            now=now,
        )


def send_asked(*, event: RecoveryAsked, now: datetime) -> int:
    """Send the code that was asked for, where the address may still recover its report; give how many were sent."""
    way = _able().filter(contact=event.contact).first()
    if way is None or why_blocked(way.contact) is not None:
        return 0
    send_code(way=way, now=now)
    return 1


def recover(*, reference: str, address: str, code: str, now: datetime) -> Recovered:
    """Draw new words where the code is right; the old ones open nothing any more. Raises CodeError."""
    way, words = _way(reference, address), word_list().draw()
    # Made before the code is looked at, so that a wrong one takes as long.
    digest = words_digest(words)
    if way is None or not use_code(way=way, code=code, now=now):
        raise CodeError("The code is not right, too old or tried too often.")
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=way.report_id)
        if is_guarded(row) or row.watched:
            raise CodeError("The report became quiet meanwhile.")
        row.words_digest = digest
        row.save(update_fields=["words_digest"])
        Follow.objects.filter(report=row).delete()
        add_step(report=row, act="new-words", role="reporter", by="reporter", now=now)
        record(actor="reporter", action="reporting.recover", subject=f"report:{row.pk}", now=now)
    return Recovered(row.reference, words)


def _way(reference: str, address: str) -> ReportContact | None:
    """The proved, safe address of a report that is neither quiet nor watched, if both were named."""
    kind: Kind = "email" if "@" in address else "sms"
    try:
        digest = sealing.digest(kind=kind, address=normalised(kind=kind, address=address))
        wanted = read_reference(reference)
    except (AddressError, NoReferenceError):
        return None
    found = _able().filter(report__reference=wanted, contact__address_digest=digest, contact__kind=kind)
    way = found.first()
    return way if way and why_blocked(way.contact) is None else None


def _able() -> QuerySet[ReportContact]:
    """Addresses that may recover their report, unless the same address is not safe elsewhere (`why_blocked`)."""
    return ReportContact.objects.filter(
        report__watched=False,
        report__quiet=False,
        report__own_word="",
        report__erased_at=None,
        contact__safe=True,
        contact__erased_at=None,
        verified_at__isnull=False,
    ).select_related("contact", "report")
