"""The key that signs receipts, and the public keys of all that ever did: two files in HOME/keys.

`receipt-signing` holds the seed of the key that signs now; a former one is forgotten. `receipt-verifying` is a JWK set
of public keys, oldest first, that only grows: a receipt is to hold for as long as somebody keeps it. A key is on the
list before it signs. A backup copies the files in the order of their names, the list last, so it has every key.
"""

import contextlib
import json
import secrets
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from bluelamp.kernel.vault.keyfiles import create_private, file_lock, keys_folder, replace_private
from bluelamp.reporting.domain.jose import KEY_BYTES, ReceiptError, jwk_set, key_id, read_jwk_set


class ReceiptKeyError(RuntimeError):
    """The key is gone or a file is damaged; the message says what to do."""


def signing_path() -> Path:
    """The file of the key that signs."""
    return keys_folder() / "receipt-signing"


def verifying_path() -> Path:
    """The file of the public keys."""
    return keys_folder() / "receipt-verifying"


def signing_seed() -> bytes:
    """The seed (32 bytes) of the key that signs receipts, made on first use.

    A key that is gone is never replaced silently. Raises ReceiptKeyError: keep the report all the same, its receipt can
    be made later.
    """
    # The key before the list: whoever changes them writes the list first.
    seed = _read_seed()
    if seed is not None and _public(seed) in _read_publics():
        return seed
    with _lock():
        return _listed_seed()


def new_key() -> str:
    """Begin to sign with a new key and forget the old seed; what it signed still holds. Gives the new key's id.

    Raises ReceiptKeyError where the list of public keys is damaged.
    """
    seed = secrets.token_bytes(KEY_BYTES)
    with _lock():
        # Where the list was lost, the key that goes now is on it again at least.
        with contextlib.suppress(ReceiptKeyError):
            if (old := _read_seed()) is not None:
                _list(_public(old))
        _list(_public(seed))
        replace_private(path=signing_path(), content=_text(seed))
    return key_id(_public(seed))


def known_keys() -> dict[str, bytes]:
    """The public keys (32 bytes) of all that ever signed here, by id, oldest first. Raises ReceiptKeyError."""
    return {key_id(public): public for public in _read_publics()}


def public_keys() -> dict[str, Any]:
    """The same as a JWK set (RFC 7517), to be published; without keys before the first receipt."""
    return jwk_set(_read_publics())


def _listed_seed() -> bytes:
    seed = _read_seed()
    if seed is None:
        if _read_publics():
            raise ReceiptKeyError(f"{signing_path()} is gone, and receipts were signed with it. {_ADVICE}")
        seed = secrets.token_bytes(KEY_BYTES)
        create_private(path=signing_path(), content=_text(seed))
    _list(_public(seed))
    return seed


_ADVICE = "Bring it back (bluelamp keys bring-back BACKUP), or begin with a new key: bluelamp receipt new-key"


def _lock() -> AbstractContextManager[None]:
    return file_lock(path=keys_folder() / "receipt.lock", exclusive=True)


def _list(public: bytes) -> None:
    listed = _read_publics()
    if public not in listed:
        content = json.dumps(jwk_set([*listed, public]), indent=2).encode() + b"\n"
        replace_private(path=verifying_path(), content=content)


def _public(seed: bytes) -> bytes:
    return bytes(SigningKey(seed).verify_key)


def _text(seed: bytes) -> bytes:
    return seed.hex().encode() + b"\n"


def _read_seed() -> bytes | None:
    path = signing_path()
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        return None
    except ValueError:
        seed = b""
    if len(seed) != KEY_BYTES:
        raise ReceiptKeyError(f"{path} holds no key for receipts. {_ADVICE}")
    return seed


def _read_publics() -> list[bytes]:
    path = verifying_path()
    try:
        return list(read_jwk_set(path.read_bytes()).values())
    except FileNotFoundError:
        return []
    except ReceiptError as problem:
        raise ReceiptKeyError(
            f"{path} holds no list of public keys. Remove it and bring it back: bluelamp keys bring-back BACKUP"
        ) from problem
