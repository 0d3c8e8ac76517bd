"""The shelf of channels: one explicit ordered list. To add one, write its module and add its line here."""

from collections.abc import Iterable, Mapping

from bluelamp.kernel.messaging.channels.base import Channel
from bluelamp.kernel.messaging.channels.sink import SinkChannel
from bluelamp.kernel.messaging.channels.sms_http import SmsHttpChannel
from bluelamp.kernel.messaging.channels.smtp import SmtpChannel


def shelf(channels: Iterable[type[Channel]]) -> tuple[type[Channel], ...]:
    """The channels in their order. Raises ValueError for a blank or repeated id."""
    found = tuple(channels)
    ids = [c.id for c in found]
    if len(set(ids)) != len(ids) or not all(ids):
        raise ValueError(f"Every channel needs an id of its own: {ids}")
    return found


CHANNELS = shelf((SmtpChannel, SmsHttpChannel, SinkChannel))


def configured() -> Mapping[str, Channel]:
    """The channel for each kind of address: the first on the shelf that is set up. The sink is nobody's channel."""
    found: dict[str, Channel] = {}
    for kind_of_channel in CHANNELS:
        channel = None if kind_of_channel is SinkChannel else kind_of_channel.from_settings()
        for kind in channel.kinds if channel else ():
            found.setdefault(kind, channel)  # type: ignore[arg-type]
    return found
