"""Taking a feed's file in: parse, find the products, put aside what cannot be used, store."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from bluelamp.formats.rows import Rejected
from bluelamp.index.feeds import recognise
from bluelamp.index.feeds.base import CveRow, EpssRow, Feed, Row, SightingRow, UnitsRow
from bluelamp.index.operations.repeats import alone, without_repeats
from bluelamp.index.queries import keys_of_ref
from bluelamp.kernel.catalogue.queries import Resolver, loaded_version, resolver
from bluelamp.kernel.evidence import operations as evidence
from bluelamp.kernel.evidence.models import Load, Source
from bluelamp.kernel.evidence.operations import Batch, Refusal, Terms
from bluelamp.warehouse.counts import SIGHTING_SCHEMA

WORST_BAD_SHARE = 0.2
_TABLES = {
    "epss": pa.schema(
        [("cve", pa.string()), ("on", pa.date32()), ("model", pa.string()), ("probability", pa.float64())]
    ),
    "cves": pa.schema(
        [
            ("cve", pa.string()),
            ("on", pa.date32()),
            ("state", pa.string()),
            ("maker", pa.string()),
            ("product", pa.string()),
        ]
    ),
    "units": pa.schema(
        [
            ("product_key", pa.string()),
            ("on", pa.date32()),
            ("units", pa.int64()),
            ("source", pa.string()),
            ("address", pa.string()),
            ("licence", pa.string()),
        ]
    ),
}


class LoadRefusedError(ValueError):
    """A file was not taken; the message says why and what to do. What was loaded before is untouched."""


@dataclass(frozen=True)
class Loaded:
    """What became of a file: its manifest row, and whether it was there already."""

    load: Load
    repeated: bool


def load_path(*, path: Path, feed: Feed | None, now: datetime) -> Loaded:
    """Take a file in, by the feed given or the one that recognises it.

    Raises LoadRefusedError (no feed, too many bad rows), FormatError (unreadable file), OSError (full disk).
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
        chosen = feed or recognise(name=path.name, head=head)
        if chosen is None:
            raise LoadRefusedError(f"No feed recognises {path.name}. Name one: bluelamp feeds load FILE --feed ID")
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        return _load(feed=chosen, stream=stream, content_hash=digest, now=now)


def load_bytes(*, content: bytes, feed: Feed, now: datetime) -> Loaded:
    """Take a feed's content in from memory; errors as `load_path`."""
    return _load(feed=feed, stream=io.BytesIO(content), content_hash=hashlib.sha256(content).hexdigest(), now=now)


def _load(*, feed: Feed, stream: BinaryIO, content_hash: str, now: datetime) -> Loaded:
    version = loaded_version()
    known = evidence.known_load(feed_id=feed.id, content_hash=content_hash, catalogue_version=version)
    if known:
        return Loaded(load=known, repeated=True)
    rows: list[Row] = []
    refused: list[Refusal] = []
    for row in feed.read(stream=stream, today=now.date()):
        if isinstance(row, Rejected):
            refused.append(Refusal(line=row.line, reason=row.reason, raw=row.raw))
        else:
            rows.append(row)
    if not rows and not refused:
        raise LoadRefusedError("The file has no rows. Check that the download is complete, then load it again.")
    rows, unknown = _placed_units(rows)
    refused += unknown
    share = len(refused) / (len(rows) + len(refused))
    with alone():
        load = evidence.store_batch(
            source=evidence.register_source(source=_source(feed)),
            batch=_batch(feed=feed, rows=rows, refused=refused, content_hash=content_hash),
            content_hash=content_hash,
            catalogue_version=version,
            snapshot=feed.snapshot,
            refuse=share > WORST_BAD_SHARE,
            terms=Terms(marking=feed.marking, publish=feed.publish),
            now=now,
        )
    if load.status == Load.Status.REFUSED:
        raise LoadRefusedError(
            f"{len(refused)} of {len(rows) + len(refused)} rows could not be used, so nothing was loaded. "
            "See why with: bluelamp feeds quarantine"
        )
    return Loaded(load=load, repeated=False)


