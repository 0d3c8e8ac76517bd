"""Keys of makers and products: lower-case letters and digits, joined by a colon."""

import re

_NOT_KEY = re.compile(r"[^a-z0-9]+")
# Raised when the rule for shown names changes, so that homes load their names anew.
SHOWN_NAMES = 2
_PRODUCT_KEY = re.compile(r"[a-z0-9]+:[a-z0-9]+")


def fold(text: str) -> str:
    """The letters and digits of a written name in lower case ("D-Link DIR-823X" -> "dlinkdir823x")."""
    return _NOT_KEY.sub("", text.lower())


def shown_name(text: str) -> str:
    """A name as people read it: one that a program wrote, with underscores for spaces, gets its spaces back.

    "cam_v4_pro" is read "cam v4 pro"; what holds a space or a capital was written by a person and stays.
    """
    if "_" not in text or " " in text or text != text.lower():
        return text
    return " ".join(text.replace("\\", "").replace("_", " ").split()) or text


def is_product_key(text: str) -> bool:
    """Whether a text has the form of a product key, `maker:product`."""
    return bool(_PRODUCT_KEY.fullmatch(text))
