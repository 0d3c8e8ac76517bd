"""Proof of single answers: salted digests for the receipt, and a private file that opens them.

The form is that of SD-JWT (RFC 9901). A digest is the SHA-256 of a disclosure, base64url of [salt, question, answer];
without the salt (128 bits) nobody can try which answer it was. Digests of nothing (decoys) fill the list
up, so that its length does not tell how long the journey was. Each answer can be shown on its own, the others kept.

The answers file is as private as the report. Offer it only to somebody whose device nobody else uses.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bluelamp.reporting.domain.jose import ReceiptError, canonical, decode, encode, need_members, read_json
from bluelamp.reporting.domain.question import Shelf
from bluelamp.reporting.domain.receipts import ReceiptFacts
from bluelamp.reporting.domain.values import Answer, FormError, from_json, to_json

FORMAT: Final = "bluelamp-answers-v1"
LARGEST_FILE: Final = 2_000_000
STEP: Final = 64
_SALT_BYTES = 16
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class Committed:
    """Digests for ReceiptFacts.commitments, sorted, and the answers file that opens them."""

    commitments: tuple[str, ...]
    answers_file: bytes


def commit(
    *,
    reference: str,
    answers: Mapping[str, Answer],
    shelf: Shelf,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> Committed:
    """Commit to the answers of a report. `draw` gives that many bytes by chance.

    Left out, in the receipt and the file: questions that are `abuse_sensitive`, pages that only tell, and questions
    that are not on the shelf, because nobody can say whether they are safe.
    """
    shown = [name for name in sorted(answers) if _may_be_shown(name, shelf)]
    opened = [{"question": name, "answer": to_json(answers[name]), "salt": encode(draw(_SALT_BYTES))} for name in shown]
    digests = {_digest(entry) for entry in opened}
    size = max(STEP, -(-len(digests) // STEP) * STEP)
    while len(digests) < size:
        digests.add(encode(draw(_DIGEST_BYTES)))
    file = {"format": FORMAT, "reference": reference, "answers": opened}
    text = json.dumps(file, indent=1, ensure_ascii=False)
    return Committed(commitments=tuple(sorted(digests)), answers_file=text.encode() + b"\n")


def verify_answers(*, facts: ReceiptFacts, answers_file: bytes) -> dict[str, Answer]:
    """The answers of a file, each proven to be what was sent, by question. `facts` are of a verified receipt.

    The holder may have taken answers out of the file, to show only some. Raises ReceiptError: too-large, not-json,
    duplicate-member, form, other-report, not-proven (about which question).
    """
    held = need_members(read_json(answers_file, largest=LARGEST_FILE), ("format", "reference", "answers"))
    if held["format"] != FORMAT or not isinstance(held["answers"], list):
        raise ReceiptError("form")
    if held["reference"] != facts.reference:
        raise ReceiptError("other-report")
    known, proven = frozenset(facts.commitments), dict[str, Answer]()
    for raw in held["answers"]:
        entry = need_members(raw, ("question", "answer", "salt"))
        name = entry["question"]
        if not isinstance(name, str) or name in proven or len(decode(entry["salt"])) != _SALT_BYTES:
            raise ReceiptError("form")
        if _digest(entry) not in known:
            raise ReceiptError("not-proven", about=name)
        proven[name] = _answer(entry["answer"])
    return proven


def disclosure(*, salt: str, question: str, answer: object) -> str:
    """The text that a digest is made of (RFC 9901, section 4.2.1), with its JSON in canonical form."""
    return encode(canonical([salt, question, answer]))


def disclosure_digest(text: str) -> str:
    """The digest of a disclosure (RFC 9901, section 4.2.3)."""
    return encode(hashlib.sha256(text.encode("ascii")).digest())


def _digest(entry: Mapping[str, Any]) -> str:
    return disclosure_digest(disclosure(salt=entry["salt"], question=entry["question"], answer=entry["answer"]))


def _may_be_shown(name: str, shelf: Shelf) -> bool:
    question = shelf.by_id.get(name)
    return question is not None and not question.abuse_sensitive and not question.tells


def _answer(raw: Any) -> Answer:
    try:
        return from_json(raw)
    except FormError as problem:
        raise ReceiptError("form") from problem
