"""Contacts: nothing to an unsafe one, and who changed it is told, never the address."""

import json
import stat
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from post import BY, NOW, Post, contact, queued, send, state, steps
from threads import run_together

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.messaging import sealing
from bluelamp.kernel.messaging.models import Contact, Message, MessageEvent
from bluelamp.kernel.messaging.operations import contacts

pytestmark = pytest.mark.django_db

# Danger


def test_an_unsafe_contact_gets_nothing_from_any_part(vault: Any) -> None:
    post = Post()
    refused = queued(contact(safe=False), key="a")
    same_address = queued(contact(address="ANN@example.org"), key="b", origin="exercise")
    other = queued(contact(address="bob@example.org"), key="c")
    assert (refused.state, same_address.state) == ("unsafe", "unsafe")
    assert send(post) == {"sent": 1} and [a for a, _, _ in post.taken] == ["bob@example.org"]
    assert state(other) == "sent" and len(vault.opened) == 1
    assert send(post, now=NOW + timedelta(days=30)) == {}


def test_danger_that_comes_later_stops_what_waits_for_the_address() -> None:
    post, first, second = Post(), contact(), contact()
    waiting = [queued(first, key="a"), queued(second, key="b", due_at=NOW + timedelta(days=1))]
    contacts.set_unsafe(contact=first, by=BY, now=NOW)
    assert [state(m) for m in waiting] == ["unsafe", "unsafe"] and steps(waiting[1]) == ["queued", "unsafe"]
    assert contacts.set_safe(contact=second, by=BY, now=NOW) == 0
    assert queued(second, key="c").state == "unsafe", "the other contact still says that it is not safe"
    assert contacts.set_safe(contact=second, everywhere=True, by=BY, now=NOW) == 1
    assert queued(second, key="d").state == "queued"
    assert send(post) == {"sent": 1} and [state(m) for m in waiting] == ["unsafe", "unsafe"]


def test_danger_is_looked_for_again_at_the_moment_of_handing_over() -> None:
    post, made = Post(), contact()
    message = queued(made)
    # As if another program had written it: no operation moved the waiting message.
    Contact.objects.filter(pk=made.pk).update(safe=False)
    assert send(post) == {"unsafe": 1} and not post.taken and state(message) == "unsafe"


@pytest.mark.parametrize("new", ["sending", "sent", "delivered"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_database_itself_sends_nothing_to_an_unsafe_contact(new: str, elsewhere: bool) -> None:
    made = contact()
    message = queued(made)
    danger = contact() if elsewhere else made
    Contact.objects.filter(pk=danger.pk).update(safe=False)
    values = {"state": new, "channel": "post"}
    values |= {"claimed_until": NOW} if new == "sending" else {"sent_at": NOW}
    rows = Message.objects.filter(pk=message.pk)
    with pytest.raises(IntegrityError, match="unsafe"), transaction.atomic():
        rows.update(**values)
    with pytest.raises(IntegrityError, match="unsafe"), transaction.atomic():
        Message.objects.create(
            contact=made, template="x", dedupe_key="z", origin="live", due_at=NOW, added_at=NOW, **values
        )
    Contact.objects.filter(pk=danger.pk).update(safe=True)
    assert rows.update(**values) == 1


def test_the_record_of_what_happened_is_not_changed() -> None:
    message = queued(contact())
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        MessageEvent.objects.filter(message=message).update(note="other")


def test_danger_declared_while_a_message_is_handed_over_is_told_truthfully(shared_database: None) -> None:
    made = contact()
    message, later = queued(made, key="a", now=NOW - timedelta(hours=1)), queued(made, key="b")
    inside, done = threading.Event(), threading.Event()
    post = Post(hook=lambda: (inside.set(), done.wait(10)))

    def declare() -> None:
        assert inside.wait(10)
        contacts.set_unsafe(contact=made, by=BY, now=NOW)
        done.set()

    outcomes = run_together(lambda: send(post), declare)
    assert outcomes == [{"sent": 1}, None]
    assert (state(message), state(later), len(post.taken)) == ("sent", "unsafe", 1)


def test_the_key_of_the_hashes_is_private_and_kept(tmp_path: Path) -> None:
    first = sealing.digest(kind="email", address="ann@example.org")
    path = tmp_path / "keys" / "contacts"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and [p.name for p in path.parent.iterdir()] == ["contacts"]
    sealing._key.cache_clear()
    assert sealing.digest(kind="email", address="ann@example.org") == first
    assert sealing.digest(kind="sms", address="ann@example.org") != first
    path.write_bytes(b"short")
    sealing._key.cache_clear()
    with pytest.raises(OSError, match="32 bytes"):
        sealing.digest(kind="email", address="ann@example.org")
    sealing._key.cache_clear()


def test_the_log_tells_who_changed_a_contact_and_never_the_address() -> None:
    made = contact()
    contacts.set_unsafe(contact=made, by=BY, now=NOW)
    contacts.set_safe(contact=made, everywhere=True, by=BY, now=NOW)
    contacts.suppress(contact=made, reason="asked", by=BY, now=NOW)
    contacts.lift_suppression(contact=made, by=BY, now=NOW)
    contacts.erase_contact(contact=made, by=BY, now=NOW)
    rows = Entry.objects.order_by("id")
    acts = ("add-contact", "set-unsafe", "set-safe", "suppress", "lift-suppression", "erase-contact")
    assert [row.action for row in rows] == [f"messaging.{act}" for act in acts]
    assert {(row.actor, row.subject) for row in rows} == {(BY, f"contact:{made.pk}")}
    assert "ann" not in json.dumps([row.detail for row in rows])


def test_a_contact_that_cannot_be_logged_is_not_made() -> None:
    with pytest.raises(ValueError):
        contact(by="")
    assert not Contact.objects.exists()
