"""Keys of programs: `bl_live_` or `bl_test_`, eight characters that find the key, and 256 bits that are the secret.

The beginning is no secret: it says in a log or a forgotten file whose key it is, and secret scanners find it.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from secrets import token_bytes

LONGEST = 100
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_FORM = re.compile(r"(bl_(?:live|test)_[a-km-np-z2-9]{8})_([0-9a-f]{64})")
# What an unknown key is compared with, so that it takes as long as a known one.
NO_DIGEST = "0" * 64


def new_key(*, origin: str, draw: Callable[[int], bytes] = token_bytes) -> tuple[str, str]:
    """The beginning that finds a new key, and the whole key."""
    prefix = f"bl_{'live' if origin == 'live' else 'test'}_" + "".join(_ALPHABET[byte % 32] for byte in draw(8))
    return prefix, f"{prefix}_{draw(32).hex()}"


def read_key(text: str) -> tuple[str, str] | None:
    """The beginning of a key, and the digest of the whole; None for what is no key."""
    match = _FORM.fullmatch(text) if len(text) <= LONGEST else None
    return (match[1], digest(text)) if match else None


def digest(key: str) -> str:
    """What is kept of a key. It has 256 random bits, so its plain hash cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two digests are the same; takes as long where they are not."""
    return hmac.compare_digest(one, other)
