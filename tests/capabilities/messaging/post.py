"""A channel that keeps what it was given, a contact, a notice."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from typer.testing import CliRunner

from bluelamp.kernel.messaging.channels.base import Channel, SendError
from bluelamp.kernel.messaging.domain.addresses import Kind
from bluelamp.kernel.messaging.models import Contact, Message
from bluelamp.kernel.messaging.operations import contacts, notices, sending
from bluelamp.kernel.messaging.queries import history

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BY = "user:00000000-0000-0000-0000-000000000001"
run = CliRunner().invoke


class Post(Channel):
    """A channel that keeps what it was given, and fails as told."""

    id = "post"
    title = "Post"
    kinds: ClassVar[frozenset[Kind]] = frozenset({"email", "sms"})

    def __init__(self, fail: SendError | None = None, hook: Callable[[], object] = lambda: None) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.fail = fail
        self.hook = hook

    @classmethod
    def from_settings(cls) -> Self:
        return cls()

    def send(self, *, address: str, subject: str, text: str, reference: str) -> str:
        self.hook()
        if self.fail:
            raise self.fail
        self.taken.append((address, subject, text))
        return "ref-1"


def contact(**changes: Any) -> Contact:
    values: dict[str, Any] = {"kind": "email", "address": "ann@example.org", "safe": True, "by": BY, "now": NOW}
    return contacts.add_contact(**{**values, **changes})


def queued(to: Contact, *, key: str = "k1", origin: str = "live", **changes: Any) -> Message:
    return notices.queue(
        contact=to, template="something-new", dedupe_key=key, origin=origin, now=changes.pop("now", NOW), **changes
    )


def send(post: Channel, *, now: datetime = NOW) -> Mapping[str, int]:
    return sending.send_due(now=now, channels={"email": post, "sms": post})


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def steps(message: Message) -> list[str]:
    return [event.state for event in history(message=message)]
