"""Drafts: begun with the first answer, kept page by page, saved with words or ended without a trace.

A draft is found and opened by the secret in the browser's cookie, or by its words; nobody else can read it. How long
it lives follows from what the person said about who sees the device: no longer than a sitting until they say that
nobody does (RED-LINES 8).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from bluelamp.kernel.vault.domain.sealing import (
    KEY_BYTES,
    NONCE_BYTES,
    SealBrokenError,
    open_data,
    seal_data,
    unwrap_key,
    wrap_key,
)
from bluelamp.reporting.domain.journey import barred
from bluelamp.reporting.domain.values import Answer, from_json, to_json
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import Draft
from bluelamp.reporting.operations.digests import new_token, token_digest, token_key, words_secrets
from bluelamp.reporting.questions import questions

SITTING = timedelta(minutes=60)
BROWSER = timedelta(hours=24)
SAVED = timedelta(days=30)
LONGEST_ANSWERS = 200_000  # characters of all answers together
_LIVES = {Draft.Keep.SITTING: SITTING, Draft.Keep.BROWSER: BROWSER, Draft.Keep.WORDS: SAVED}


class DraftGoneError(LookupError):
    """No draft is open: it was sent, left or too old, or the browser has no secret of one."""


class TooMuchError(ValueError):
    """All answers together are longer than a report can be."""


class NotSafeToSaveError(PermissionError):
    """This person said, or did not deny, that somebody may see the device: nothing is kept for later."""


@dataclass(frozen=True)
class OpenDraft:
    """A draft as it is worked on. `chosen`: the body that the person chose instead of the proposed one, or "".

    `rested`: it was not touched for an hour; ask before showing what was written. `sent`: the report that was made of
    it; then `words` open that report, and there are no answers. `started_at`: when it was begun.
    """

    id: UUID
    key: bytes = field(repr=False)
    language: str
    answers: Mapping[str, Answer] = field(repr=False)
    keep: str
    expires_at: datetime
    rested: bool = False
    chosen: str = ""
    origin: str = "live"
    sent: UUID | None = None
    words: tuple[str, ...] = field(default=(), repr=False)
    started_at: datetime | None = None

    @property
    def rests_at(self) -> datetime:
        """When it will have rested, if nobody touches it: then it is asked about, or it ends."""
        return self.expires_at - _LIVES[Draft.Keep(self.keep)] + SITTING


def begin(*, language: str, origin: str = "live", now: datetime) -> tuple[OpenDraft, str]:
    """An empty draft and the secret for the browser's cookie."""
    token, key = new_token(), secrets.token_bytes(KEY_BYTES)
    draft = OpenDraft(uuid4(), key, language, {}, Draft.Keep.SITTING, now + SITTING, origin=origin, started_at=now)
    Draft.objects.create(
        id=draft.id,
        token_digest=token_digest(token),
        key_by_token=_wrapped(draft.id, key, by=token_key(token)),
        language=language,
        origin=origin,
        sealed=_sealed(draft),
        started_at=now,
        touched_at=now,
        expires_at=draft.expires_at,
    )
    return draft, token


def open_draft(*, token: str, now: datetime) -> OpenDraft:
    """The draft of a browser. Raises DraftGoneError."""
    return _opened(_row(token, now=now), token=token, now=now)


def answer(*, token: str, question: str, given: Answer, now: datetime) -> OpenDraft:
    """Keep one answer in the place of the one before. Raises DraftGoneError, TooMuchError."""
    return answer_all(token=token, given={question: given}, now=now)


def answer_all(*, token: str, given: Mapping[str, Answer], now: datetime) -> OpenDraft:
    """Keep several answers at once. Raises DraftGoneError, TooMuchError."""
    return _change(token, now=now, answers=given)


def go_on(*, token: str, now: datetime) -> OpenDraft:
    """The person is still there. Raises DraftGoneError."""
    return _change(token, now=now)


def choose_body(*, token: str, body: str, now: datetime) -> OpenDraft:
    """Keep which body the person wants instead of the proposed one; "" for the proposed. Raises DraftGoneError."""
    return _change(token, now=now, chosen=body)


def speak(*, token: str, language: str, now: datetime) -> OpenDraft:
    """Go on in another language; the answers stay. Raises DraftGoneError."""
    return _change(token, now=now, language=language)


def save_for_later(*, token: str, now: datetime) -> tuple[OpenDraft, tuple[str, ...]]:
    """Keep the draft for thirty days under new words, which are not kept themselves.

    Words that were given before open it no more. Raises DraftGoneError, NotSafeToSaveError.
    """
    draft = open_draft(token=token, now=now)
    if draft.sent or "save" in barred(shelf=questions(), answers=draft.answers):
        raise NotSafeToSaveError("Nothing is kept for later where somebody else may see the device.")
    words = word_list().draw()
    with transaction.atomic():
        row = _row(token, now=now, hold=True)
        row.words_digest, by_words = words_secrets(words)
        row.key_by_words, row.keep = _wrapped(row.pk, draft.key, by=by_words), Draft.Keep.WORDS
        row.touched_at, row.expires_at = now, now + SAVED
        row.save(update_fields=["words_digest", "key_by_words", "keep", "touched_at", "expires_at"])
    return replace(draft, keep=row.keep, expires_at=row.expires_at), words


