"""Writes of evidence: a file of rows becomes visible by one manifest row, in one transaction."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from django.db import transaction

from bluelamp.kernel.evidence.models import Load, QuarantinedRow, Source
from bluelamp.kernel.evidence.queries import evidence_folder
from bluelamp.kernel.vault.keyfiles import file_lock
from bluelamp.warehouse.files import sweep, write_table

_ORPHAN_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Refusal:
    """One row put aside: its line, why, and what it said."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Terms:
    """Under which terms evidence may be used: whether it is real, its marking (TLP 2.0), and what may be published."""

    origin: str = "live"
    marking: str = "TLP:CLEAR"
    publish: str = "full"


OPEN_TERMS = Terms()


@dataclass(frozen=True)
class Batch:
    """What one file brought: the rows as a table, those put aside, and how well the names were known."""

    feed_id: str
    table: str
    rows: pa.Table
    refused: Sequence[Refusal]
    to_product: int
    maker_only: int
    unmapped: int
    first_on: date | None
    last_on: date | None
    repeated: int = 0


def register_source(*, source: Source) -> Source:
    """Record or refresh a source's description."""
    source.save(force_insert=not Source.objects.filter(pk=source.pk).exists())
    return source


def known_load(*, feed_id: str, content_hash: str, catalogue_version: str) -> Load | None:
    """The newest load that took exactly this content under this version of the catalogue, in use or replaced since."""
    loads = Load.objects.filter(feed_id=feed_id, content_hash=content_hash, catalogue_version=catalogue_version)
    return loads.exclude(status=Load.Status.REFUSED).order_by("-added_at").first()


def store_batch(
    *,
    source: Source,
    batch: Batch,
    content_hash: str,
    catalogue_version: str,
    snapshot: bool,
    refuse: bool,
    terms: Terms = OPEN_TERMS,
    now: datetime,
) -> Load:
    """Store one batch. The Parquet file is written first; one transaction then makes it visible.

    A `snapshot` (a whole list) replaces the source's earlier loads, unless it is older than the one in use: then it is
    kept as replaced already. With `refuse` only the put-aside rows are kept, so that they can be looked at.
    """
    file_hash = "" if refuse else write_table(table=batch.rows, folder=evidence_folder()).sha256
    with transaction.atomic():
        earlier = Load.objects.select_for_update().filter(
            source=source, table=batch.table, status=Load.Status.VISIBLE, origin=terms.origin
        )
        status = _status(earlier=list(earlier), batch=batch, snapshot=snapshot, refuse=refuse)
        if status == Load.Status.VISIBLE:
            same = earlier.filter(feed_id=batch.feed_id, content_hash=content_hash)
            (earlier if snapshot else same).update(status=Load.Status.SUPERSEDED)
        load = Load.objects.create(
            source=source,
            feed_id=batch.feed_id,
            table=batch.table,
            status=status,
            content_hash=content_hash,
            catalogue_version=catalogue_version,
            file_hash=file_hash,
            rows=0 if refuse else batch.rows.num_rows,
            quarantined=len(batch.refused),
            repeated=batch.repeated,
            to_product=batch.to_product,
            maker_only=batch.maker_only,
            unmapped=batch.unmapped,
            first_on=batch.first_on,
            last_on=batch.last_on,
            origin=terms.origin,
            marking=terms.marking,
            publish=terms.publish,
            added_at=_later_than_all(now),
        )
        QuarantinedRow.objects.bulk_create(
            [QuarantinedRow(load=load, line=r.line, reason=r.reason[:500], raw=r.raw) for r in batch.refused],
            batch_size=1_000,
        )
    return load


def _status(*, earlier: list[Load], batch: Batch, snapshot: bool, refuse: bool) -> Load.Status:
    if refuse:
        return Load.Status.REFUSED
    newest = max((e.last_on for e in earlier if e.last_on), default=None)
    if snapshot and newest and batch.last_on and batch.last_on < newest:
        return Load.Status.SUPERSEDED
    return Load.Status.VISIBLE


def _later_than_all(now: datetime) -> datetime:
    """`now`, or a microsecond after the newest load where the clock went back: `added_at` rises strictly."""
    newest = Load.objects.order_by("-added_at").values_list("added_at", flat=True).first()
    return max(now.astimezone(UTC), newest + timedelta(microseconds=1)) if newest else now.astimezone(UTC)


def keep_files() -> AbstractContextManager[None]:
    """Held while files of evidence are copied: nothing is swept meanwhile."""
    return file_lock(path=_sweep_lock(), exclusive=False)


def sweep_orphans(*, now: datetime) -> int:
    """Remove evidence files that no manifest row names, left by a load that was killed; give their number.

    While a backup copies files nothing is removed: the next sweep does it.
    """
    try:
        with file_lock(path=_sweep_lock(), exclusive=True, wait=False):
            keep = set(Load.objects.values_list("file_hash", flat=True))
            return len(list(sweep(folder=evidence_folder(), keep=keep, older_than=(now - _ORPHAN_AGE).timestamp())))
    except BlockingIOError:
        return 0


def _sweep_lock() -> Path:
    folder = evidence_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder.with_name("evidence.lock")
