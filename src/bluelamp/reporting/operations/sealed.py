"""JSON sealed in the vault, and its records."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bluelamp.kernel.vault import operations as vault

Sealed = bytes | memoryview


def report_records(report_id: UUID) -> tuple[str, str, str]:
    """The vault's records of a report: content, safety, contact."""
    return f"report:{report_id}", f"report-safety:{report_id}", f"report-contact:{report_id}"


def seal_json(*, record: str, content: Any, now: datetime) -> bytes:
    """Seal what `json.dumps` takes. Raises RecordErasedError."""
    return vault.seal(record=record, plaintext=json.dumps(content, separators=(",", ":")).encode(), now=now)


def seal_new_json(*, parts: Mapping[str, Any], others: Sequence[str] = (), now: datetime) -> dict[str, bytes]:
    """The same for several new records, with one commit for all their keys; `others` get a key only."""
    plain = {record: json.dumps(content, separators=(",", ":")).encode() for record, content in parts.items()}
    return vault.seal_new(parts=plain, others=others, now=now)


def open_json(*, record: str, sealed: Sealed) -> Any:
    """What was sealed. Raises RecordErasedError, NoRecordKeyError, SealBrokenError."""
    return json.loads(vault.open_sealed(record=record, ciphertext=bytes(sealed)))
