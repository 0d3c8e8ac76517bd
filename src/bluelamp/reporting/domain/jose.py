"""What receipts use of JOSE: base64url (RFC 7515), JSON in one form (RFC 8785), Ed25519 keys as JWK (RFC 8037)."""

import binascii
import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

ALGORITHM: Final = "EdDSA"
KEY_BYTES: Final = 32
LARGEST_KEYS: Final = 256_000
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")

ERROR_CODES: Final = frozenset(
    (
        "too-large",  # more than a receipt, an answers file or a list of keys ever has
        "not-json",  # no JSON, or not UTF-8
        "duplicate-member",  # a JSON object names a member twice
        "form",  # JSON, but not what it should be
        "algorithm",  # signed with another algorithm, or none
        "unknown-key",  # the key that it names is not among those given
        "signature",  # not signed by that key, or changed since
        "content",  # signed, but not a receipt as this program makes them
        "other-report",  # the answers belong to another report
        "not-proven",  # an answer is not the one that was sent
        "keys",  # no list of public keys
        "no-attachment",  # a PDF without a receipt in it
    )
)


class ReceiptError(ValueError):
    """A receipt, answers file or list of keys that does not hold; `code` is one of ERROR_CODES.

    `about` names the question of an answer that is not proven, else "".
    """

    def __init__(self, code: str, *, about: str = "") -> None:
        """`code` says what is wrong."""
        super().__init__(code)
        self.code = code
        self.about = about


def encode(content: bytes) -> str:
    """Bytes as base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decode(text: object, *, code: str = "form") -> bytes:
    """Bytes of base64url in its one form: no padding, no other characters, no spare bits. Raises ReceiptError."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise ReceiptError(code)
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as problem:
        raise ReceiptError(code) from problem
    if encode(content) != text:
        raise ReceiptError(code)
    return content


def canonical(value: object) -> bytes:
    """JSON in one form. For names in ASCII and no numbers, which is all we write, it is that of RFC 8785."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def read_json(content: bytes, *, largest: int) -> dict[str, Any]:
    """A JSON object, read strictly: UTF-8, no member twice, no numbers, no lone surrogates. Raises ReceiptError."""
    if len(content) > largest:
        raise ReceiptError("too-large")
    try:
        held = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_no_number,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
        canonical(held)
    except ReceiptError:
        raise
    except (ValueError, RecursionError) as problem:
        raise ReceiptError("not-json") from problem
    if not isinstance(held, dict):
        raise ReceiptError("form")
    return held


def need_members(held: object, names: Iterable[str], *, code: str = "form") -> Mapping[str, Any]:
    """An object that has exactly these members. Raises ReceiptError."""
    if not isinstance(held, dict) or set(held) != set(names):
        raise ReceiptError(code)
    return held


def key_id(public: bytes) -> str:
    """The name of a public key: its JWK thumbprint (RFC 7638; RFC 8037, appendix A.3)."""
    return encode(hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": encode(public)})).digest())


def jwk_set(publics: Sequence[bytes]) -> dict[str, Any]:
    """Public keys of 32 bytes as a JWK set (RFC 7517), in their order."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": encode(public),
                "kid": key_id(public),
                "use": "sig",
                "alg": ALGORITHM,
            }
            for public in publics
        ]
    }


def read_jwk_set(content: bytes) -> dict[str, bytes]:
    """The Ed25519 keys of a JWK set by id, in their order; other kinds are passed over (RFC 7517, section 5).

    Raises ReceiptError("keys") for a private key, or one whose id or use is another.
    """
    try:
        held = read_json(content, largest=LARGEST_KEYS)
    except ReceiptError as problem:
        raise ReceiptError("keys") from problem
    listed = held.get("keys")
    if not isinstance(listed, list) or not all(isinstance(key, dict) for key in listed):
        raise ReceiptError("keys")
    publics = [_public(key) for key in listed if (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519")]
    return {key_id(public): public for public in publics}


def _public(key: Mapping[str, object]) -> bytes:
    public = decode(key.get("x"), code="keys")
    stated = {"kid": key_id(public), "use": "sig", "alg": ALGORITHM}
    if "d" in key or len(public) != KEY_BYTES or any(key.get(name, value) != value for name, value in stated.items()):
        raise ReceiptError("keys")
    return public


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ReceiptError("duplicate-member")
    return held


def _no_number(_text: str) -> Any:
    raise ReceiptError("form")
