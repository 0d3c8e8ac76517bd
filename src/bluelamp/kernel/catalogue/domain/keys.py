"""Keys of makers and products: lower-case letters and digits, joined by a colon."""

import re

_NOT_KEY = re.compile(r"[^a-z0-9]+")
_PRODUCT_KEY = re.compile(r"[a-z0-9]+:[a-z0-9]+")


def fold(text: str) -> str:
    """The letters and digits of a written name in lower case ("D-Link DIR-823X" -> "dlinkdir823x")."""
    return _NOT_KEY.sub("", text.lower())


def is_product_key(text: str) -> bool:
    """Whether a text has the form of a product key, `maker:product`."""
    return bool(_PRODUCT_KEY.fullmatch(text))
