"""Taking in what a device kept in its queue, exactly once, also where the answer is lost on its way."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from bluelamp.kernel.vault.domain.sealing import NONCE_BYTES, SealBrokenError, open_data, seal_data
from bluelamp.reporting.domain.checking import Fields
from bluelamp.reporting.domain.offline import Trouble, read_fields
from bluelamp.reporting.models import OfflineAnswer, Report
from bluelamp.reporting.operations.sending import Origin, Sent, take_in
from bluelamp.reporting.questions import questions

ASKED_AGAIN = timedelta(hours=24)
LONGEST_FIELDS = 200_000  # characters of all fields together, as of a draft
CLIENT = "offline"


class TooLongError(ValueError):
    """All fields together are longer than a report can be."""


@dataclass(frozen=True)
class Written:
    """A report as a device sends it. `draft`: its id there; `key`: 32 bytes that open the answer once more.

    `fields` are those of each page by question, `days` the days on which pages were filled in.
    """

    draft: UUID
    key: bytes = field(repr=False)
    language: str
    fields: Mapping[str, Fields] = field(repr=False)
    days: Mapping[str, date] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Taken:
    """It was taken in, now or before. `words` are empty where they can no longer be read.

    `same`: what was sent now is what was taken in; None where that is no longer known.
    """

    reference: str
    words: tuple[str, ...] = field(repr=False)
    same: bool | None


@dataclass(frozen=True)
class Refused:
    """It cannot be taken in yet. The device keeps it, and the person changes what the troubles name."""

    troubles: tuple[Trouble, ...]


def take_in_written(*, written: Written, burst: bool = False, now: datetime) -> Taken | Refused:
    """Take in a report from a device's queue. The same `draft` again gives the same report. Raises TooLongError."""
    before = Report.objects.filter(client=CLIENT, client_key=str(written.draft)).first()
    if before:
        return _again(before, written, now=now)
    if _length(written.fields) > LONGEST_FIELDS:
        raise TooLongError("All answers together are too long.")
    today = timezone.localdate(now)
    found = read_fields(shelf=questions(), fields=written.fields, today=today, written=written.days)
    if found.troubles:
        return Refused(found.troubles)
    sent = take_in(
        answers=found.answers,
        language=written.language,
        origin=Origin(channel="offline", client=CLIENT, client_key=str(written.draft), burst=burst),
        beside=lambda made: _keep_answer(made, written, now=now),
        now=now,
    )
    # No words: another request with the same draft was quicker.
    return Taken(sent.report.reference, sent.words, same=True) if sent.words else _again(sent.report, written, now=now)


def forget_answers(*, now: datetime) -> int:
    """Delete answers that no device may ask for again; how many there were."""
    return int(OfflineAnswer.objects.filter(expires_at__lte=now).delete()[0])


def _keep_answer(made: Sent, written: Written, *, now: datetime) -> None:
    held = {"words": made.words, "content": _fingerprint(written.fields)}
    sealed = seal_data(
        key=_answer_key(written.key),
        record=_record(written.draft),
        plaintext=json.dumps(held, separators=(",", ":")).encode(),
        nonce=secrets.token_bytes(NONCE_BYTES),
    )
    OfflineAnswer.objects.create(draft=written.draft, sealed=sealed, expires_at=now + ASKED_AGAIN)


def _again(report: Report, written: Written, *, now: datetime) -> Taken:
    row = OfflineAnswer.objects.filter(draft=written.draft, expires_at__gt=now).first()
    try:
        sealed = bytes(row.sealed) if row else b""
        held = json.loads(open_data(key=_answer_key(written.key), record=_record(written.draft), ciphertext=sealed))
    except SealBrokenError:
        return Taken(report.reference, (), same=None)
    return Taken(report.reference, tuple(held["words"]), same=held["content"] == _fingerprint(written.fields))


def _answer_key(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=32, person=b"bluelamp-answer").digest()


def _record(draft: UUID) -> str:
    return f"offline:{draft}"


def _fingerprint(fields: Mapping[str, Fields]) -> str:
    """What tells two versions of one report apart; it is only ever kept sealed."""
    plain = {name: {part: list(texts) for part, texts in page.items()} for name, page in fields.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _length(fields: Mapping[str, Fields]) -> int:
    return sum(len(text) for page in fields.values() for texts in page.values() for text in texts)
