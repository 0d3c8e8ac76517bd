"""The sink: nothing leaves; the message is shown on a page. For demonstrations, exercises and tests."""

from typing import ClassVar, Self

from bluelamp.kernel.messaging.channels.base import Channel
from bluelamp.kernel.messaging.domain.addresses import Kind


class SinkChannel(Channel):
    """Takes every message and hands it to nobody."""

    id = "sink"
    title = "Mail sink (nothing leaves)"
    kinds: ClassVar[frozenset[Kind]] = frozenset({"email", "sms"})

    @classmethod
    def from_settings(cls) -> Self:
        return cls()

    def send(self, *, address: str, subject: str, text: str, reference: str) -> str:  # noqa: ARG002
        return ""
