"""Queueing notices. Every notice of the whole program comes through here."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from bluelamp.kernel.messaging.models import Contact, Message
from bluelamp.kernel.messaging.operations.steps import MessagingError, State, why_blocked, write_down
from bluelamp.kernel.messaging.wordings import wording_by_code

ORIGINS = ("live", "exercise", "simulation", "test")


def queue(
    *,
    contact: Contact,
    template: str,
    dedupe_key: str,
    origin: str,
    now: datetime,
    params: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
) -> Message:
    """Queue one notice, inside the caller's transaction. The same `dedupe_key` again gives the message that is there.

    For an unsafe or suppressed contact it gives a message in that state, never to be sent, so that a caller has
    nothing to repeat. Raises KeyError for an unknown template, ValueError for its parameters or an unknown origin.
    """
    if origin not in ORIGINS or not dedupe_key:
        raise MessagingError("A message needs a known origin and a key that tells it from others.")
    values = dict(params or {})
    wording_by_code(template).check_params(values)
    known = Message.objects.filter(dedupe_key=dedupe_key).first()
    if known:
        return known
    try:
        with transaction.atomic():
            held = Contact.objects.select_for_update().get(pk=contact.pk)
            message = Message.objects.create(
                contact=held,
                template=template,
                params=values,
                state=why_blocked(held) or State.QUEUED,
                due_at=due_at or now,
                dedupe_key=dedupe_key,
                origin=origin,
                added_at=now,
            )
            write_down(message=message, now=now)
            return message
    except IntegrityError:
        return Message.objects.get(dedupe_key=dedupe_key)
