"""Many reports from one file: kept sealed for a day until they are sent, sent one by one, each exactly once."""

import json
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import require
from bluelamp.kernel.vault.domain.sealing import NONCE_BYTES, SealBrokenError, open_data, seal_data
from bluelamp.reporting.domain.programs import Read, read_answers
from bluelamp.reporting.domain.tables import Table, TableRow, raw_of
from bluelamp.reporting.models import Upload, UploadSent
from bluelamp.reporting.operations.digests import new_token, token_digest, token_key
from bluelamp.reporting.operations.programs import complete, organisation_of
from bluelamp.reporting.operations.sending import WORDS_SHOWN, Origin, take_in
from bluelamp.reporting.permissions import BEHALF
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import for_supporting

KEPT = timedelta(hours=24)
# A file with more reports than this waits behind reports that came alone, and loses nothing.
MANY = 20
LONDON = ZoneInfo("Europe/London")


class UploadGoneError(LookupError):
    """No file is open: it was sent, destroyed or is too old, or the browser has no secret of one."""


@dataclass(frozen=True)
class Checked:
    """One row and what is wrong with it. `read` is None where it has more cells than there are columns."""

    row: TableRow
    read: Read | None

    @property
    def is_good(self) -> bool:
        """Whether it can be sent."""
        return self.read is not None and not self.read.wrong


@dataclass(frozen=True)
class Done:
    """One row that was sent. `words` open its report."""

    row: int
    reference: str
    words: str = field(repr=False)


@dataclass(frozen=True)
class OpenUpload:
    """A file that is open in a browser. `done`: all good rows were sent."""

    id: UUID
    key: bytes = field(repr=False)
    table: Table = field(repr=False)
    language: str
    origin: str
    by: UUID | None
    organisation: UUID | None
    name: str
    expires_at: datetime
    done: bool


def begin(
    *, table: Table, language: str, actor: Actor | None = None, name: str = "", origin: str = "live", now: datetime
) -> str:
    """Keep a file sealed for a day; give the secret for the browser's cookie.

    `actor`: somebody of a supporting organisation, whose name is `name`. Raises NotPermittedError.
    """
    if actor is not None:
        require(actor=actor, action=BEHALF, scope=actor.scope, now=now)
    token, upload_id = new_token(), uuid4()
    content = {"columns": table.columns, "rows": [[r.number, r.cells] for r in table.rows], "name": name}
    Upload.objects.create(
        id=upload_id,
        token_digest=token_digest(token),
        language=language,
        origin=origin,
        rows=len(table.rows),
        sealed=_sealed(token_key(token), upload_id, content),
        by_id=actor.user_id if actor else None,
        organisation_id=organisation_of(actor) if actor else None,
        started_at=now,
        expires_at=now + KEPT,
    )
    return token


def open_upload(*, token: str, actor: Actor | None = None, now: datetime) -> OpenUpload:
    """The file of a browser; that of somebody signed in only for them. Raises UploadGoneError."""
    row = Upload.objects.filter(token_digest=token_digest(token), expires_at__gt=now).first() if token else None
    if row is None or row.by_id != (actor.user_id if actor else None):
        raise UploadGoneError("No file is open in this browser.")
    key = token_key(token)
    held = _opened(key, row.pk, bytes(row.sealed))
    table = Table(tuple(held["columns"]), tuple(TableRow(number, tuple(cells)) for number, cells in held["rows"]))
    return OpenUpload(
        id=row.pk,
        key=key,
        table=table,
        language=row.language,
        origin=row.origin,
        by=row.by_id,
        organisation=row.organisation_id,
        name=held["name"],
        expires_at=row.expires_at,
        done=row.done_at is not None,
    )


def check_rows(*, upload: OpenUpload, now: datetime) -> list[Checked]:
    """Every row, with what is wrong with it."""
    return [_check(upload, row, now) for row in upload.table.rows]


def sent_rows(*, upload: OpenUpload) -> list[Done]:
    """The rows that were sent, with their words, in order."""
    found = UploadSent.objects.filter(upload=upload.id)
    return [Done(s.row, s.reference, _opened(upload.key, upload.id, bytes(s.sealed))["words"]) for s in found]


def send_rows(
    *, upload: OpenUpload, seconds: float, clock: Callable[[], float], actor: Actor | None = None, now: datetime
) -> bool:
    """Send good rows until all are sent or the seconds are over; give whether all are.

    A row is its report and its words in one transaction: after a kill it was sent or was not. Raises NotPermittedError.
    """
    if actor is not None:
        require(actor=actor, action=BEHALF, scope=actor.scope, now=now)
    began = clock()
    done = set(UploadSent.objects.filter(upload=upload.id).values_list("row", flat=True))
    origin = Origin(
        channel="bulk",
        origin=upload.origin,
        client=f"upload:{upload.id}",
        by=actor.audit_id if actor else "reporter",
        burst=len(upload.table.rows) > MANY and actor is None,
        organisation=upload.organisation,
    )
    for row in upload.table.rows:
        if row.number in done or not (checked := _check(upload, row, now)).is_good:
            continue
        if clock() - began > seconds:
            return False
        _send(upload, checked, origin, now=now)
    # What is left now are words: no longer than those of any other report.
    Upload.objects.filter(pk=upload.id, done_at=None).update(done_at=now, expires_at=now + WORDS_SHOWN)
    return True


def discard(*, token: str) -> None:
    """Destroy a file and the words of what was sent of it."""
    Upload.objects.filter(token_digest=token_digest(token)).delete()


def destroy_old(*, now: datetime) -> int:
    """Destroy what is past its time; give the number of files. A regular job."""
    old = Upload.objects.filter(expires_at__lte=now)
    count = old.count()
    old.delete()
    return count


def _check(upload: OpenUpload, row: TableRow, now: datetime) -> Checked:
    shelf = questions()
    raw = raw_of(shelf=shelf, table=upload.table, row=row)
    if raw is None:
        return Checked(row, None)
    known: Mapping[str, object] = for_supporting(organisation=upload.name) if upload.organisation else {}
    today = now.astimezone(LONDON).date()
    return Checked(row, read_answers(shelf=shelf, raw={**known, **raw}, today=today, fill=True))


def _send(upload: OpenUpload, checked: Checked, origin: Origin, *, now: datetime) -> None:
    assert checked.read is not None  # noqa: S101 - only good rows are sent
    number = checked.row.number
    own = Origin(**{**origin.__dict__, "client_key": str(number)})
    with transaction.atomic():
        sent = take_in(answers=complete(checked.read), language=upload.language, origin=own, now=now)
        if sent.words:
            sealed = _sealed(upload.key, upload.id, {"words": " ".join(sent.words)})
            UploadSent.objects.create(upload_id=upload.id, row=number, reference=sent.report.reference, sealed=sealed)


def _sealed(key: bytes, upload_id: UUID, content: Any) -> bytes:
    plaintext = zlib.compress(json.dumps(content, separators=(",", ":")).encode())
    return seal_data(key=key, record=_record(upload_id), plaintext=plaintext, nonce=secrets.token_bytes(NONCE_BYTES))


def _opened(key: bytes, upload_id: UUID, sealed: bytes) -> Any:
    try:
        return json.loads(zlib.decompress(open_data(key=key, record=_record(upload_id), ciphertext=sealed)))
    except SealBrokenError as broken:
        raise UploadGoneError("The file cannot be opened.") from broken


def _record(upload_id: UUID) -> str:
    return f"upload:{upload_id}"
