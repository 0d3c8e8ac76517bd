"""Handing notices over.

An unsafe contact gets none: what is queued for it was refused then, here it is looked at again at the moment of handing
over, and the database refuses the claim (migration 0002).
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.kernel.messaging import sealing
from bluelamp.kernel.messaging.channels import configured
from bluelamp.kernel.messaging.channels.base import Channel, SendError
from bluelamp.kernel.messaging.channels.sink import SinkChannel
from bluelamp.kernel.messaging.domain.hours import next_open
from bluelamp.kernel.messaging.domain.retry import MOST_ATTEMPTS, try_again_at
from bluelamp.kernel.messaging.models import Contact, Message, MessageEvent
from bluelamp.kernel.messaging.operations.steps import State, move, stop_for_good, why_blocked
from bluelamp.kernel.messaging.queries import due, kind_of
from bluelamp.kernel.messaging.wordings import wording_by_code

_CLAIM = timedelta(minutes=10)


@dataclass(frozen=True)
class _Claim:
    """A message that this worker alone may hand over now."""

    message: Message
    contact: Contact
    channel: Channel


def run(*, now: datetime) -> None:
    """The job: send what is due through the channels that are set up."""
    send_due(now=now, channels=configured())


def send_due(*, now: datetime, channels: Mapping[str, Channel], limit: int = 100) -> Mapping[str, int]:
    """Hand over what is due, oldest first; give how many messages came into each state.

    `channels` gives the channel of each kind of address. What is not live goes to the sink whatever they are; a live
    message without a channel waits. A message is claimed in one transaction and handed over outside any, so that a
    slow server holds no lock. If a worker is killed in between, the claim ends and the message is sent again.
    """
    done: Counter[str] = Counter()
    for message_id in list(due(now=now).values_list("pk", flat=True)[:limit]):
        claimed = _claim(message_id=message_id, channels=channels, now=now)
        if isinstance(claimed, _Claim):
            done[_hand_over(claim=claimed, now=now)] += 1
        elif claimed:
            done[claimed] += 1
    return dict(done)


def mark_delivered(*, message: Message, now: datetime) -> Message:
    """The provider says that the message arrived. Nothing changes for one that was not sent."""
    with transaction.atomic():
        held = Message.objects.select_for_update().get(pk=message.pk)
        if held.state == State.SENT:
            move(message=held, state=State.DELIVERED, now=now)
    return held


def mark_bounced(*, message: Message, permanent: bool, now: datetime) -> Message:
    """The provider says, after taking the message, that it did not arrive. Permanent: the address is suppressed."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(pk=message.contact_id)
        held = Message.objects.select_for_update().get(pk=message.pk)
        if held.state in (State.SENT, State.DELIVERED):
            held.last_error = "It came back."
            move(message=held, state=State.FAILED, now=now, note=held.last_error)
            if permanent:
                stop_for_good(held=contact, reason="bounced", now=now)
    return held


def _claim(*, message_id: uuid.UUID, channels: Mapping[str, Channel], now: datetime) -> "_Claim | str":
    """Claim one message, or move it to where it belongs and give that state; "" if there is nothing to do now."""
    with transaction.atomic():
        contact_id = Message.objects.values_list("contact_id", flat=True).get(pk=message_id)
        # The contact first, as everywhere: whoever declares it unsafe comes before this or after, never in between.
        contact = Contact.objects.select_for_update().get(pk=contact_id)
        message = due(now=now).select_for_update().filter(pk=message_id).first()
        if message is None:
            return ""
        blocked = why_blocked(contact)
        if blocked:
            return move(message=message, state=blocked, now=now)
        if message.attempts >= MOST_ATTEMPTS:
            return move(message=message, state=State.FAILED, now=now, note="It was tried too often.")
        channel = channels.get(contact.kind) if message.origin == "live" else SinkChannel()
        if channel is None:
            return ""
        open_at = next_open(moment=now, hours=contact.hours)
        if open_at > now:
            message.due_at = open_at
            return move(message=message, state=State.WAITING_HOURS, now=now)
        message.attempts += 1
        message.channel = channel.id
        message.claimed_until = now + _CLAIM
        move(message=message, state=State.SENDING, now=now)
        return _Claim(message=message, contact=contact, channel=channel)


def _hand_over(*, claim: _Claim, now: datetime) -> str:
    message, contact = claim.message, claim.contact
    kind = kind_of(contact)
    shown = wording_by_code(message.template).render(kind=kind, language=contact.language, params=message.params)
    try:
        # The sink reaches nobody, so it does not get to know an address either.
        to_nobody = isinstance(claim.channel, SinkChannel)
        address = "" if to_nobody else sealing.open_address(contact_id=contact.pk, sealed=contact.address_sealed)
        ref = claim.channel.send(address=address, subject=shown.subject, text=shown.text, reference=str(message.pk))
    except sealing.AddressErasedError:
        return _finish(claim=claim, state=State.SUPPRESSED, now=now, error="The address was erased.")
    except SendError as problem:
        return _not_taken(claim=claim, problem=problem, now=now)
    message.provider_ref = ref
    return _finish(claim=claim, state=State.SENT, now=now)


def _not_taken(*, claim: _Claim, problem: SendError, now: datetime) -> str:
    again = None if problem.permanent else try_again_at(attempts=claim.message.attempts, now=now)
    if again:
        claim.message.due_at = again
        return _finish(claim=claim, state=State.QUEUED, now=now, error=str(problem))
    with transaction.atomic():
        if problem.permanent:
            contact = Contact.objects.select_for_update().get(pk=claim.contact.pk)
            stop_for_good(held=contact, reason="bounced", now=now)
        return _finish(claim=claim, state=State.FAILED, now=now, error=str(problem))


def _finish(*, claim: _Claim, state: Message.State, now: datetime, error: str = "") -> str:
    with transaction.atomic():
        held = Message.objects.select_for_update().get(pk=claim.message.pk)
        if held.state != State.SENDING or held.attempts != claim.message.attempts:
            # The claim ended and another worker has it: what became of this attempt is only written down.
            MessageEvent.objects.create(
                message=held, at=now, state=state, attempt=claim.message.attempts, channel=claim.channel.id, note="late"
            )
            return state
        held.due_at, held.provider_ref = claim.message.due_at, claim.message.provider_ref
        held.last_error = error[:200]
        if state == State.SENT:
            held.sent_at = now
        return move(message=held, state=state, now=now, note=error)