def _source(feed: Feed) -> Source:
    return Source(
        id=feed.source_id,
        title=feed.title,
        publisher=feed.publisher,
        licence=feed.licence,
        url=feed.url,
        cadence=feed.cadence,
        authority=feed.authority,
        derived_from=feed.derived_from or "",
    )


def _batch(*, feed: Feed, rows: list[Row], refused: list[Refusal], content_hash: str) -> Batch:
    mapped, repeated = (0, 0, 0), 0
    if feed.table == "sightings":
        seen = [r for r in rows if isinstance(r, SightingRow)]
        kept = without_repeats(feed=feed, rows=seen, content_hash=content_hash)
        table, mapped = _sightings(feed=feed, rows=kept.rows)
        repeated = kept.repeated
    elif feed.table == "epss":
        fields = [(r.cve, r.on, r.model, r.probability) for r in rows if isinstance(r, EpssRow)]
        table = _table(fields, _TABLES["epss"])
    elif feed.table == "units":
        stated = [(r.key, r.on, r.units, r.source, r.address, r.licence) for r in rows if isinstance(r, UnitsRow)]
        table, mapped = _table(stated, _TABLES["units"]), (len(stated), 0, 0)
    else:
        table = _table(_cve_fields(r for r in rows if isinstance(r, CveRow)), _TABLES["cves"])
    # What a file covers, also where all of it was there already.
    days = [r.published if isinstance(r, CveRow) else r.on for r in rows]
    return Batch(
        feed_id=feed.id,
        table=feed.table,
        rows=table,
        refused=refused,
        to_product=mapped[0],
        maker_only=mapped[1],
        unmapped=mapped[2],
        first_on=min(days, default=None),
        last_on=max(days, default=None),
        repeated=repeated,
    )


def _placed_units(rows: list[Row]) -> tuple[list[Row], list[Refusal]]:
    """Rows with the keys of their products, and those put aside because the catalogue has no such product."""
    if not any(isinstance(r, UnitsRow) for r in rows):
        return rows, []
    resolve: Resolver = resolver(keys_of_ref=keys_of_ref)
    placed: list[Row] = []
    refused = []
    for r in rows:
        if not isinstance(r, UnitsRow):
            continue
        place = (
            resolve.place(written_maker=r.written_maker, written_product=r.written_product, ref="")
            if not r.key
            else None
        )
        key = place.product_key if place else resolve.present(key=r.key)
        # A model's units are not those of its family.
        if key and not (place and place.model_key):
            placed.append(replace(r, key=key))
        else:
            reason = "The catalogue has no such product, or it is one model of a family: name the product's key."
            refused.append(Refusal(line=r.line, reason=reason, raw=str(r)[:2000]))
    return placed, refused


def _cve_fields(rows: Iterable[CveRow]) -> list[tuple[object, ...]]:
    return [(r.cve, r.published, r.state, m, p) for r in rows for m, p in (r.affected or (("", ""),))]


def _sightings(*, feed: Feed, rows: list[SightingRow]) -> tuple[pa.Table, tuple[int, int, int]]:
    resolve: Resolver = resolver(keys_of_ref=keys_of_ref)
    counted = [0, 0, 0]
    fields: list[tuple[object, ...]] = []
    for r in rows:
        place = resolve.place(written_maker=r.written_maker, written_product=r.written_product, ref=r.ref)
        counted[0 if place.product_key else 1 if place.maker_key else 2] += 1
        keys = (place.maker_key, place.product_key, place.model_key)
        fields.append(
            (
                r.line,
                r.written_maker,
                r.written_product,
                r.ref,
                *keys,
                feed.kind,
                feed.source_id,
                r.on,
                r.count,
                r.place or "",
            )
        )
    return _table(fields, SIGHTING_SCHEMA), (counted[0], counted[1], counted[2])


def _table(fields: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*fields, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
