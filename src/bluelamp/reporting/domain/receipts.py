"""The signed receipt of a report: proof that it was received, when, and by whom it was taken.

A receipt is a JWS (RFC 7515, flattened JSON) signed with Ed25519 (RFC 8037), so that any JOSE library verifies it. It
may be shown to anybody, an insurer or an employer: it tells no answer, no kind of crime, no place of it, no name. The
answers are in it as salted digests only (see answer_proofs.py), without the questions' ids, because which questions
are asked tells what happened; and their number is rounded up. Answers about safety from somebody near are not in it at
all. `routed_to` names the body, which may hint at a place or a kind: leave it empty where even that is too much.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from bluelamp.reporting.domain.jose import (
    ALGORITHM,
    KEY_BYTES,
    ReceiptError,
    canonical,
    decode,
    encode,
    key_id,
    need_members,
    read_json,
)
from bluelamp.reporting.domain.question import LANGUAGES
from bluelamp.reporting.domain.references import NoReferenceError, read_reference

FORMAT: Final = "bluelamp-receipt-v1"
TYPE: Final = "bluelamp-receipt+jws"
ORIGINS: Final = ("live", "exercise", "simulation", "test")
LARGEST: Final = 64_000
_MOST_COMMITMENTS = 512
_LONGEST = 200
_DIGEST_BYTES = 32
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_MEMBERS = ("format", "reference", "received_at", "language", "origin", "routed_to", "shelf_version", "answers")


@dataclass(frozen=True)
class ReceiptFacts:
    """What a receipt says. `received_at`: aware, kept in UTC to the second. `routed_to`: the body's name, or "".

    `origin`: of ORIGINS. `shelf_version`: the questions as they were. `commitments`: SHA-256 in base64url, sorted.
    """

    reference: str
    received_at: datetime
    language: str
    origin: str
    routed_to: str
    shelf_version: str
    commitments: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """A receipt that holds: what it says, the id of the key that signed it, its fingerprint (hexadecimal SHA-256)."""

    facts: ReceiptFacts
    key_id: str
    fingerprint: str


@dataclass(frozen=True)
class _Jws:
    protected: str
    payload: str
    signature: str


def make_receipt(*, facts: ReceiptFacts) -> bytes:
    """What is signed: the facts as canonical JSON. Raises ValueError for facts that no receipt can hold."""
    if facts.received_at.tzinfo is None:
        raise ValueError("received_at has no time zone")
    payload = canonical(
        {
            "format": FORMAT,
            "reference": facts.reference,
            "received_at": facts.received_at.astimezone(UTC).strftime(_TIME),
            "language": facts.language,
            "origin": facts.origin,
            "routed_to": facts.routed_to,
            "shelf_version": facts.shelf_version,
            "_sd_alg": "sha-256",
            "answers": {"_sd": sorted(facts.commitments)},
        }
    )
    _facts(payload)
    return payload


def sign(*, payload: bytes, seed: bytes) -> bytes:
    """The receipt, as the bytes of its file: a payload of make_receipt signed with the key of a seed of 32 bytes."""
    key = SigningKey(seed)
    header = {"alg": ALGORITHM, "kid": key_id(key.verify_key.encode()), "typ": TYPE}
    protected, body = encode(canonical(header)), encode(payload)
    signature = key.sign(f"{protected}.{body}".encode()).signature
    return canonical({"payload": body, "protected": protected, "signature": encode(signature)})


def verify(*, receipt: bytes, keys: Mapping[str, bytes]) -> Verified:
    """Check a receipt against public keys (32 bytes) by id. Only white space around JSON's parts may differ.

    Raises ReceiptError: too-large, not-json, duplicate-member, form, algorithm, unknown-key, signature, content.
    """
    jws = _read(receipt)
    used = _key_id(jws.protected)
    public = keys.get(used)
    if public is None or len(public) != KEY_BYTES or key_id(public) != used:
        raise ReceiptError("unknown-key")
    signature = decode(jws.signature, code="signature")
    try:
        # A signature of another length is a ValueError.
        VerifyKey(public).verify(f"{jws.protected}.{jws.payload}".encode(), signature)
    except (CryptoError, ValueError) as problem:
        raise ReceiptError("signature") from problem
    return Verified(facts=_facts(decode(jws.payload)), key_id=used, fingerprint=_fingerprint(jws))


def fingerprint(receipt: bytes) -> str:
    """SHA-256 (hexadecimal) of a receipt's compact form (RFC 7515, section 7.1); nothing is verified.

    White space in the file does not change it. Raises ReceiptError.
    """
    return _fingerprint(_read(receipt))


def _fingerprint(jws: _Jws) -> str:
    return hashlib.sha256(f"{jws.protected}.{jws.payload}.{jws.signature}".encode()).hexdigest()


def _read(receipt: bytes) -> _Jws:
    held = need_members(read_json(receipt, largest=LARGEST), ("payload", "protected", "signature"))
    for text in held.values():
        decode(text)
    return _Jws(**held)


def _key_id(protected: str) -> str:
    header = read_json(decode(protected), largest=LARGEST)
    # An algorithm that others chose is never followed: "none" and keyed hashes end here.
    if header.get("alg") != ALGORITHM:
        raise ReceiptError("algorithm")
    # No other member is known, so none that changes how to verify (crit, b64) or brings a key of its own (jwk, x5c).
    need_members(header, ("alg", "kid", "typ"))
    if header["typ"] != TYPE or not isinstance(header["kid"], str):
        raise ReceiptError("form")
    return str(header["kid"])


def _facts(payload: bytes) -> ReceiptFacts:
    """The facts of a payload. Raises ReceiptError("content") for any that make_receipt would not write."""
    try:
        held = need_members(read_json(payload, largest=LARGEST), (*_MEMBERS, "_sd_alg"))
    except ReceiptError as problem:
        raise ReceiptError("content") from problem
    listed = need_members(held["answers"], ("_sd",), code="content")["_sd"]
    texts = [held[name] for name in _MEMBERS if name != "answers"]
    if canonical(held) != payload or not all(map(_is_plain, texts)):
        raise ReceiptError("content")
    if (held["format"], held["_sd_alg"]) != (FORMAT, "sha-256"):
        raise ReceiptError("content")
    return ReceiptFacts(
        reference=_reference(held["reference"]),
        received_at=_time(held["received_at"]),
        language=_one_of(LANGUAGES, held["language"]),
        origin=_one_of(ORIGINS, held["origin"]),
        routed_to=held["routed_to"],
        shelf_version=held["shelf_version"],
        commitments=_commitments(listed),
    )


def _is_plain(text: object) -> bool:
    # Printable, because commands and pages show it.
    return isinstance(text, str) and len(text) <= _LONGEST and text.isprintable()


def _reference(text: str) -> str:
    try:
        reference = read_reference(text)
    except NoReferenceError as problem:
        raise ReceiptError("content") from problem
    if reference != text:
        raise ReceiptError("content")
    return reference


def _time(text: str) -> datetime:
    # strptime alone takes figures without their zeros.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", text):
        raise ReceiptError("content")
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError as problem:
        raise ReceiptError("content") from problem


def _one_of(known: tuple[str, ...], text: str) -> str:
    if text not in known:
        raise ReceiptError("content")
    return text


def _commitments(listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, list) or len(listed) > _MOST_COMMITMENTS:
        raise ReceiptError("content")
    if any(len(decode(text, code="content")) != _DIGEST_BYTES for text in listed):
        raise ReceiptError("content")
    if listed != sorted(set(listed)):
        raise ReceiptError("content")
    return tuple(listed)
