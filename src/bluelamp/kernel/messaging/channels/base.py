"""What a channel is: it hands one text to one address, or says why not."""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from bluelamp.kernel.messaging.domain.addresses import Kind


class SendError(Exception):
    """A message was not taken.

    `permanent` says that the *address* can never be reached: the contact is suppressed. A server that is down, badly
    set up or refuses us is not permanent. The message is kept and must hold no address: codes only.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Channel(ABC):
    """A way to a person. `kinds` are the addresses it reaches."""

    id: ClassVar[str]
    title: ClassVar[str]
    kinds: ClassVar[frozenset[Kind]]

    @classmethod
    @abstractmethod
    def from_settings(cls) -> Self | None:
        """The channel as this program is set up; None where it is not."""

    @abstractmethod
    def send(self, *, address: str, subject: str, text: str, reference: str) -> str:
        """Hand one message over; give the provider's own reference, or "".

        `reference` is the same for every attempt at one message. Raises SendError.
        """
