"""Notices: nothing outside a person's hours, nothing twice, nothing lost."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from post import BY, NOW, Post, contact, queued, run, send, state, steps
from threads import run_together

from bluelamp.kernel.messaging.channels import CHANNELS, configured, shelf
from bluelamp.kernel.messaging.channels.base import SendError
from bluelamp.kernel.messaging.channels.sink import SinkChannel
from bluelamp.kernel.messaging.domain.addresses import AddressError
from bluelamp.kernel.messaging.domain.hours import Hours
from bluelamp.kernel.messaging.domain.retry import MOST_ATTEMPTS
from bluelamp.kernel.messaging.models import Contact, Message, MessageEvent
from bluelamp.kernel.messaging.operations import contacts, notices, sending
from bluelamp.kernel.messaging.operations.steps import MessagingError
from bluelamp.kernel.messaging.queries import due, sink_messages, status
from bluelamp.project.cli.app import app

pytestmark = pytest.mark.django_db


def test_a_message_is_handed_over_once_and_its_steps_are_kept() -> None:
    post, message = Post(), queued(contact(language="cy"))
    assert send(post) == {"sent": 1} and send(post) == {}
    (address, subject, text), *rest = post.taken
    assert not rest and address == "ann@example.org" and subject == "Rhywbeth newydd i chi" and text.startswith("Helo")
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.provider_ref, message.channel) == ("sent", NOW, "ref-1", "post")
    assert steps(message) == ["queued", "sending", "sent"]
    assert sending.mark_delivered(message=message, now=NOW).state == "delivered"
    sending.mark_delivered(message=message, now=NOW)
    assert steps(message) == ["queued", "sending", "sent", "delivered"]


def test_addresses_rest_sealed_and_no_row_repeats_them() -> None:
    made = contact(kind="sms", address="07700 900123")
    queued(made)
    post = Post(SendError("The gateway answered 500.", permanent=False))
    send(post)
    rows = [*Contact.objects.values(), *Message.objects.values(), *MessageEvent.objects.values()]
    written = "".join(str({k: bytes(v) if isinstance(v, memoryview) else v for k, v in r.items()}) for r in rows)
    assert "900123" not in written
    with pytest.raises(AddressError):
        contact(address="nobody")
    with pytest.raises(MessagingError):
        contact(language="fr")


# Hours


def test_quiet_hours_are_kept_over_the_change_of_the_clocks() -> None:
    post = Post()
    evening = datetime(2026, 3, 28, 20, tzinfo=UTC)
    message = queued(contact(hours=Hours(time(9), time(17))), now=evening)
    assert send(post, now=evening) == {"waiting-hours": 1}
    message.refresh_from_db()
    assert message.due_at == datetime(2026, 3, 29, 8, tzinfo=UTC) and message.attempts == 0
    assert send(post, now=datetime(2026, 3, 29, 7, 59, tzinfo=UTC)) == {}
    assert send(post, now=datetime(2026, 3, 29, 16, 0, tzinfo=UTC)) == {"waiting-hours": 1}, "17:00 on the wall"
    assert send(post, now=datetime(2026, 3, 30, 8, 0, tzinfo=UTC)) == {"sent": 1}
    assert steps(message) == ["queued", "waiting-hours", "waiting-hours", "sending", "sent"]


def test_a_retry_waits_for_the_hours_too() -> None:
    post = Post(SendError("busy", permanent=False))
    message = queued(contact(hours=Hours(time(11), time(12, 1))))
    assert send(post) == {"queued": 1}
    post.fail = None
    assert send(post, now=NOW + timedelta(minutes=2)) == {"waiting-hours": 1} and not post.taken
    assert state(message) == "waiting-hours"


@pytest.mark.parametrize(("start", "end"), [(time(9), None), (None, time(9)), (time(9), time(9))])
def test_the_database_refuses_half_hours(start: time | None, end: time | None) -> None:
    made = contact()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=made.pk).update(hours_from=start, hours_to=end)


# Suppression and failure


def test_a_permanent_bounce_suppresses_the_address_and_what_waits_for_it() -> None:
    post, made = Post(SendError("The mail server refused the address (550 5.1.1).", permanent=True)), contact()
    first, second = queued(made, key="a"), queued(contact(), key="b", due_at=NOW + timedelta(hours=1))
    assert send(post) == {"failed": 1}
    assert (state(first), first.last_error) == ("failed", "The mail server refused the address (550 5.1.1).")
    assert state(second) == "suppressed" and queued(contact(), key="c").state == "suppressed"
    assert contacts.lift_suppression(contact=second.contact, by=BY, now=NOW) == Contact.objects.count() == 3
    made.refresh_from_db()
    assert made.suppressed_at is None and queued(made, key="d").state == "queued"


def test_a_busy_server_is_tried_again_with_growing_waits_and_then_no_more() -> None:
    post, message = Post(SendError("busy", permanent=False)), queued(contact())
    waits, now = [], NOW
    for _ in range(MOST_ATTEMPTS - 1):
        assert send(post, now=now) == {"queued": 1}
        message.refresh_from_db()
        assert send(post, now=message.due_at - timedelta(seconds=1)) == {}
        waits.append(message.due_at - now)
        now = message.due_at
    assert waits == sorted(waits) and len(set(waits)) == len(waits)
    assert send(post, now=now) == {"failed": 1} and send(post, now=now + timedelta(days=9)) == {}
    assert message.contact.suppressed_at is None and steps(message).count("sending") == MOST_ATTEMPTS


def test_a_killed_worker_loses_no_message_and_a_poisonous_one_ends() -> None:
    def die() -> None:
        raise KeyboardInterrupt

    post, message, now = Post(hook=die), queued(contact()), NOW
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            send(post, now=now)
        assert state(message) == "sending" and send(Post(), now=now + timedelta(minutes=9)) == {}
        now += timedelta(minutes=10)
    assert send(post, now=now) == {"failed": 1}


def test_a_killed_worker_s_message_is_sent_by_the_next() -> None:
    post, message = Post(), queued(contact())

    def stop() -> None:
        raise KeyboardInterrupt

    post.hook = stop
    with pytest.raises(KeyboardInterrupt):
        send(post)
    post.hook = lambda: None
    assert send(post, now=NOW + timedelta(minutes=10)) == {"sent": 1} and len(post.taken) == 1
    assert steps(message) == ["queued", "sending", "sending", "sent"]


def test_a_message_left_by_a_killed_worker_is_not_sent_once_there_is_danger() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    made = contact()
    message = queued(made)
    with pytest.raises(KeyboardInterrupt):
        send(Post(hook=stop))
    contacts.set_unsafe(contact=made, by=BY, now=NOW)
    assert send(Post(), now=NOW + timedelta(minutes=11)) == {"unsafe": 1} and state(message) == "unsafe"


def test_two_workers_never_hand_over_the_same_message(shared_database: None) -> None:
    made = contact()
    for number in range(20):
        queued(made, key=str(number))
    posts = [Post(), Post()]
    outcomes = run_together(*(lambda p=p: send(p) for p in posts))  # type: ignore[misc]
    assert all(isinstance(o, dict) for o in outcomes), outcomes
    assert sum(len(p.taken) for p in posts) == 20 == sum(sum(o.values()) for o in outcomes if isinstance(o, dict))
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_bounce_reported_later_fails_the_message() -> None:
    post, message = Post(), queued(contact())
    sending.mark_bounced(message=message, permanent=True, now=NOW)
    assert state(message) == "queued", "what was not sent cannot come back"
    send(post)
    assert sending.mark_bounced(message=message, permanent=True, now=NOW).state == "failed"
    message.contact.refresh_from_db()
    assert message.contact.suppressed_reason == "bounced"


def test_the_same_key_is_one_message(shared_database: None) -> None:
    made = contact()
    outcomes = run_together(lambda: queued(made).pk, lambda: queued(made).pk)
    assert outcomes[0] == outcomes[1] == queued(made).pk and Message.objects.count() == 1
    assert MessageEvent.objects.count() == 1


def test_an_erased_contact_gets_nothing_and_leaves_no_hash_unless_it_must_stop_messages(vault: Any) -> None:
    made, stopped = contact(), contact(address="bob@example.org", safe=False)
    message = queued(made)
    claimed_meanwhile = contact(address="cai@example.org")
    left = queued(claimed_meanwhile, key="left")
    contacts.erase_contact(contact=made, by=BY, now=NOW)
    contacts.erase_contact(contact=stopped, by=BY, now=NOW)
    # The vault alone lost this one's key.
    vault.erase(record=f"contact:{claimed_meanwhile.pk}", now=NOW)
    made.refresh_from_db()
    stopped.refresh_from_db()
    assert (bytes(made.address_sealed), made.address_digest, made.erased_at) == (b"", "", NOW)
    assert stopped.address_digest and queued(contact(address="bob@example.org"), key="b").state == "unsafe"
    assert state(message) == "suppressed" and queued(made, key="again").state == "suppressed"
    assert send(Post()) == {"suppressed": 1} and state(left) == "suppressed"


def test_the_key_goes_only_when_the_erasure_is_committed(
    vault: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    made = contact()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        contacts.erase_contact(contact=made, by=BY, now=NOW)
        raise KeyboardInterrupt
    made.refresh_from_db()
    assert made.erased_at is None and made.address_sealed and vault.records == {f"contact:{made.pk}"}
    with django_capture_on_commit_callbacks(execute=True):
        contacts.erase_contact(contact=made, by=BY, now=NOW)
        assert vault.records, "not before the commit"
    assert not vault.records


def test_bad_notices_are_not_queued() -> None:
    made = contact()
    for changes in ({"template": "nonesuch"}, {"params": {"name": "Ann"}}, {"origin": "real"}, {"dedupe_key": ""}):
        values: dict[str, Any] = {"template": "something-new", "dedupe_key": "k", "origin": "live"}
        with pytest.raises((KeyError, ValueError)):
            notices.queue(contact=made, now=NOW, **{**values, **changes})
    assert not Message.objects.exists()
    with pytest.raises(MessagingError):
        contacts.suppress(contact=made, reason=" ", by=BY, now=NOW)


# The sink


@pytest.mark.parametrize("origin", ["exercise", "simulation", "test"])
def test_what_is_not_live_never_leaves_and_opens_no_address(origin: str, vault: Any) -> None:
    post, message = Post(), queued(contact(kind="sms", address="07700900123"), origin=origin)
    assert send(post) == {"sent": 1} and not post.taken and not vault.opened
    shown = sink_messages()[0]
    assert (shown.id, shown.kind, shown.subject, shown.origin) == (message.pk, "sms", "", origin)
    assert shown.text.startswith("There is something new") and "900123" not in str(shown)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(channel="smtp")


def test_live_messages_wait_until_a_channel_is_set_up_and_are_not_in_the_sink() -> None:
    message = queued(contact())
    assert configured() == {} and sending.send_due(now=NOW, channels=configured()) == {}
    sending.run(now=NOW)
    assert state(message) == "queued" and message.attempts == 0 and not sink_messages()
    assert sending.send_due(now=NOW, channels={"email": SinkChannel()}) == {"sent": 1} and len(sink_messages()) == 1


def test_the_shelf_of_channels_refuses_twins() -> None:
    with pytest.raises(ValueError, match="of its own"):
        shelf((SinkChannel, SinkChannel))
    assert [c.id for c in CHANNELS] == ["smtp", "sms_http", "sink"]


def test_status_and_commands_count_states() -> None:
    queued(contact(), key="a")
    queued(contact(address="bob@example.org", safe=False), key="b")
    queued(contact(address="cai@example.org"), key="c", origin="exercise")
    Message.objects.update(due_at=NOW - timedelta(days=300))
    found = status(now=NOW)
    assert (found.states, found.due, found.unsafe_contacts) == ({"queued": 2, "unsafe": 1}, 2, 1)
    assert due(now=NOW).count() == 2
    shown = run(app, ["messages", "status", "--json"])
    assert json.loads(shown.output)["states"] == {"queued": 2, "unsafe": 1}
    assert json.loads(run(app, ["messages", "send", "--json"]).output) == {"sent": 1}
    assert run(app, ["messages", "status"]).exit_code == 0 and run(app, ["messages", "send"]).exit_code == 0
