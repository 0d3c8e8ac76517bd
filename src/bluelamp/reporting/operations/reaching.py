"""Addresses of a reporter: adding one, proving it by a code, saying that it is not safe any more, removing it.

An address that was proved and is safe may recover lost words (`recovery.py`). Where somebody may watch the reporter,
and in quiet mode, no message leaves, so nothing is added or proved; saying that an address is not safe always works.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.messaging.domain.addresses import Kind
from bluelamp.kernel.messaging.models import Message
from bluelamp.kernel.messaging.operations.contacts import add_contact, erase_contact, set_unsafe
from bluelamp.kernel.messaging.operations.notices import queue
from bluelamp.kernel.messaging.sealing import AddressErasedError, open_address
from bluelamp.reporting.models import Report, ReportContact
from bluelamp.reporting.operations.digests import keyed_digest
from bluelamp.reporting.operations.following import Following
from bluelamp.reporting.operations.steps import add_step

CODE_LIFE = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CODES_A_DAY = 10
MOST_CONTACTS = 4


class NoMessagesError(PermissionError):
    """No message may leave for this report, or to this address."""


class CodeError(ValueError):
    """A code that is not right, too old or tried too often: which of these is not told."""


class TooManyError(ValueError):
    """More addresses than one report may have."""


@dataclass(frozen=True)
class Way:
    """One address as its reporter sees it. `shown` is enough to recognise it, not to learn it."""

    id: int
    kind: str
    shown: str
    safe: bool
    proved: bool


def ways(*, follow: Following) -> list[Way]:
    """The addresses of a report. Raises NotFullError."""
    follow.require_full()
    rows = ReportContact.objects.filter(report=follow.report, contact__erased_at=None).order_by("pk")
    return [
        Way(row.pk, row.contact.kind, _shown(row), row.contact.safe, row.verified_at is not None)
        for row in rows.select_related("contact")
    ]


def add_way(*, follow: Following, kind: Kind, address: str, language: str, now: datetime) -> ReportContact:
    """Record an address that the reporter says is safe, and send it a code.

    Raises NotFullError, NoMessagesError, TooManyError, AddressError.
    """
    report = _open_to_messages(follow)
    with transaction.atomic():
        Report.objects.select_for_update().get(pk=report.pk)
        if ReportContact.objects.filter(report=report, contact__erased_at=None).count() >= MOST_CONTACTS:
            raise TooManyError("A report has so many addresses at most.")
        contact = add_contact(kind=kind, address=address, safe=True, language=language, by="reporter", now=now)
        row = ReportContact.objects.create(report=report, contact=contact)
        add_step(report=report, act="address-added", role="reporter", by="reporter", now=now)
        send_code(way=row, now=now)
    return row


def ask_code(*, follow: Following, way: int, now: datetime) -> None:
    """Send a code to one of the report's addresses. Raises NotFullError, NoMessagesError."""
    _open_to_messages(follow)
    row = _row(follow, way)
    if not row.contact.safe:
        raise NoMessagesError("The address is not safe.")
    with transaction.atomic():
        send_code(way=row, now=now)


def confirm(*, follow: Following, way: int, code: str, now: datetime) -> None:
    """The code came back: the address is the reporter's. Raises NotFullError, CodeError."""
    follow.require_full()
    row = _row(follow, way)
    if not use_code(way=row, code=code, now=now):
        raise CodeError("The code is not right, too old or tried too often.")
    with transaction.atomic():
        ReportContact.objects.filter(pk=row.pk).update(verified_at=now)
        add_step(report=row.report, act="address-proved", role="reporter", by="reporter", now=now)
        detail = {"contact": str(row.contact_id)}
        record(actor="reporter", action="reporting.prove", subject=f"report:{row.report_id}", detail=detail, now=now)


def not_safe(*, follow: Following, way: int, now: datetime) -> None:
    """Nobody writes to this address any more, from any part of the program. Raises NotFullError."""
    follow.require_full()
    row = _row(follow, way)
    with transaction.atomic():
        set_unsafe(contact=row.contact, by="reporter", now=now)
        ReportContact.objects.filter(pk=row.pk).update(verified_at=None, code_digest="", code_until=None)
        add_step(report=row.report, act="address-unsafe", role="reporter", by="reporter", now=now)


def remove_way(*, follow: Following, way: int, now: datetime) -> None:
    """Erase an address; that it is not safe stays known. Raises NotFullError."""
    follow.require_full()
    row = _row(follow, way)
    with transaction.atomic():
        erase_contact(contact=row.contact, by="reporter", now=now)
        ReportContact.objects.filter(pk=row.pk).update(verified_at=None, code_digest="", code_until=None)
        add_step(report=row.report, act="address-removed", role="reporter", by="reporter", now=now)


def send_code(*, way: ReportContact, now: datetime) -> None:
    """Queue a code, in the caller's transaction. While one is good, no other is sent, nor more than ten a day."""
    row = ReportContact.objects.select_for_update().get(pk=way.pk)
    if row.code_digest and row.code_until and row.code_until > now and row.code_tries < MOST_TRIES:
        return
    today = Message.objects.filter(
        contact=row.contact_id, template="one-time-code", added_at__gt=now - timedelta(days=1)
    )
    if today.count() >= MOST_CODES_A_DAY:
        return
    code = f"{secrets.randbelow(10**6):06d}"
    row.code_digest, row.code_until, row.code_tries = _digest(row, code), now + CODE_LIFE, 0
    row.save(update_fields=["code_digest", "code_until", "code_tries"])
    queue(
        contact=row.contact,
        template="one-time-code",
        params={"code": code},
        dedupe_key=f"code:{row.pk}:{secrets.token_hex(8)}",
        origin=row.report.origin,
        now=now,
    )


def use_code(*, way: ReportContact, code: str, now: datetime) -> bool:
    """Whether a code is the one that was sent; it serves once, and a wrong one counts. Opens a transaction."""
    typed = "".join(c for c in code if c.isdecimal() and c.isascii())
    with transaction.atomic():
        row = ReportContact.objects.select_for_update().get(pk=way.pk)
        if not row.code_digest or row.code_until is None or row.code_until <= now or row.code_tries >= MOST_TRIES:
            return False
        row.code_tries += 1
        right = hmac.compare_digest(_digest(row, typed), row.code_digest)
        if right:
            row.code_digest, row.code_until, row.code_tries = "", None, 0
        row.save(update_fields=["code_digest", "code_until", "code_tries"])
    return right


def _digest(row: ReportContact, code: str) -> str:
    return keyed_digest(purpose=f"contact-code:{row.pk}", value=code)


def _row(follow: Following, way: int) -> ReportContact:
    rows = ReportContact.objects.select_related("contact", "report")
    return rows.get(pk=way, report=follow.report, contact__erased_at=None)


def _open_to_messages(follow: Following) -> Report:
    follow.require_full()
    report = Report.objects.get(pk=follow.report)
    if report.watched or report.quiet or report.erased_at is not None:
        raise NoMessagesError("No message leaves for this report.")
    return report


def _shown(row: ReportContact) -> str:
    try:
        address = open_address(contact_id=row.contact_id, sealed=row.contact.address_sealed)
    except AddressErasedError:
        return ""
    name, _, domain = address.partition("@")
    return f"{name[:1]}\N{HORIZONTAL ELLIPSIS}@{domain}" if domain else f"\N{HORIZONTAL ELLIPSIS}{address[-3:]}"
