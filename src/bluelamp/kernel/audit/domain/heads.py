"""Signed heads: the end of the chain on one day, so that a log cut short or written anew does not pass for whole."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

FORMAT: Final = "bluelamp-audit-head-v1"
_HASH = 64


class HeadError(ValueError):
    """A file is no signed head, or its signature is wrong."""


@dataclass(frozen=True)
class Head:
    """Where the chain ended when `day` (UTC) was signed: link `seq`, its hash. All texts are hexadecimal."""

    day: date
    signed_at: datetime
    seq: int
    hash: str
    key_id: str
    public_key: str
    signature: str


def sign(*, key: SigningKey, day: date, signed_at: datetime, seq: int, hash: str) -> Head:
    """Sign the end of the chain."""
    public = key.verify_key.encode()
    message = _message(day=day, signed_at=signed_at, seq=seq, hash=hash)
    return Head(
        day=day,
        signed_at=signed_at,
        seq=seq,
        hash=hash,
        key_id=key_id(public),
        public_key=public.hex(),
        signature=key.sign(message).signature.hex(),
    )


def is_signed(head: Head) -> bool:
    """Whether the signature is that of the head's own public key, and the key's id that key's."""
    try:
        public = bytes.fromhex(head.public_key)
        message = _message(day=head.day, signed_at=head.signed_at, seq=head.seq, hash=head.hash)
        VerifyKey(public).verify(message, bytes.fromhex(head.signature))
    except (CryptoError, ValueError):
        return False
    return head.key_id == key_id(public)


def key_id(public_key: bytes) -> str:
    """A short name for a public key: 16 hexadecimal digits."""
    return hashlib.sha256(b"bluelamp-audit-key\n" + public_key).hexdigest()[:16]


def write_head(head: Head) -> bytes:
    """A head as the text of a file."""
    return json.dumps({"format": FORMAT, **asdict(head)}, indent=2, default=lambda v: v.isoformat()).encode() + b"\n"


def read_head(content: bytes) -> Head:
    """A head from the text of a file; its signature is not looked at. Raises HeadError."""
    try:
        held = json.loads(content)
        if held.pop("format") != FORMAT:
            raise HeadError("of another format")
        day, signed_at = date.fromisoformat(held.pop("day")), datetime.fromisoformat(held.pop("signed_at"))
        head = Head(day=day, signed_at=signed_at, **held)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise HeadError("This is not a signed head of the audit log.") from problem
    texts = (head.hash, head.key_id, head.public_key, head.signature)
    if type(head.seq) is not int or head.signed_at.tzinfo is None or not all(isinstance(t, str) for t in texts):
        raise HeadError("This is not a signed head of the audit log.")
    return head


def _message(*, day: date, signed_at: datetime, seq: int, hash: str) -> bytes:
    parts = (FORMAT, day.isoformat(), signed_at.isoformat(timespec="microseconds"), str(seq), hash)
    return "\n".join(parts).encode()
