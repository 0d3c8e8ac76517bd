"""Sealing bytes: XChaCha20-Poly1305 with the record's name and the format's version as associated data.

A sealed text is one version byte, 24 bytes of nonce, then the ciphertext with its tag. Because the record's name is
bound in, a sealed text that is moved to another record does not open there.
"""

import hashlib
from typing import Final

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as _decrypt
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as _encrypt
from nacl.exceptions import CryptoError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 24
VERSION: Final = b"\x01"
_DATA: Final = b"bluelamp.vault.data"
_WRAP: Final = b"bluelamp.vault.key"
_MASTER: Final = b"bluelamp.vault.master"


class SealBrokenError(ValueError):
    """A sealed text was changed, was cut, belongs to another record, or has a version this program does not know."""


def seal_data(*, key: bytes, record: str, plaintext: bytes, nonce: bytes) -> bytes:
    """Seal a record's data with its own key. `nonce` is 24 random bytes, never used twice."""
    return _seal(key=key, purpose=_DATA, name=record, plaintext=plaintext, nonce=nonce)


def open_data(*, key: bytes, record: str, ciphertext: bytes) -> bytes:
    """What `seal_data` sealed. Raises SealBrokenError."""
    return _open(key=key, purpose=_DATA, name=record, ciphertext=ciphertext)


def wrap_key(*, master: bytes, record: str, key: bytes, nonce: bytes) -> bytes:
    """Seal a record's key with the master key."""
    return _seal(key=master, purpose=_WRAP, name=record, plaintext=key, nonce=nonce)


def unwrap_key(*, master: bytes, record: str, wrapped: bytes) -> bytes:
    """What `wrap_key` sealed. Raises SealBrokenError."""
    return _open(key=master, purpose=_WRAP, name=record, ciphertext=wrapped)


def master_id(master: bytes) -> str:
    """The name of a master key, which says nothing about the key: 16 hexadecimal digits."""
    return hashlib.sha256(_MASTER + b"\x00" + master).hexdigest()[:16]


def _seal(*, key: bytes, purpose: bytes, name: str, plaintext: bytes, nonce: bytes) -> bytes:
    return VERSION + nonce + _encrypt(plaintext, _bound(purpose, name), nonce, key)


def _open(*, key: bytes, purpose: bytes, name: str, ciphertext: bytes) -> bytes:
    if ciphertext[:1] != VERSION:
        raise SealBrokenError(f"What was sealed for {name} is not in a form this program knows.")
    nonce, sealed = ciphertext[1 : 1 + NONCE_BYTES], ciphertext[1 + NONCE_BYTES :]
    try:
        return _decrypt(sealed, _bound(purpose, name), nonce, key)
    except (CryptoError, ValueError) as problem:
        raise SealBrokenError(f"What was sealed for {name} was changed, or belongs to another record.") from problem


def _bound(purpose: bytes, name: str) -> bytes:
    return b"\x00".join((purpose, VERSION, name.encode()))
