"""What a restored backup would send again waits for a person, who lets it go or drops it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.messaging.models import Message
from bluelamp.kernel.messaging.operations.steps import MessagingError, State, move
from bluelamp.kernel.messaging.queries import UNSENT, held


def hold_unsent(*, now: datetime) -> int:
    """Hold every live message that was not sent yet when the backup was made; give their number.

    It may have been sent between the backup and the loss, and the rows that would tell are gone. What is not live goes
    to nobody and needs no care.
    """
    with transaction.atomic():
        waiting = Message.objects.select_for_update().filter(origin="live", state__in=(*UNSENT, State.SENDING))
        new = list(waiting.exclude(state=State.HELD).order_by("pk"))
        for message in new:
            move(message=message, state=State.HELD, now=now, note="It comes from a backup: it may have been sent.")
        if new:
            record(actor="system", action="messaging.hold", detail={"messages": len(new)}, now=now)
    return len(new)


def release(*, message_id: UUID, by: str, now: datetime) -> None:
    """Let a held message be sent, as soon as its contact's hours allow. Raises MessagingError where none is held."""
    _decide(message_id, State.QUEUED, "release", by=by, now=now)


def drop(*, message_id: UUID, by: str, now: datetime) -> None:
    """Never send a held message, because it was sent before the restore or is of no use now. Raises MessagingError."""
    _decide(message_id, State.DROPPED, "drop", by=by, now=now)


def _decide(message_id: UUID, state: Message.State, act: str, *, by: str, now: datetime) -> None:
    with transaction.atomic():
        message = held().select_for_update().filter(pk=message_id).first()
        if message is None:
            raise MessagingError(f"There is no held message {message_id}. See: bluelamp messages held")
        if state == State.QUEUED:
            message.due_at = max(now, message.due_at)
        move(message=message, state=state, now=now, note=f"A person decided: {act}.")
        record(actor=by, action=f"messaging.{act}", subject=f"message:{message.pk}", now=now)
