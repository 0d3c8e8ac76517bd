"""The hash of one exact version of some content."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

Content = str | int | bool | None | Sequence["Content"] | Mapping[str, "Content"]

_HASH = re.compile(r"[0-9a-f]{64}")


def version_hash(*, content: Content) -> str:
    """SHA-256 (hexadecimal) of content in one canonical form: keys sorted, no spaces, UTF-8.

    Raises TypeError for what has no exact form: fractions, dates, bytes, keys that are not text. Write them as text.
    """
    _check(content)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_version_hash(text: str) -> bool:
    """Whether a text has the form of a version's hash."""
    return bool(_HASH.fullmatch(text))


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            # Python would write the number 1 and the text "1" alike as a key.
            if not isinstance(key, str):
                raise TypeError(f"A key of a version must be text, not {type(key).__name__}.")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"A version cannot hold {type(value).__name__}: write it as text.")
