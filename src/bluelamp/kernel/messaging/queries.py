"""Reads of messages. None opens an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from bluelamp.kernel.messaging.domain.addresses import Kind
from bluelamp.kernel.messaging.models import Contact, Message, MessageEvent
from bluelamp.kernel.messaging.wordings import wording_by_code

WAITING = (Message.State.QUEUED, Message.State.WAITING_HOURS)
# What a change of the contact still stops.
UNSENT = (*WAITING, Message.State.HELD)


@dataclass(frozen=True)
class SinkMessage:
    """A message that went to the sink instead of to a person, as it would have been read. It names no address."""

    id: UUID
    contact: UUID
    sent_at: datetime
    kind: Kind
    language: str
    subject: str
    text: str
    template: str
    origin: str


@dataclass(frozen=True)
class Status:
    """How many messages are in each state, the oldest that is due, and the newest error of one that waits."""

    states: Mapping[str, int]
    due: int
    oldest_due_at: datetime | None
    suppressed_contacts: int
    unsafe_contacts: int


def kind_of(contact: Contact) -> Kind:
    """The kind of a contact's address."""
    return "sms" if contact.kind == "sms" else "email"


def sink_messages(*, limit: int = 200) -> list[SinkMessage]:
    """What went to the sink, newest first, for the page of a demonstration."""
    rows = Message.objects.filter(channel="sink", sent_at__isnull=False).select_related("contact")
    return [_sunk(row) for row in rows.order_by("-sent_at", "-id")[:limit]]


def _sunk(row: Message) -> SinkMessage:
    kind, language = kind_of(row.contact), row.contact.language
    shown = wording_by_code(row.template).render(kind=kind, language=language, params=row.params)
    return SinkMessage(
        id=row.pk,
        contact=row.contact_id,
        sent_at=row.sent_at or row.added_at,
        kind=kind,
        language=language,
        subject=shown.subject,
        text=shown.text,
        template=row.template,
        origin=row.origin,
    )


def due(*, now: datetime) -> QuerySet[Message]:
    """Messages whose time has come, those of a worker that was killed among them, oldest first."""
    waiting = Q(state__in=WAITING, due_at__lte=now)
    left = Q(state=Message.State.SENDING, claimed_until__lte=now)
    return Message.objects.filter(waiting | left).order_by("due_at", "added_at", "id")


def held() -> QuerySet[Message]:
    """Messages that a restored backup would have sent again, oldest first: a person decides about each."""
    return Message.objects.filter(state=Message.State.HELD).order_by("added_at", "id")


def status(*, now: datetime) -> Status:
    """The state of all messages."""
    states = Message.objects.order_by().values_list("state").annotate(number=Count("pk"))
    waiting = due(now=now)
    return Status(
        states=dict(sorted(states)),
        due=waiting.count(),
        oldest_due_at=waiting.aggregate(oldest=Min("due_at"))["oldest"],
        suppressed_contacts=Contact.objects.filter(suppressed_at__isnull=False).count(),
        unsafe_contacts=Contact.objects.filter(safe=False).count(),
    )


def history(*, message: Message) -> QuerySet[MessageEvent]:
    """Every step of one message, oldest first."""
    return message.events.order_by("id")
