"""What lies on the cast's desks: accounts in every state, a lost second factor, messages that go to nobody."""

from datetime import datetime, time, timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.messaging.domain.hours import Hours
from bluelamp.kernel.messaging.models import Contact
from bluelamp.kernel.messaging.operations.contacts import add_contact, suppress
from bluelamp.kernel.messaging.operations.notices import queue
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, User, Vetting
from bluelamp.kernel.people.operations.accounts import new_account
from bluelamp.kernel.people.operations.recovery import ask_reset
from bluelamp.project.demo.cast import DOMAIN, FORCE_SCOPE, address

_HELD = "Teleri"


def make_examples(*, now: datetime) -> None:
    """Make the examples, once: what somebody changed at the desk stays changed. The cast must be there."""
    if User.objects.filter(email=address(_HELD)).exists():
        return
    with transaction.atomic():
        _accounts(now=now)
        _notices(now=now)
    _recovery(now=now)


def _accounts(*, now: datetime) -> None:
    """An invitation that waits, a grant that ended, a vetting that did, a closed account."""
    _person(_HELD, "Tudor", now=now)
    ended = _person("Usha", "Unwin", now=now)
    _grant(ended, "control-room-operator", start=now - timedelta(days=90), end=now - timedelta(days=1), given=now)
    unvetted = _person("Vashti", "Vaughan", now=now)
    _grant(unvetted, "triage-officer", start=now, end=now + timedelta(days=90), given=now)
    Vetting.objects.create(
        person=unvetted, level="rv", expires_on=(now - timedelta(days=7)).date(), recorded_at=now - timedelta(days=365)
    )
    closed = _person("Wyn", "Watts", now=now)
    closed.is_active = False
    closed.save(update_fields=["is_active"])


def _recovery(*, now: datetime) -> None:
    """Dev lost his telephone; Ada asked, and Ben has to agree or refuse."""
    dev = User.objects.get(email=address("Dev"))
    TOTP.activate(dev, generate_totp_secret())
    ada = Grant.objects.get(person__email=address("Ada"), capacity="administrator")
    actor = Actor(user_id=ada.person_id, capacity=ada.capacity, scope=ada.scope, purpose=ada.purpose, grant_id=ada.pk)
    ask_reset(actor=actor, user_id=dev.pk, how_known="Came to the office with his warrant card", now=now)


def _notices(*, now: datetime) -> None:
    """Notices in both languages and by both ways; one that must not be sent, one not wanted, one that waits."""
    by = "system"
    email = add_contact(kind="email", address=f"reader@{DOMAIN}", safe=True, by=by, now=now)
    welsh = add_contact(kind="sms", address="07700900123", safe=True, language="cy", by=by, now=now)
    danger = add_contact(kind="email", address=f"watched@{DOMAIN}", safe=False, by=by, now=now)
    tired = add_contact(kind="sms", address="07700900124", safe=True, by=by, now=now)
    suppress(contact=tired, reason="asked for none", by=by, now=now)
    night = Hours(start=time(3), end=time(3, 30))
    later = add_contact(kind="sms", address="07700900125", safe=True, hours=night, by=by, now=now)
    _queue(email, "something-new", now=now)
    _queue(email, "question", now=now)
    _queue(welsh, "all-done", now=now)
    for contact in (danger, tired, later):
        _queue(contact, "something-new", now=now)


def _queue(contact: Contact, template: str, *, now: datetime) -> None:
    queue(contact=contact, template=template, dedupe_key=f"demo-{contact.pk}-{template}", origin="test", now=now)


def _person(first: str, last: str, *, now: datetime) -> User:
    made = new_account(email=address(first), name=f"{first} {last}", origin="test")
    record(actor="system", action="people.demo-cast", subject=f"user:{made.pk}", now=now)
    return made


def _grant(person: User, capacity: str, *, start: datetime, end: datetime, given: datetime) -> None:
    Grant.objects.create(
        person=person,
        capacity=capacity,
        scope=FORCE_SCOPE,
        purpose="Demonstration",
        starts_at=start,
        ends_at=end,
        given_at=given,
    )
