"""A receipt holds for whoever has the public key; whatever else comes is refused, and says why."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.api_jws import PyJWS
from nacl.signing import SigningKey

from bluelamp.reporting.domain.jose import (
    ERROR_CODES,
    ReceiptError,
    canonical,
    decode,
    encode,
    jwk_set,
    key_id,
    read_jwk_set,
)
from bluelamp.reporting.domain.receipts import (
    LARGEST,
    TYPE,
    ReceiptFacts,
    Verified,
    fingerprint,
    make_receipt,
    sign,
    verify,
)
from bluelamp.reporting.domain.references import new_reference

SEED, OTHER_SEED = bytes(range(32)), bytes(range(1, 33))
PUBLIC, OTHER = (SigningKey(seed).verify_key.encode() for seed in (SEED, OTHER_SEED))
KEYS = {key_id(PUBLIC): PUBLIC}


def _reference(seed: int) -> str:
    return new_reference(choice=random.Random(seed).choice)


FACTS = ReceiptFacts(
    reference=_reference(7),
    received_at=datetime(2026, 11, 28, 0, 40, 12, tzinfo=UTC),
    language="cy",
    origin="live",
    routed_to="Heddlu De Cymru \N{EN DASH} South Wales Police",
    shelf_version="5f2c",
    commitments=tuple(sorted(encode(hashlib.sha256(bytes([n])).digest()) for n in range(16))),
)


RECEIPT = sign(payload=make_receipt(facts=FACTS), seed=SEED)

digests = st.binary(min_size=32, max_size=32).map(encode)
any_facts = st.builds(
    ReceiptFacts,
    reference=st.integers(0, 2**40).map(_reference),
    received_at=st.integers(946_684_800, 7_258_118_400).map(lambda second: datetime.fromtimestamp(second, tz=UTC)),
    language=st.sampled_from(["en", "cy"]),
    origin=st.sampled_from(["live", "exercise", "simulation", "test"]),
    routed_to=st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=200),
    shelf_version=st.text("0123456789abcdef", max_size=64),
    commitments=st.sets(digests, max_size=40).map(lambda found: tuple(sorted(found))),
)


def refused(receipt: bytes, keys: dict[str, bytes] | None = None) -> str:
    with pytest.raises(ReceiptError) as caught:
        verify(receipt=receipt, keys=KEYS if keys is None else keys)
    assert caught.value.code in ERROR_CODES
    return caught.value.code


def signed(*, header: object, payload: bytes, seed: bytes = SEED) -> bytes:
    """A JWS with any header and payload, signed rightly."""
    protected, body = encode(canonical(header)), encode(payload)
    signature = SigningKey(seed).sign(f"{protected}.{body}".encode()).signature
    return canonical({"payload": body, "protected": protected, "signature": encode(signature)})


HEADER = {"alg": "EdDSA", "kid": key_id(PUBLIC), "typ": TYPE}
PAYLOAD = make_receipt(facts=FACTS)


@given(any_facts, st.binary(min_size=32, max_size=32))
def test_what_was_signed_reads_back(facts: ReceiptFacts, seed: bytes) -> None:
    public = SigningKey(seed).verify_key.encode()
    receipt = sign(payload=make_receipt(facts=facts), seed=seed)
    found = verify(receipt=receipt, keys={key_id(public): public, **KEYS})
    assert found == Verified(facts=facts, key_id=key_id(public), fingerprint=fingerprint(receipt))


@given(st.integers(0, len(RECEIPT) - 1), st.integers(1, 255))
@settings(max_examples=1_000)
def test_a_receipt_with_one_byte_changed_is_refused(place: int, by: int) -> None:
    forged = bytearray(RECEIPT)
    forged[place] = (forged[place] + by) % 256
    refused(bytes(forged))


def test_a_receipt_with_one_bit_changed_is_refused_at_every_place() -> None:
    for bit in range(8 * len(RECEIPT)):
        forged = bytearray(RECEIPT)
        forged[bit // 8] ^= 1 << bit % 8
        refused(bytes(forged))


def test_a_receipt_cut_or_without_one_byte_is_refused_at_every_place() -> None:
    for place in range(len(RECEIPT)):
        refused(RECEIPT[:place])
        refused(RECEIPT[:place] + RECEIPT[place + 1 :])


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_rubbish_is_refused_with_a_code(content: bytes) -> None:
    refused(content)


@given(
    st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda c: st.lists(c) | st.dictionaries(st.text(), c))
)
def test_any_json_is_refused_with_a_code(value: Any) -> None:
    refused(json.dumps(value).encode())
    refused(json.dumps({"payload": value, "protected": value, "signature": value}).encode())


def test_white_space_around_the_parts_changes_nothing() -> None:
    spaced = json.dumps(json.loads(RECEIPT), indent=2).encode() + b"\r\n"
    assert verify(receipt=spaced, keys=KEYS) == verify(receipt=RECEIPT, keys=KEYS)


def test_any_jose_library_verifies_it() -> None:
    held = json.loads(RECEIPT)
    compact = f"{held['protected']}.{held['payload']}.{held['signature']}"
    key = jwt.PyJWK(jwk_set([PUBLIC])["keys"][0])
    assert json.loads(PyJWS().decode(compact, key=key, algorithms=["EdDSA"]))["reference"] == FACTS.reference
    with pytest.raises(jwt.InvalidSignatureError):
        PyJWS().decode(compact, key=jwt.PyJWK(jwk_set([OTHER])["keys"][0]), algorithms=["EdDSA"])


def test_the_keys_name_is_that_of_the_standards_example() -> None:
    """RFC 8037, appendix A.3."""
    public = decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert key_id(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_that_is_not_listed_is_named_as_unknown() -> None:
    assert refused(RECEIPT, {}) == "unknown-key"
    assert refused(RECEIPT, {key_id(OTHER): OTHER}) == "unknown-key"


def test_another_key_under_the_same_name_is_refused() -> None:
    assert refused(RECEIPT, {key_id(PUBLIC): OTHER}) == "unknown-key"
    assert refused(RECEIPT, {key_id(PUBLIC): PUBLIC[:31]}) == "unknown-key"
    forged = signed(header=HEADER, payload=PAYLOAD, seed=OTHER_SEED)
    assert refused(forged, {**KEYS, key_id(OTHER): OTHER}) == "signature"


def test_a_forgers_own_key_is_unknown() -> None:
    assert refused(sign(payload=PAYLOAD, seed=OTHER_SEED)) == "unknown-key"


@pytest.mark.parametrize("alg", ["none", "None", "", "HS256", "RS256", "ES256", "Ed448", "eddsa", None, ["EdDSA"]])
def test_no_other_algorithm_is_followed(alg: object) -> None:
    header = {**HEADER, "alg": alg}
    assert refused(signed(header=header, payload=PAYLOAD)) == "algorithm"
    held = json.loads(signed(header=header, payload=PAYLOAD))
    assert refused(canonical({**held, "signature": ""})) == "algorithm"


def test_the_public_key_is_no_secret_of_a_keyed_hash() -> None:
    protected, body = encode(canonical({**HEADER, "alg": "HS256"})), encode(PAYLOAD)
    mac = hmac.digest(PUBLIC, f"{protected}.{body}".encode(), "sha256")
    assert refused(canonical({"payload": body, "protected": protected, "signature": encode(mac)})) == "algorithm"


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": jwk_set([OTHER])["keys"][0]},
        {"jku": "https://forger.example/keys"},
        {"x5c": ["AA"]},
        {"crit": ["b64"], "b64": False},
    ],
)
def test_a_header_that_brings_its_own_key_or_rules_is_refused(extra: dict[str, Any]) -> None:
    assert refused(signed(header={**HEADER, **extra}, payload=PAYLOAD)) == "form"


@pytest.mark.parametrize("header", [{"alg": "EdDSA"}, {**HEADER, "typ": "JWT"}, {**HEADER, "kid": ["x"]}, []])
def test_a_header_of_another_form_is_refused(header: object) -> None:
    assert refused(signed(header=header, payload=PAYLOAD)) == "form"


def test_a_signature_over_something_else_of_this_key_is_no_receipt() -> None:
    assert refused(signed(header={**HEADER, "typ": "JWT"}, payload=PAYLOAD)) == "form"
    assert refused(signed(header=HEADER, payload=b'{"sub":"somebody"}')) == "content"
    assert refused(signed(header=HEADER, payload=b"")) == "content"


def test_parts_of_two_receipts_make_none() -> None:
    other = sign(payload=make_receipt(facts=replace(FACTS, reference=_reference(8))), seed=SEED)
    for part in ("payload", "signature"):
        mixed = {**json.loads(RECEIPT), part: json.loads(other)[part]}
        assert refused(canonical(mixed)) == "signature"


def test_members_named_twice_are_refused_outside_and_inside() -> None:
    twice = RECEIPT[:-1] + b',"payload":"AA"}'
    assert refused(twice) == "duplicate-member"
    protected = encode(canonical(HEADER)[:-1] + b',"alg":"none"}')
    assert refused(canonical({**json.loads(RECEIPT), "protected": protected})) == "duplicate-member"
    assert refused(signed(header=HEADER, payload=PAYLOAD[:-1] + b',"origin":"live"}')) == "content"


def test_members_beside_ours_are_refused() -> None:
    held = json.loads(RECEIPT)
    assert refused(canonical({**held, "header": {"alg": "none"}})) == "form"
    assert refused(canonical({"signatures": [held], "payload": held["payload"]})) == "form"
    assert refused(signed(header=HEADER, payload=canonical({**json.loads(PAYLOAD), "name": "A"}))) == "content"


def test_base64_has_one_form() -> None:
    held = json.loads(RECEIPT)
    for text in (held["signature"] + "==", held["signature"][:-1] + "B", "+" + held["signature"][1:], "A"):
        assert refused(canonical({**held, "signature": text})) == "form"


def test_a_signature_of_another_length_is_refused() -> None:
    held = json.loads(RECEIPT)
    short = encode(decode(held["signature"])[:-1])
    for text in (short, "", encode(decode(held["signature"]) + b"\0")):
        assert refused(canonical({**held, "signature": text})) == "signature"


def test_a_signature_with_another_scalar_of_the_same_rest_is_refused() -> None:
    """Ed25519 signatures have a twin with S + L; RFC 8032, section 5.1.7 has S below L."""
    held = json.loads(RECEIPT)
    signature = decode(held["signature"])
    order = 2**252 + 27742317777372353535851937790883648493
    twin = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert refused(canonical({**held, "signature": encode(twin)})) == "signature"


def test_a_weak_public_key_verifies_nothing() -> None:
    """The neutral point as key: every message would have a signature."""
    weak = b"\1" + bytes(31)
    protected, body = encode(canonical({**HEADER, "kid": key_id(weak)})), encode(PAYLOAD)
    forged = canonical({"payload": body, "protected": protected, "signature": encode(weak + bytes(32))})
    assert refused(forged, {key_id(weak): weak}) == "signature"


def test_a_file_too_large_or_too_deep_is_refused_unread() -> None:
    assert refused(b" " * LARGEST + RECEIPT) == "too-large"
    assert refused(b"[" * 50_000) == "not-json"
    assert refused(b'{"payload":' * 5_000) == "not-json"
    assert refused(b"\xff" + RECEIPT) == "not-json"
    assert refused(b'{"payload":1,"protected":"","signature":""}') == "form"


@pytest.mark.parametrize(
    "change",
    [
        {"received_at": "2026-11-28T0:40:12Z"},
        {"received_at": "2026-11-28T00:40:12+00:00"},
        {"received_at": "2026-02-30T00:40:12Z"},
        {"received_at": None},
        {"language": "fr"},
        {"origin": "Live"},
        {"origin": ["live"]},
        {"format": "bluelamp-receipt-v2"},
        {"reference": "7HK-2MR-W4W"},
        {"reference": "7hk 2mr w4x"},
        {"routed_to": "x" * 201},
        {"routed_to": "\x1b[2J"},
        {"_sd_alg": "sha-512"},
        {"answers": []},
        {"answers": {"_sd": "x"}},
        {"answers": {"_sd": ["AA"]}},
        {"answers": {"_sd": list(reversed(FACTS.commitments))}},
        {"answers": {"_sd": [FACTS.commitments[0]] * 2}},
        {"answers": {"_sd": [], "more": ""}},
    ],
)
def test_signed_content_of_another_form_is_no_receipt(change: dict[str, Any]) -> None:
    payload = canonical({**json.loads(PAYLOAD), **change})
    assert refused(signed(header=HEADER, payload=payload)) == "content"


def test_signed_content_that_is_not_in_canonical_form_is_refused() -> None:
    assert refused(signed(header=HEADER, payload=json.dumps(json.loads(PAYLOAD)).encode())) == "content"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: replace(FACTS, received_at=FACTS.received_at.replace(tzinfo=None)),
        lambda: replace(FACTS, language="fr"),
        lambda: replace(FACTS, origin="specimen"),
        lambda: replace(FACTS, reference="7HK"),
        lambda: replace(FACTS, commitments=("AA",)),
        lambda: replace(FACTS, routed_to="\ud800"),
        lambda: replace(FACTS, routed_to="Gwent\nPolice"),
    ],
)
def test_facts_that_no_receipt_can_hold_are_not_signed(wrong: Callable[[], ReceiptFacts]) -> None:
    with pytest.raises(ValueError):
        make_receipt(facts=wrong())


def test_a_time_is_kept_in_utc_to_the_second() -> None:
    summer = datetime(2026, 7, 1, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    payload = make_receipt(facts=replace(FACTS, received_at=summer))
    assert json.loads(payload)["received_at"] == "2026-07-01T11:00:00Z"


def test_the_receipt_says_nothing_but_its_own_members() -> None:
    assert set(json.loads(PAYLOAD)) == set(
        ["format", "reference", "received_at", "language", "origin", "routed_to", "shelf_version", "_sd_alg", "answers"]
    )


def test_a_list_of_keys_reads_back_in_order() -> None:
    content = canonical(jwk_set([OTHER, PUBLIC]))
    assert list(read_jwk_set(content).items()) == [(key_id(OTHER), OTHER), (key_id(PUBLIC), PUBLIC)]


def test_keys_of_other_kinds_are_passed_over() -> None:
    keys = [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {"kty": "OKP", "crv": "X25519", "x": "AA"}]
    assert read_jwk_set(canonical({"keys": [*keys, *jwk_set([PUBLIC])["keys"]]})) == KEYS


@pytest.mark.parametrize(
    "change",
    [
        {"d": encode(SEED)},
        {"kid": key_id(OTHER)},
        {"use": "enc"},
        {"alg": "none"},
        {"x": encode(PUBLIC[:31])},
        {"x": 1},
    ],
)
def test_a_key_that_is_private_or_says_another_thing_is_refused(change: dict[str, Any]) -> None:
    content = json.dumps({"keys": [{**jwk_set([PUBLIC])["keys"][0], **change}]}).encode()
    with pytest.raises(ReceiptError, match="keys"):
        read_jwk_set(content)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":["x"]}', b'{"keys":[],"keys":[]}'])
def test_a_file_that_is_no_list_of_keys_is_refused(content: bytes) -> None:
    with pytest.raises(ReceiptError, match="keys"):
        read_jwk_set(content)
