"""Personal data sealed with a key for each record, so that destroying one key erases one record, everywhere.

The keys live in a database of their own. A key is committed at once, on its own: where the caller's transaction is
rolled back later, a key that nothing uses stays behind. It is small, opens nothing, and is used when the record is
sealed again. For the same reason an erasure cannot be rolled back: erase after the caller's commit.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connections, transaction

from bluelamp.kernel.vault.domain.sealing import KEY_BYTES, NONCE_BYTES, open_data, seal_data, unwrap_key, wrap_key
from bluelamp.kernel.vault.erasures import Erasure, erasures_path, write_erasures
from bluelamp.kernel.vault.master import (
    MasterKeyError,
    Masters,
    begin_rotation,
    end_rotation,
    master_lock,
    master_path,
    masters_or_new,
    needed_masters,
    one_rotation,
)
from bluelamp.kernel.vault.models import RecordKey

DATABASE = "vault"
_BATCH = 500
_LONGEST = 200
_TRIES = 3


class RecordErasedError(LookupError):
    """The record was erased: its key is gone for good, and its name cannot be used again."""


class NoRecordKeyError(LookupError):
    """Nothing was ever sealed for this record."""


@dataclass(frozen=True)
class Rotation:
    """A finished rotation: the id of the new master key, and how many keys it wrapped anew."""

    master: str
    rewrapped: int


def seal(*, record: str, plaintext: bytes, now: datetime) -> bytes:
    """Seal a record's data; its key is made the first time. Raises RecordErasedError, MasterKeyError.

    `record` is an id of at most 200 characters (`report:<uuid>`), never anything personal.
    """
    if not 0 < len(record) <= _LONGEST or "\x00" in record:
        raise ValueError(f"A record's name has 1 to {_LONGEST} characters.")
    row = RecordKey.objects.filter(record=record).first()
    key = _unwrapped(row) if row else _new_key(record, now=now)
    return seal_data(key=key, record=record, plaintext=plaintext, nonce=secrets.token_bytes(NONCE_BYTES))


def seal_new(*, parts: Mapping[str, bytes], others: Sequence[str] = (), now: datetime) -> dict[str, bytes]:
    """Seal the data of several new records, with one commit for all their keys; `others` get a key only.

    Raises IntegrityError where one of the names was used before (then nothing was made), MasterKeyError.
    """
    keys = {record: secrets.token_bytes(KEY_BYTES) for record in (*parts, *others)}
    with master_lock(exclusive=False), transaction.atomic(using=DATABASE, durable=True):
        masters = masters_or_new(now=now)
        RecordKey.objects.bulk_create(
            RecordKey(record=r, wrapped=_wrapped(r, key, masters), master=masters.current, created_at=now)
            for r, key in keys.items()
        )
    return {
        r: seal_data(key=keys[r], record=r, plaintext=plain, nonce=secrets.token_bytes(NONCE_BYTES))
        for r, plain in parts.items()
    }


def open_sealed(*, record: str, ciphertext: bytes) -> bytes:
    """What was sealed for this record. Raises RecordErasedError, NoRecordKeyError, SealBrokenError, MasterKeyError."""
    row = RecordKey.objects.filter(record=record).first()
    if row is None:
        raise NoRecordKeyError(f"Nothing was ever sealed for {record}.")
    return open_data(key=_unwrapped(row), record=record, ciphertext=ciphertext)


def erase(*, record: str, now: datetime) -> bool:
    """Destroy a record's key, at once and for good; False where there is none or it was erased before.

    What was sealed stays where it is and can never be opened again. Needs no master key. Raises OSError where the list
    of erasures cannot be written: an erasure that is not listed could be undone by restoring a backup.
    """
    with transaction.atomic(using=DATABASE, durable=True):
        live = RecordKey.objects.filter(record=record, erased_at__isnull=True)
        erased = live.update(wrapped=b"", master="", erased_at=now)
        if erased:
            write_erasures(path=erasures_path(), erasures=[Erasure(record=record, at=now)])
    if erased:
        _forget_old_pages()
    return bool(erased)


def erase_again(*, erasures: Sequence[Erasure]) -> int:
    """Destroy the keys that a restored backup brought back; give their number. Records that it lacks are marked too."""
    destroyed = 0
    with transaction.atomic(using=DATABASE, durable=True):
        for start in range(0, len(erasures), _BATCH):
            at = {e.record: e.at for e in erasures[start : start + _BATCH]}
            known = RecordKey.objects.filter(record__in=at)
            there = set(known.values_list("record", flat=True))
            for row in known.filter(erased_at__isnull=True):
                live = RecordKey.objects.filter(pk=row.pk, erased_at__isnull=True)
                destroyed += live.update(wrapped=b"", master="", erased_at=at[row.record])
            RecordKey.objects.bulk_create(
                RecordKey(record=r, wrapped=b"", master="", created_at=t, erased_at=t)
                for r, t in at.items()
                if r not in there
            )
    _forget_old_pages()
    return destroyed


def rotate_master(*, now: datetime) -> Rotation:
    """Wrap every key anew with a new master key, then forget the old one. Raises MasterKeyError, SealBrokenError.

    Safe to kill: until every key is wrapped anew the file holds both master keys, and the next run goes on.
    """
    with one_rotation():
        with master_lock(exclusive=True):
            masters = begin_rotation(now=now)
        rewrapped = 0
        while done := _rewrap_some(masters):
            rewrapped += done
        end_rotation(masters=masters, now=now)
        _forget_old_pages()
    return Rotation(master=masters.current, rewrapped=rewrapped)


def _new_key(record: str, *, now: datetime) -> bytes:
    """Make a record's key, or take the one that another process made at this moment.

    The lock is shared until the commit: a rotation cannot put a new master key in place between the wrapping and the
    commit, look for keys to wrap anew, miss this one, and forget the master key that it needs.
    """
    with master_lock(exclusive=False), transaction.atomic(using=DATABASE, durable=True):
        masters = masters_or_new(now=now)
        wrapped = _wrapped(record, secrets.token_bytes(KEY_BYTES), masters)
        made = {"wrapped": wrapped, "master": masters.current, "created_at": now}
        row, _ = RecordKey.objects.get_or_create(record=record, defaults=made)
    return _unwrapped(row)


def _wrapped(record: str, key: bytes, masters: Masters) -> bytes:
    return wrap_key(master=masters.key, record=record, key=key, nonce=secrets.token_bytes(NONCE_BYTES))


def _unwrapped(row: RecordKey) -> bytes:
    """A record's key. The row is read again where a rotation ended between reading the row and reading the file."""
    for _ in range(_TRIES):
        if row.erased_at is not None:
            raise RecordErasedError(f"{row.record} was erased on {row.erased_at:%Y-%m-%d}.")
        masters = needed_masters()
        if row.master in masters.keys:
            return unwrap_key(master=masters.keys[row.master], record=row.record, wrapped=bytes(row.wrapped))
        row.refresh_from_db()
    raise MasterKeyError(
        f"The key of {row.record} was wrapped by the master key {row.master}, which {master_path()} does not hold. "
        "Restore that file from a backup."
    )


def _rewrap_some(masters: Masters) -> int:
    """Wrap some keys anew, each only if it is still as it was read: an erasure in between stands."""
    old = [name for name in masters.keys if name != masters.current]
    rows = list(RecordKey.objects.filter(master__in=old).order_by("id")[:_BATCH])
    with transaction.atomic(using=DATABASE):
        for row in rows:
            key = unwrap_key(master=masters.keys[row.master], record=row.record, wrapped=bytes(row.wrapped))
            nonce = secrets.token_bytes(NONCE_BYTES)
            wrapped = wrap_key(master=masters.key, record=row.record, key=key, nonce=nonce)
            same = RecordKey.objects.filter(pk=row.pk, master=row.master)
            same.update(wrapped=wrapped, master=masters.current)
    return len(rows)


def _forget_old_pages() -> None:
    """Empty SQLite's write-ahead log, where the overwritten key would stay readable until the next checkpoint."""
    connection = connections[DATABASE]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
