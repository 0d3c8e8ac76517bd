"""After a restore nothing that may have been sent is sent again, until a person has decided."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from test_messages_sent import BY, NOW, Post, contact, queued, send, state, steps
from typer.testing import CliRunner

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.messaging.models import Message
from bluelamp.kernel.messaging.operations import contacts, holding
from bluelamp.kernel.messaging.operations.steps import MessagingError
from bluelamp.project.cli.app import app

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def run(*words: str) -> Any:
    return json.loads(CliRunner().invoke(app, ["messages", *words, "--json"]).stdout)


def test_what_was_not_sent_is_held_and_nothing_else() -> None:
    to = contact()
    gone = queued(to, key="gone")
    send(Post())
    waiting = queued(to, key="waiting")
    later = queued(to, key="later", due_at=NOW + timedelta(days=3))
    exercise = queued(to, key="exercise", origin="exercise")
    refused = queued(contact(address="bob@example.org", safe=False), key="refused")
    cut = queued(to, key="cut")
    Message.objects.filter(pk=cut.pk).update(state="sending", claimed_until=NOW, channel="post", attempts=1)
    assert holding.hold_unsent(now=LATER) == 3
    assert [state(m) for m in (waiting, later, cut)] == ["held"] * 3
    assert (state(gone), state(exercise), state(refused)) == ("sent", "queued", "unsafe")
    assert steps(waiting) == ["queued", "held"] and Entry.objects.get(action="messaging.hold").detail == {"messages": 3}
    post = Post()
    for days in (0, 4, 400):
        send(post, now=LATER + timedelta(days=days))
    assert post.taken == [] and state(exercise) == "sent"
    assert holding.hold_unsent(now=LATER) == 0, "the next restore holds what is new"
    assert Entry.objects.filter(action="messaging.hold").count() == 1


def test_a_person_releases_or_drops() -> None:
    to = contact()
    first, second, third = (queued(to, key=str(n), due_at=NOW + timedelta(hours=2 * n)) for n in range(3))
    holding.hold_unsent(now=LATER)
    holding.release(message_id=first.pk, by=BY, now=LATER)
    holding.release(message_id=third.pk, by=BY, now=LATER)
    holding.drop(message_id=second.pk, by=BY, now=LATER)
    post = Post()
    assert send(post, now=LATER) == {"sent": 1}, "the third waits for its time"
    assert send(post, now=LATER + timedelta(hours=5)) == {"sent": 1}
    assert (state(first), state(second), state(third)) == ("sent", "dropped", "sent")
    assert steps(second) == ["queued", "held", "dropped"]
    assert {e.action for e in Entry.objects.filter(actor=BY, subject=f"message:{second.pk}")} == {"messaging.drop"}
    for message_id in (first.pk, second.pk, uuid4()):
        with pytest.raises(MessagingError, match="no held message"):
            holding.release(message_id=message_id, by=BY, now=LATER)
        with pytest.raises(MessagingError, match="no held message"):
            holding.drop(message_id=message_id, by=BY, now=LATER)


def test_danger_and_no_thank_you_hold_for_held_messages_too() -> None:
    ann, bob, eve = (contact(address=f"{name}@example.org") for name in ("ann", "bob", "eve"))
    messages = [queued(to, key=str(n)) for n, to in enumerate((ann, bob, eve))]
    holding.hold_unsent(now=LATER)
    contacts.set_unsafe(contact=ann, by=BY, now=LATER)
    contacts.suppress(contact=bob, reason="asked", by=BY, now=LATER)
    contacts.erase_contact(contact=eve, by=BY, now=LATER)
    assert [state(m) for m in messages] == ["unsafe", "suppressed", "suppressed"]


def test_the_commands() -> None:
    to = contact()
    ids = [str(queued(to, key=str(n), now=NOW + timedelta(seconds=n)).pk) for n in range(4)]
    holding.hold_unsent(now=LATER)
    shown = run("held")
    assert [row["id"] for row in shown] == ids and shown[0]["template"] == "something-new"
    assert "example.org" not in json.dumps(shown)
    assert run("status")["states"] == {"held": 4}
    assert run("release", ids[1]) == {"released": [ids[1]]}
    assert run("drop", ids[0], ids[0]) == {"dropped": [ids[0]]}
    assert run("drop", "--all") == {"dropped": ids[2:]}
    assert run("held") == [] and run("status")["states"] == {"dropped": 3, "queued": 1}
    for words in (["release"], ["drop", ids[0], "--all"]):
        assert CliRunner().invoke(app, ["messages", *words]).exit_code == 2
