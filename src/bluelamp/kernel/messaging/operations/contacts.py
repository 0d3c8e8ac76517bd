"""Contacts: whom a notice may reach. `by` is the audit id of whoever says so; nothing here tells the log an address."""

import uuid
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.messaging import sealing
from bluelamp.kernel.messaging.domain.addresses import Kind, normalised
from bluelamp.kernel.messaging.domain.hours import Hours
from bluelamp.kernel.messaging.domain.wording import LANGUAGES
from bluelamp.kernel.messaging.models import Contact
from bluelamp.kernel.messaging.operations.steps import (
    MessagingError,
    State,
    move,
    same_address,
    stop_for_good,
    stop_waiting,
)
from bluelamp.kernel.messaging.queries import UNSENT
from bluelamp.kernel.people.models import User


def add_contact(
    *,
    kind: Kind,
    address: str,
    safe: bool,
    language: str = "en",
    hours: Hours | None = None,
    contact_id: uuid.UUID | None = None,
    by: str,
    now: datetime,
) -> Contact:
    """Record an address, sealed. `safe` is what the person said; unsure is False. `contact_id`: an id made beforehand.

    Raises AddressError for no usable address, MessagingError for an unknown language.
    """
    if language not in LANGUAGES:
        raise MessagingError("Messages are in English (en) or Welsh (cy).")
    form = normalised(kind=kind, address=address)
    contact_id = contact_id or uuid.uuid4()
    with transaction.atomic():
        made = Contact.objects.create(
            id=contact_id,
            kind=kind,
            address_sealed=sealing.seal_address(contact_id=contact_id, address=form, now=now),
            address_digest=sealing.digest(kind=kind, address=form),
            safe=safe,
            language=language,
            hours_from=hours.start if hours else None,
            hours_to=hours.end if hours else None,
            added_at=now,
        )
        _tell(made, "add-contact", by=by, now=now, safe="yes" if safe else "no")
    return made


def account_contact(*, user: User, now: datetime) -> Contact:
    """The contact of an account, for notices about its holder's work: made with the first, and anew for a new address.

    An administrator vouches for the address of an account, and links to sign in go there; so it counts as safe, unless
    anybody said otherwise of the same address (`why_blocked`). It has the language of the account, also where that was
    chosen anew. Raises AddressError where there is no usable address.
    """
    address = normalised(kind="email", address=user.email)
    known = Contact.objects.filter(account=user, erased_at=None).first()
    if known and known.address_digest == sealing.digest(kind="email", address=address):
        return _in_language(known, user.language, now)
    try:
        with transaction.atomic():
            if known:
                erase_contact(contact=known, by="system", now=now)
            made = add_contact(kind="email", address=address, safe=True, language=user.language, by="system", now=now)
            made.account = user
            made.save(update_fields=["account"])
            return made
    except IntegrityError:
        # Another worker was faster.
        return Contact.objects.get(account=user, erased_at=None)


def _in_language(contact: Contact, language: str, now: datetime) -> Contact:
    if contact.language != language:
        with transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(language=language)
            _tell(contact, "set-language", by="system", now=now, language=language)
        contact.language = language
    return contact


def set_unsafe(*, contact: Contact, by: str, now: datetime) -> Contact:
    """Messages are not safe: what waits for this address, from any part of the program, will never be sent."""
    with transaction.atomic():
        held = Contact.objects.select_for_update().get(pk=contact.pk)
        held.safe = False
        held.save(update_fields=["safe"])
        stop_waiting(contact=held, state=State.UNSAFE, now=now)
        _tell(held, "set-unsafe", by=by, now=now)
    return held


def set_safe(*, contact: Contact, everywhere: bool = False, by: str, now: datetime) -> int:
    """A person says that messages are safe now; give how many contacts that changed. What was stopped stays stopped.

    Other contacts with the same address keep it unsafe, unless with `everywhere`: a decision of a safeguarding officer.
    """
    chosen = same_address(contact) if everywhere else [contact.pk]
    with transaction.atomic():
        changed = Contact.objects.filter(pk__in=chosen, safe=False).update(safe=True)
        _tell(contact, "set-safe", by=by, now=now, everywhere="yes" if everywhere else "no", changed=changed)
    return changed


def suppress(*, contact: Contact, reason: str, by: str, now: datetime) -> Contact:
    """No more messages to this address: the person does not want them or they cannot be delivered."""
    if not reason.strip():
        raise MessagingError("A suppression needs a reason.")
    with transaction.atomic():
        held = Contact.objects.select_for_update().get(pk=contact.pk)
        stop_for_good(held=held, reason=reason.strip(), now=now)
        _tell(held, "suppress", by=by, now=now)
    return held


def lift_suppression(*, contact: Contact, by: str, now: datetime) -> int:
    """The person asks for messages again: lift every suppression of this address; give how many there were."""
    with transaction.atomic():
        stopped = Contact.objects.filter(pk__in=same_address(contact), erased_at__isnull=True)
        changed = stopped.update(suppressed_at=None, suppressed_reason="")
        _tell(contact, "lift-suppression", by=by, now=now, changed=changed)
    return changed


def erase_contact(*, contact: Contact, by: str, now: datetime) -> Contact:
    """Destroy the address. The keyed hash stays only where it must stop messages: unsafe or suppressed.

    The key is destroyed when the outermost transaction is committed. Killed in that moment, call it again.
    """
    with transaction.atomic():
        held = Contact.objects.select_for_update().get(pk=contact.pk)
        must_stop = not held.safe or held.suppressed_at is not None
        held.address_sealed, held.erased_at = b"", now
        if not must_stop:
            held.address_digest = ""
        held.save(update_fields=["address_sealed", "erased_at", "address_digest"])
        for message in held.messages.select_for_update().filter(state__in=UNSENT):
            move(message=message, state=State.SUPPRESSED, now=now, note="The address was erased.")
        _tell(held, "erase-contact", by=by, now=now)
        # A destroyed key cannot be brought back: only when everything else is certain.
        transaction.on_commit(partial(sealing.erase_address, contact_id=held.pk, now=now))
    return held


def _tell(contact: Contact, act: str, *, by: str, now: datetime, **detail: str | int) -> None:
    record(actor=by, action=f"messaging.{act}", subject=f"contact:{contact.pk}", detail=detail, now=now)
