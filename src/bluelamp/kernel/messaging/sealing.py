"""Addresses at rest: sealed by the vault with a key per contact, and a keyed hash to find the same address again."""

import hashlib
import hmac
import secrets
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings

from bluelamp.kernel.vault import operations
from bluelamp.kernel.vault.keyfiles import create_private


class Vault(Protocol):
    """What messaging needs of the vault. `RecordErasedError` is raised for a record whose key was destroyed."""

    RecordErasedError: type[Exception]

    def seal(self, *, record: str, plaintext: bytes, now: datetime) -> bytes: ...

    def open_sealed(self, *, record: str, ciphertext: bytes) -> bytes: ...

    def erase(self, *, record: str, now: datetime) -> bool: ...


class AddressErasedError(LookupError):
    """The address of this contact was erased."""


def vault() -> Vault:
    """The vault; tests put a fake in this function's place."""
    return cast("Vault", operations)


def contact_record(contact_id: UUID) -> str:
    """The vault's record of a contact's address."""
    return f"contact:{contact_id}"


def seal_address(*, contact_id: UUID, address: str, now: datetime) -> bytes:
    """An address sealed for one contact."""
    return vault().seal(record=contact_record(contact_id), plaintext=address.encode(), now=now)


def open_address(*, contact_id: UUID, sealed: bytes | memoryview) -> str:
    """The address of a contact, for handing a message over only. Raises AddressErasedError."""
    opener = vault()
    try:
        return opener.open_sealed(record=contact_record(contact_id), ciphertext=bytes(sealed)).decode()
    except opener.RecordErasedError as gone:
        raise AddressErasedError("The address was erased.") from gone


def erase_address(*, contact_id: UUID, now: datetime) -> bool:
    """Destroy the key of a contact's address; whether there was one."""
    return vault().erase(record=contact_record(contact_id), now=now)


def digest(*, kind: str, address: str) -> str:
    """A keyed hash (HMAC-SHA-256, hexadecimal) of a normalised address.

    The key is a file of its own: with the signing key, whose change is routine, every suppression would be forgotten.
    """
    key = _key(Path(settings.BLUELAMP_HOME) / "keys" / "contacts")
    return hmac.new(key, f"{kind}:{address}".encode(), hashlib.sha256).hexdigest()


@cache
def _key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_private(path=path, content=secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) != 32:
        raise OSError(f"{path} is no usable key of 32 bytes. Restore it from a backup: suppressions depend on it.")
    return key
