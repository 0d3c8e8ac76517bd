"""What finds a report or draft again by a secret that is not kept: the browser's token, words, an own word, a code."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from django.conf import settings

from bluelamp.kernel.vault.keyfiles import create_private, keys_folder
from bluelamp.reporting.domain.tidying import plain_form
from bluelamp.reporting.facts import word_list

# Words have 66 bits, so this only makes guessing dear where both the database and the key file were stolen
# (OWASP Password Storage Cheat Sheet asks for more where people choose the secret; these are drawn).
_MEMORY_KIB, _PASSES, _LANES = 8_192, 1, 1


def new_token() -> str:
    """A secret for a cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_key(token: str) -> bytes:
    """The key that a cookie's secret opens: 32 bytes that do not follow from its digest."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"bluelamp-draft").digest()


def words_digest(words: Iterable[str]) -> str:
    """What is kept of recovery words: Argon2id with this installation's key as salt, the same for the same words."""
    return words_secrets(words)[0]


def words_secrets(words: Iterable[str]) -> tuple[str, bytes]:
    """The digest of recovery words, and a key of 32 bytes made of them that does not follow from it."""
    canonical = word_list().canonical(words)
    raw = hash_secret_raw(canonical, _pepper(_path()), _PASSES, _MEMORY_KIB, _LANES, 64, Type.ID)
    return raw[:32].hex(), raw[32:]


def own_word_digest(*, report: str, word: str) -> str:
    """What is kept of a word that a reporter chose, for one report; spacing, case and accents do not count."""
    typed = hashlib.sha256(plain_form(word).encode()).digest()
    salt = hmac.new(_pepper(_path()), report.encode(), hashlib.sha256).digest()
    return hash_secret_raw(typed, salt, 2, 19_456, 1, 32, Type.ID).hex()


def keyed_digest(*, purpose: str, value: str) -> str:
    """A keyed hash (HMAC-SHA-256) of a short value, apart for each purpose."""
    return hmac.new(_pepper(_path()), f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def linking_key() -> bytes:
    """The key under which linking hashes what reports hold: 32 bytes, used for nothing else."""
    return hmac.new(_pepper(_path()), b"linking", hashlib.sha256).digest()


def _path() -> Path:
    return Path(settings.BLUELAMP_HOME) / "keys" / "words"


@cache
def _pepper(path: Path) -> bytes:
    if not path.exists():
        keys_folder()
        create_private(path=path, content=secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) != 32:
        raise OSError(f"{path} is no usable key of 32 bytes. Restore it from a backup: no report opens without it.")
    return key