def resume(*, words: tuple[str, ...], now: datetime) -> tuple[OpenDraft, str]:
    """Open a saved draft in this browser; any other browser loses it. Raises DraftGoneError."""
    token, (digest, by_words) = new_token(), words_secrets(words)
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(words_digest=digest, expires_at__gt=now, sent_as=None).first()
        if row is None:
            raise DraftGoneError("No draft has these words.")
        key = unwrap_key(master=by_words, record=_record(row.pk), wrapped=bytes(row.key_by_words or b""))
        row.token_digest, row.key_by_token = token_digest(token), _wrapped(row.pk, key, by=token_key(token))
        row.touched_at, row.expires_at = now, now + SAVED
        row.save(update_fields=["token_digest", "key_by_token", "touched_at", "expires_at"])
    return _opened(row, token=token, now=now), token


def becomes_sent(*, row: Draft, draft: OpenDraft, report: UUID, until: datetime) -> None:
    """A report was made of this draft: only its words stay, and no longer than `until`. The caller holds the row."""
    row.sent_as, row.words_digest, row.key_by_words, row.keep = report, None, None, Draft.Keep.SITTING
    row.sealed, row.expires_at = _sealed(replace(draft, answers={}, chosen="")), until
    row.save(update_fields=["sent_as", "words_digest", "key_by_words", "keep", "sealed", "expires_at"])


def leave(*, token: str) -> None:
    """The person leaves: a draft that was not saved is destroyed, a saved one needs its words again."""
    row = Draft.objects.filter(token_digest=token_digest(token)).first()
    if row is None:
        return
    if row.keep == Draft.Keep.WORDS and not row.sent_as:
        Draft.objects.filter(pk=row.pk).update(token_digest=None, key_by_token=None)
    else:
        row.delete()


def destroy_old(*, now: datetime) -> int:
    """Destroy what is past its time; give the number. The regular job."""
    return Draft.objects.filter(expires_at__lte=now).delete()[0]


def _row(token: str, *, now: datetime, hold: bool = False) -> Draft:
    rows = Draft.objects.select_for_update() if hold else Draft.objects
    row = rows.filter(token_digest=token_digest(token), expires_at__gt=now).first() if token else None
    if row is None:
        raise DraftGoneError("No draft is open in this browser.")
    return row


def _opened(row: Draft, *, token: str, now: datetime) -> OpenDraft:
    try:
        key = unwrap_key(master=token_key(token), record=_record(row.pk), wrapped=bytes(row.key_by_token or b""))
        held = json.loads(open_data(key=key, record=_record(row.pk), ciphertext=bytes(row.sealed)))
    except SealBrokenError as broken:
        raise DraftGoneError("The draft cannot be opened.") from broken
    return OpenDraft(
        id=row.pk,
        key=key,
        language=row.language,
        answers={name: from_json(raw) for name, raw in held["answers"].items()},
        keep=row.keep,
        expires_at=row.expires_at,
        rested=now - row.touched_at > SITTING,
        chosen=held["chosen"],
        origin=row.origin,
        sent=row.sent_as,
        words=tuple(held["words"]),
        started_at=row.started_at,
    )


def _change(token: str, *, now: datetime, answers: Mapping[str, Answer] | None = None, **other: Any) -> OpenDraft:
    with transaction.atomic():
        row = _row(token, now=now, hold=True)
        draft = _opened(row, token=token, now=now)
        if draft.sent:
            raise DraftGoneError("The report was sent.")
        draft = replace(draft, answers={**draft.answers, **(answers or {})}, rested=False, **other)
        keep = _keep(draft)
        draft = replace(draft, keep=keep, expires_at=now + _LIVES[keep])
        sealed = _sealed(draft)
        if len(sealed) > LONGEST_ANSWERS:
            raise TooMuchError("All answers together are too long.")
        row.sealed, row.keep, row.language = sealed, keep, draft.language
        row.touched_at, row.expires_at = now, draft.expires_at
        if keep != Draft.Keep.WORDS:
            row.words_digest = row.key_by_words = None
        changed = ["sealed", "keep", "language", "touched_at", "expires_at", "words_digest", "key_by_words"]
        row.save(update_fields=changed)
    return draft


def _keep(draft: OpenDraft) -> Draft.Keep:
    """Whoever says later that others see the device loses the saving, not the sitting."""
    if "save" in barred(shelf=questions(), answers=draft.answers):
        return Draft.Keep.SITTING
    return Draft.Keep.WORDS if draft.keep == Draft.Keep.WORDS else Draft.Keep.BROWSER


def _sealed(draft: OpenDraft) -> bytes:
    content = {
        "answers": {name: to_json(a) for name, a in draft.answers.items()},
        "chosen": draft.chosen,
        "words": draft.words,
    }
    plaintext = json.dumps(content, separators=(",", ":")).encode()
    nonce = secrets.token_bytes(NONCE_BYTES)
    return seal_data(key=draft.key, record=_record(draft.id), plaintext=plaintext, nonce=nonce)


def _wrapped(draft_id: UUID, key: bytes, *, by: bytes) -> bytes:
    return wrap_key(master=by, record=_record(draft_id), key=key, nonce=secrets.token_bytes(NONCE_BYTES))


def _record(draft_id: UUID) -> str:
    return f"draft:{draft_id}"
