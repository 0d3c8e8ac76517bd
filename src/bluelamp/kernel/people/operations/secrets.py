"""Small secrets, such as the seed of an authenticator app, as text that is safe to store."""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bluelamp.kernel.vault import operations as vault

_SIGN = "sealed1"


def seal_secret(*, record: str, text: str, now: datetime) -> str:
    """The text sealed under a record of the vault, which the result names."""
    sealed = vault.seal(record=record, plaintext=text.encode(), now=now)
    return f"{_SIGN} {record} {base64.b64encode(sealed).decode()}"


def open_secret(*, sealed: str) -> str:
    """The text again. Raises RecordErasedError, ValueError for what was not sealed here."""
    record, content = _parts(sealed)
    return vault.open_sealed(record=record, ciphertext=base64.b64decode(content)).decode()


def erase_secrets(*, values: Iterable[Any], now: datetime) -> None:
    """Erase the keys of those values that are sealed texts."""
    for value in values:
        if isinstance(value, str) and value.startswith(f"{_SIGN} "):
            vault.erase(record=_parts(value)[0], now=now)


def _parts(sealed: str) -> tuple[str, str]:
    sign, record, content = sealed.split(" ")
    if sign != _SIGN:
        raise ValueError("not a sealed secret")
    return record, content
