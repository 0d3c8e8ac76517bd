"""Contacts and notices. Every notice of the whole program goes through `queue` and `send_due`.

An unsafe contact gets none: `queue` records the refusal, `send_due` looks again at the moment of handing over, and the
database refuses the claim (migration 0002). Danger and suppression hold for an address, whichever contact keeps it.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from bluelamp.kernel.messaging import sealing
from bluelamp.kernel.messaging.channels import configured
from bluelamp.kernel.messaging.channels.base import Channel, SendError
from bluelamp.kernel.messaging.channels.sink import SinkChannel
from bluelamp.kernel.messaging.domain.addresses import Kind, normalised
from bluelamp.kernel.messaging.domain.hours import Hours, next_open
from bluelamp.kernel.messaging.domain.retry import MOST_ATTEMPTS, try_again_at
from bluelamp.kernel.messaging.domain.wording import LANGUAGES
from bluelamp.kernel.messaging.models import Contact, Message, MessageEvent
from bluelamp.kernel.messaging.queries import WAITING, due, kind_of
from bluelamp.kernel.messaging.wordings import wording_by_code

ORIGINS = ("live", "exercise", "simulation", "test")
_CLAIM = timedelta(minutes=10)
_State = Message.State


class MessagingError(ValueError):
    """A contact or notice that cannot be made; the message says why in one sentence."""


@dataclass(frozen=True)
class _Claim:
    """A message that this worker alone may hand over now."""

    message: Message
    contact: Contact
    channel: Channel


# Contacts


def add_contact(
    *, kind: Kind, address: str, safe: bool, language: str = "en", hours: Hours | None = None, now: datetime
) -> Contact:
    """Record an address, sealed. `safe` is what the person said; unsure is False.

    Raises AddressError for no usable address, MessagingError for an unknown language.
    """
    if language not in LANGUAGES:
        raise MessagingError("Messages are in English (en) or Welsh (cy).")
    form = normalised(kind=kind, address=address)
    contact_id = uuid.uuid4()
    return Contact.objects.create(
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


def set_unsafe(*, contact: Contact, now: datetime) -> Contact:
    """Messages are not safe: what waits for this address, from any part of the program, will never be sent."""
    with transaction.atomic():
        held = Contact.objects.select_for_update().get(pk=contact.pk)
        held.safe = False
        held.save(update_fields=["safe"])
        _stop_waiting(contact=held, state=_State.UNSAFE, now=now)
    return held


def set_safe(*, contact: Contact, everywhere: bool = False) -> int:
    """A person says that messages are safe now; give how many contacts that changed. What was stopped stays stopped.

    Other contacts with the same address keep it unsafe, unless with `everywhere`: a decision of a safeguarding officer.
    """
    chosen = _same_address(contact) if everywhere else [contact.pk]
    with transaction.atomic():
        held = Contact.objects.select_for_update().filter(pk__in=chosen, safe=False)
        return held.update(safe=True)


def suppress(*, contact: Contact, reason: str, now: datetime) -> Contact:
    """No more messages to this address: the person does not want them or they cannot be delivered."""
    if not reason.strip():
        raise MessagingError("A suppression needs a reason.")
    with transaction.atomic():
        held = Contact.objects.select_for_update().get(pk=contact.pk)
        _suppress(held=held, reason=reason.strip(), now=now)
    return held


def lift_suppression(*, contact: Contact) -> int:
    """The person asks for messages again: lift every suppression of this address; give how many there were."""
    with transaction.atomic():
        held = Contact.objects.select_for_update().filter(pk__in=_same_address(contact), erased_at__isnull=True)
        return held.update(suppressed_at=None, suppressed_reason="")


def erase_contact(*, contact: Contact, now: datetime) -> Contact:
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
        for message in held.messages.select_for_update().filter(state__in=WAITING):
            _move(message=message, state=_State.SUPPRESSED, now=now, note="The address was erased.")
        # A destroyed key cannot be brought back: only when everything else is certain.
        transaction.on_commit(partial(sealing.erase_address, contact_id=held.pk, now=now))
    return held


# Notices


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
                state=_blocked(held) or _State.QUEUED,
                due_at=due_at or now,
                dedupe_key=dedupe_key,
                origin=origin,
                added_at=now,
            )
            _note(message=message, now=now)
            return message
    except IntegrityError:
        return Message.objects.get(dedupe_key=dedupe_key)


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
        if held.state == _State.SENT:
            _move(message=held, state=_State.DELIVERED, now=now)
    return held


def mark_bounced(*, message: Message, permanent: bool, now: datetime) -> Message:
    """The provider says, after taking the message, that it did not arrive. Permanent: the address is suppressed."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(pk=message.contact_id)
        held = Message.objects.select_for_update().get(pk=message.pk)
        if held.state in (_State.SENT, _State.DELIVERED):
            held.last_error = "It came back."
            _move(message=held, state=_State.FAILED, now=now, note=held.last_error)
            if permanent:
                _suppress(held=contact, reason="bounced", now=now)
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
        blocked = _blocked(contact)
        if blocked:
            return _move(message=message, state=blocked, now=now)
        if message.attempts >= MOST_ATTEMPTS:
            return _move(message=message, state=_State.FAILED, now=now, note="It was tried too often.")
        channel = channels.get(contact.kind) if message.origin == "live" else SinkChannel()
        if channel is None:
            return ""
        open_at = next_open(moment=now, hours=contact.hours)
        if open_at > now:
            message.due_at = open_at
            return _move(message=message, state=_State.WAITING_HOURS, now=now)
        message.attempts += 1
        message.channel = channel.id
        message.claimed_until = now + _CLAIM
        _move(message=message, state=_State.SENDING, now=now)
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
        return _finish(claim=claim, state=_State.SUPPRESSED, now=now, error="The address was erased.")
    except SendError as problem:
        return _not_taken(claim=claim, problem=problem, now=now)
    message.provider_ref = ref
    return _finish(claim=claim, state=_State.SENT, now=now)


