"""Addresses of people: which are usable, and the one form of each that suppression compares."""

import re
from typing import Literal

Kind = Literal["email", "sms"]

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
_SPACING = re.compile(r"[\s().\-]")


class AddressError(ValueError):
    """The text is no usable address; the message says what to write and does not repeat it."""


def normalised(*, kind: Kind, address: str) -> str:
    """The one form of an address: an e-mail address in lower case, a number as +, country and digits.

    A number that begins with 0 is taken as British. Raises AddressError.
    """
    if kind == "email":
        text = address.strip().lower()
        if len(text) > 254 or not _EMAIL.fullmatch(text):
            raise AddressError("Write an e-mail address such as name@example.com.")
        return text
    text = _SPACING.sub("", address.replace("(0)", ""))
    text = re.sub(r"^00", "+", text)
    text = re.sub(r"^0(?=[1-9])", "+44", text)
    if not _NUMBER.fullmatch(text):
        raise AddressError("Write a mobile number such as 07700 900123 or +44 7700 900123.")
    return text
