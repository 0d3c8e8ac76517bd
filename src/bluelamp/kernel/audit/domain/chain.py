"""The chain: each link's hash covers the link before it and one entry, so that nobody can change a row unseen.

    hash = SHA-256( "bluelamp-audit-link-v1" LF previous hash LF canonical JSON of the entry )

The previous hash of the first link is 64 zeros. Hashes are hexadecimal. A later form gets another tag in place of v1.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

TAG: Final = b"bluelamp-audit-link-v1"
GENESIS: Final = "0" * 64

# What an entry's hash covers: every column.
FIELDS: Final = (
    "id",
    "at",
    "actor",
    "capacity",
    "purpose",
    "scope",
    "action",
    "subject",
    "outcome",
    "detail",
    "request_id",
)


def canonical(content: Mapping[str, object]) -> bytes:
    """An entry as JSON in one form only: keys sorted, no spaces, ASCII with escapes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def link_hash(*, previous: str, content: Mapping[str, object]) -> str:
    """The hash of the link that joins an entry to the link before it."""
    return hashlib.sha256(b"\n".join((TAG, previous.encode(), canonical(content)))).hexdigest()


def canonical_time(text: str) -> str:
    """A database's text for a time (UTC where it names no zone) in one form; text that is no time stays as it is."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return text


def canonical_detail(text: str) -> object:
    """A database's text for JSON, as a value; text that is no JSON stays as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