def _not_taken(*, claim: _Claim, problem: SendError, now: datetime) -> str:
    again = None if problem.permanent else try_again_at(attempts=claim.message.attempts, now=now)
    if again:
        claim.message.due_at = again
        return _finish(claim=claim, state=_State.QUEUED, now=now, error=str(problem))
    with transaction.atomic():
        if problem.permanent:
            contact = Contact.objects.select_for_update().get(pk=claim.contact.pk)
            _suppress(held=contact, reason="bounced", now=now)
        return _finish(claim=claim, state=_State.FAILED, now=now, error=str(problem))


def _finish(*, claim: _Claim, state: Message.State, now: datetime, error: str = "") -> str:
    with transaction.atomic():
        held = Message.objects.select_for_update().get(pk=claim.message.pk)
        if held.state != _State.SENDING or held.attempts != claim.message.attempts:
            # The claim ended and another worker has it: what became of this attempt is only written down.
            MessageEvent.objects.create(
                message=held, at=now, state=state, attempt=claim.message.attempts, channel=claim.channel.id, note="late"
            )
            return state
        held.due_at, held.provider_ref = claim.message.due_at, claim.message.provider_ref
        held.last_error = error[:200]
        if state == _State.SENT:
            held.sent_at = now
        return _move(message=held, state=state, now=now, note=error)


def _blocked(contact: Contact) -> Message.State | None:
    """Why nothing may be sent to the address of a contact, if so. Danger goes before suppression."""
    same = Contact.objects.filter(pk__in=_same_address(contact))
    if same.filter(safe=False).exists():
        return _State.UNSAFE
    if contact.erased_at or same.filter(suppressed_at__isnull=False).exists():
        return _State.SUPPRESSED
    return None


def _same_address(contact: Contact) -> list[uuid.UUID]:
    digest = contact.address_digest
    others = Contact.objects.filter(address_digest=digest).values_list("pk", flat=True) if digest else []
    return [*{contact.pk, *others}]


def _suppress(*, held: Contact, reason: str, now: datetime) -> None:
    if held.suppressed_at is None:
        held.suppressed_at, held.suppressed_reason = now, reason[:60]
        held.save(update_fields=["suppressed_at", "suppressed_reason"])
    _stop_waiting(contact=held, state=_State.SUPPRESSED, now=now)


def _stop_waiting(*, contact: Contact, state: Message.State, now: datetime) -> None:
    waiting = Message.objects.select_for_update().filter(contact__in=_same_address(contact), state__in=WAITING)
    for message in waiting.order_by("pk"):
        _move(message=message, state=state, now=now)


def _move(*, message: Message, state: Message.State, now: datetime, note: str = "") -> str:
    message.state = state
    if state != _State.SENDING:
        message.claimed_until = None
    message.save()
    _note(message=message, now=now, note=note)
    return state.value


def _note(*, message: Message, now: datetime, note: str = "") -> None:
    MessageEvent.objects.create(
        message=message,
        at=now,
        state=message.state,
        attempt=message.attempts,
        channel=message.channel,
        note=note[:200],
    )
