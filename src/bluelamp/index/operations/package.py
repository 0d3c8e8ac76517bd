"""An edition as a data package (Data Package standard, version 2): figures, reasons, corrections, replies."""

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
from bluelamp.index.operations.package_fields import (
    CHANGES,
    DATE,
    INTEGER,
    NUMBER,
    PRODUCTS,
    REASON_CODES,
    REASONS,
    REPLIES,
    STRING,
)
from bluelamp.index.operations.reasons_table import reasons_table
from bluelamp.index.queries import named_rows

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TABLES = {"products": PRODUCTS, "reasons": REASONS, "changes": CHANGES, "replies": REPLIES}
_TITLES = {
    "products": "The figures of every product that the edition names.",
    "reasons": "Why products differ from the edition before, one reason a row; of a correction, from what it corrects.",
    "changes": "What a correction changed, one field a row; empty where the edition is no correction.",
    "replies": "What makers replied, complete; empty where none did.",
}
_KEYS = {
    "products": ["product_key"],
    "reasons": ["product_key", "reason"],
    "changes": ["product_key", "field"],
    "replies": ["product_key"],
}
# The standard knows one type of resource, table. A validator reads tables of Parquet through libraries in which whole
# numbers with gaps become fractions, and measures no tables in JSON: only CSV is declared as one, the others are files
# with their size and hash. "apache-parquet" is no ending by which it would take the file for a table all the same.
_FORMAT = {"csv": "csv", "json": "json", "parquet": "apache-parquet"}
_MEDIA = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
_PARQUET = {INTEGER: pa.int32(), NUMBER: pa.float64(), DATE: pa.date32(), STRING: pa.string()}
# A file in a ZIP has a time; the same edition gives the same bytes at any.
_TIME = (2026, 1, 1, 0, 0, 0)


def package_files(*, edition: Edition) -> dict[str, bytes]:
    """File name -> content of the package of an edition that the caller may show."""
    rows = list(named_rows(edition=edition).order_by("product_key"))
    records = [record_of(edition=edition, row=row) for row in rows]
    tables: dict[str, list[dict[str, Any]]] = {
        "products": records,
        "reasons": reasons_table(edition=edition),
        "changes": [dict(c) for c in edition.changes],
        "replies": list(replies_of_rows(edition=edition, rows=rows)),
    }
    files: dict[str, bytes] = {}
    for name, table in tables.items():
        files[f"{name}.csv"] = _csv(list(_TABLES[name]), table)
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
        "highThreshold": edition.parameters["high_threshold"],
        "reasonCodes": REASON_CODES,
        "resources": resources,
    }


def _resource(path: str, content: bytes) -> dict[str, Any]:
    name, _, form = path.partition(".")
    described = {
        "name": f"{name}-{form}",
        "path": path,
        "title": _TITLES[name],
        "format": _FORMAT[form],
        "mediatype": _MEDIA[form],
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if form != "csv":
        same = f"The same rows and fields as {name}.csv, whose schema says what they mean."
        return {**described, "description": same}
    return {
        **described,
        "type": "table",
        "encoding": "utf-8",
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [field.described(name=column) for column, field in _TABLES[name].items()],
            "primaryKey": _KEYS[name],
        },
    }


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
    schema = pa.schema([(name, _PARQUET[PRODUCTS[name].type]) for name in COLUMNS])
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
