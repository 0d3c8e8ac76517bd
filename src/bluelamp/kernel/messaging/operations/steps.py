"""What the other operations share: why an address must not be written to, and the steps of a message.

Danger and suppression hold for an address, whichever contact keeps it.
"""

import uuid
from datetime import datetime

from bluelamp.kernel.messaging.models import Contact, Message, MessageEvent
from bluelamp.kernel.messaging.queries import UNSENT

State = Message.State


class MessagingError(ValueError):
    """A contact or notice that cannot be made; the message says why in one sentence."""


def why_blocked(contact: Contact) -> Message.State | None:
    """Why nothing may be sent to the address of a contact, if so. Danger goes before suppression."""
    same = Contact.objects.filter(pk__in=same_address(contact))
    if same.filter(safe=False).exists():
        return State.UNSAFE
    if contact.erased_at or same.filter(suppressed_at__isnull=False).exists():
        return State.SUPPRESSED
    return None


def same_address(contact: Contact) -> list[uuid.UUID]:
    """The ids of all contacts with the same address, this one among them."""
    digest = contact.address_digest
    others = Contact.objects.filter(address_digest=digest).values_list("pk", flat=True) if digest else []
    return [*{contact.pk, *others}]


def stop_for_good(*, held: Contact, reason: str, now: datetime) -> None:
    """Suppress a contact that the caller holds, and what waits for its address."""
    if held.suppressed_at is None:
        held.suppressed_at, held.suppressed_reason = now, reason[:60]
        held.save(update_fields=["suppressed_at", "suppressed_reason"])
    stop_waiting(contact=held, state=State.SUPPRESSED, now=now)


def stop_waiting(*, contact: Contact, state: Message.State, now: datetime) -> None:
    """What waits for the address of a contact, from any part of the program, comes into a state in which it stays."""
    waiting = Message.objects.select_for_update().filter(contact__in=same_address(contact), state__in=UNSENT)
    for message in waiting.order_by("pk"):
        move(message=message, state=state, now=now)


def move(*, message: Message, state: Message.State, now: datetime, note: str = "") -> str:
    """Bring a message into a state, end its claim, keep the step; give the state."""
    message.state = state
    if state != State.SENDING:
        message.claimed_until = None
    message.save()
    write_down(message=message, now=now, words=note)
    return state.value


def write_down(*, message: Message, now: datetime, words: str = "") -> None:
    """Keep one step of a message."""
    MessageEvent.objects.create(
        message=message,
        at=now,
        state=message.state,
        attempt=message.attempts,
        channel=message.channel,
        note=words[:200],
    )
