"""An edition as a data package (Data Package standard, version 2): one table in three forms, corrections, replies."""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bluelamp.index.models import Edition
from bluelamp.index.operations.export import COLUMNS, note_of, record_of, replies_of_rows, safe_cell
from bluelamp.index.operations.feed import tag
from bluelamp.index.queries import named_rows

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_INTEGERS = (
    *("edition", "revision", "dates", "dates_before", "dates_ever", "rank_low", "rank_high"),
    *("dates_without", "base_dates", "since_base"),
)
_NUMBERS = (
    *("rate", "shrunk", "low", "high", "jeffreys_low", "jeffreys_high", "ebgm", "eb05"),
    *("crime_rate", "crime_low", "crime_high"),
)
_DATES = ("period_start", "period_end", "first_seen", "last_seen")
_ALLOWED = {
    "status": ["specimen", "published", "replaced"],
    "band": ["high", "low", "cannot-tell"],
    "trend": ["rising", "falling", "no-clear-change"],
    "base_trend": ["", "rising", "falling", "no-clear-change"],
}
_MEANING = {
    "product_key": "`maker:product`; the same product has the same key in every edition.",
    "dates": "Dates in the period on which a source confirmed exploitation.",
    "rate": "Dates a year.",
    "low": "Lower end of the shrunk 90 % interval, dates a year.",
    "high": "Upper end of the shrunk 90 % interval, dates a year.",
    "dates_ever": "The same dates since the evidence begins.",
    "ebgm": "How many times more often confirmed than the average of its category, shrunk (EBGM).",
    "eb05": "The same, at least (its 5 % bound).",
    "leaning_on": "The source without which the fewest dates would be left; empty where none matters.",
    "dates_without": "Dates that would be left without that source.",
    "base_dates": "Dates in the period of the base edition; empty without one.",
    "since_base": "Dates in the whole months since that period ended (at most a period); empty without a base edition.",
    "base_trend": "How the rate in those months compares with the base edition's; empty before a month is over.",
    "crime_rate": "Recorded crimes per 1,000 units in use and year, where the units are known.",
    "crimes": "Recorded crimes in the period: empty below five, 5-9, else rounded to five.",
    "sources": "Ids of the sources, separated by spaces.",
}
_CHANGES = ("product_key", "product_name", "kind", "field", "before", "after")
_REPLIES = ("product_key", "language", "text", "received", "fix_announced_for", "fix_outcome")
_MEDIA = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
# A file in a ZIP has a time; the same edition gives the same bytes at any.
_TIME = (2026, 1, 1, 0, 0, 0)


def package_files(*, edition: Edition) -> dict[str, bytes]:
    """File name -> content of the package of an edition that the caller may show."""
    rows = list(named_rows(edition=edition).order_by("product_key"))
    records = [record_of(edition=edition, row=row) for row in rows]
    tables: dict[str, tuple[Sequence[str], list[dict[str, Any]]]] = {
        "products": (COLUMNS, records),
        "changes": (_CHANGES, [dict(c) for c in edition.changes]),
        "replies": (_REPLIES, list(replies_of_rows(edition=edition, rows=rows))),
    }
    files: dict[str, bytes] = {}
    for name, (columns, table) in tables.items():
        files[f"{name}.csv"] = _csv(columns, table)
        files[f"{name}.json"] = _json(table)
    files["products.parquet"] = _parquet(records)
    described = [_resource(path, content) for path, content in files.items()]
    return {"datapackage.json": _json(_descriptor(edition, described)), **files}


def zipped_package(*, edition: Edition) -> bytes:
    """The package as one ZIP file, alike byte for byte for the same edition."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, content in package_files(edition=edition).items():
            archive.writestr(zipfile.ZipInfo(name, date_time=_TIME), content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _descriptor(edition: Edition, resources: list[dict[str, Any]]) -> dict[str, Any]:
    published = edition.published_at or edition.built_at
    sources = edition.coverage.get("sources", [])
    return {
        "$schema": PROFILE,
        "name": f"bluelamp-security-index-{edition.number}",
        "id": tag(f"edition/{edition.pk}"),
        "title": f"Bluelamp Security Index, edition {edition.label}",
        "description": note_of(edition=edition),
        "version": f"{edition.number}.{edition.revision}.0",
        "created": published.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "licenses": [{"name": _slug(text), "title": text} for text in sorted({s["licence"] for s in sources})],
        "sources": [
            {"title": f"{s['publisher']}: {s['title']}", **({"path": s["url"]} if s["url"] else {})} for s in sources
        ],
        "contributors": [{"title": "Bluelamp", "roles": ["publisher"]}],
        "status": edition.status,
        "edition": edition.number,
        "revision": edition.revision,
        "replaces": tag(f"edition/{edition.replaces_id}") if edition.replaces_id else None,
        "correction": edition.reason,
        "period": [edition.period_start.isoformat(), edition.period_end.isoformat()],
        "figuresHash": edition.figures_hash,
        "versionHash": edition.version_hash,
        "resources": resources,
    }


def _resource(path: str, content: bytes) -> dict[str, Any]:
    name, _, form = path.partition(".")
    columns = {"products": COLUMNS, "changes": _CHANGES, "replies": _REPLIES}[name]
    key = {"products": ["product_key"], "changes": ["product_key", "field"], "replies": ["product_key"]}[name]
    return {
        "name": f"{name}-{form}",
        "path": path,
        "format": form,
        "mediatype": _MEDIA[form],
        **({"encoding": "utf-8"} if form != "parquet" else {}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        **({"type": "table"} if form != "parquet" else {}),
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_field(column) for column in columns],
            "primaryKey": key,
        },
    }


def _field(name: str) -> dict[str, Any]:
    kind = "integer" if name in _INTEGERS else "number" if name in _NUMBERS else "date" if name in _DATES else "string"
    limits = {"constraints": {"enum": _ALLOWED[name]}} if name in _ALLOWED else {}
    meaning = {"description": _MEANING[name]} if name in _MEANING else {}
    return {"name": name, "type": kind, **meaning, **limits}


def _csv(columns: Sequence[str], table: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for record in table:
        writer.writerow([safe_cell(record[c]) for c in columns])
    return out.getvalue().encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _parquet(records: list[dict[str, Any]]) -> bytes:
    def column_type(name: str) -> pa.DataType:
        if name in _DATES:
            return pa.date32()
        return pa.int32() if name in _INTEGERS else pa.float64() if name in _NUMBERS else pa.string()

    schema = pa.schema([(name, column_type(name)) for name in COLUMNS])
    columns = [pa.array([_day(r[name]) for r in records], type=schema.field(name).type) for name in COLUMNS]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, schema=schema), sink, compression="zstd", store_schema=False)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _day(value: Any) -> Any:
    return (
        value
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        else date.fromisoformat(value)
    )


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-") or "unknown"
