"""The key that signs heads: a file in HOME/keys, made on first use."""

import secrets
from pathlib import Path

from nacl.signing import SigningKey

from bluelamp.kernel.vault.keyfiles import create_private, keys_folder, replace_private


class SigningKeyError(RuntimeError):
    """The signing key is gone, damaged, or another than the one that signed before; the message says what to do."""


def signing_key_path() -> Path:
    """The file of the signing key."""
    return keys_folder() / "audit-signing"


def signing_key(*, expected: str, replace: bool) -> SigningKey:
    """The signing key. `expected` is the public key (hexadecimal) that signed last, or empty before the first head.

    A key that is gone or exchanged is never replaced silently, because whoever checks could not tell that from a log
    written anew. Raises SigningKeyError, unless `replace` asks for a new key.
    """
    path = signing_key_path()
    if not path.exists() and (replace or not expected):
        create_private(path=path, content=_new())
    elif replace:
        replace_private(path=path, content=_new())
    key = _read(path)
    if expected and not replace and key.verify_key.encode().hex() != expected:
        raise SigningKeyError(f"{path} is not the key that signed before. {_ADVICE}")
    return key


_ADVICE = "Restore it from a backup, or begin with a new key: bluelamp audit head --new-key"


def _new() -> bytes:
    return secrets.token_hex(32).encode() + b"\n"


def _read(path: Path) -> SigningKey:
    try:
        return SigningKey(bytes.fromhex(path.read_text().strip()))
    except FileNotFoundError as problem:
        raise SigningKeyError(f"{path} is gone, and heads were signed with it. {_ADVICE}") from problem
    except (ValueError, TypeError) as problem:
        raise SigningKeyError(f"{path} holds no signing key. {_ADVICE}") from problem
