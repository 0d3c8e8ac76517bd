"""Downloads of an edition. A specimen says so in every row; no cell can start a spreadsheet formula."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from bluelamp.index.domain.revising import COMPARED
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.queries import lacks_kinds, shown_replies

_GIVEN = ("status", "edition", "revision", "period_start", "period_end", "crimes", "sources")
COLUMNS = ("status", "edition", "revision", "period_start", "period_end", "product_key", *COMPARED, "sources")
NOTE = "One list, the authority's; it contains no UK crime data and counts no crimes. Not official statistics."
_KINDS = {
    "recorded_crime": "recorded crimes",
    "citizen_report": "citizens' reports",
    "exploited": "confirmed exploitation",
    "attack_telemetry": "attacks seen by sensors",
    "partner_sighting": "partners' sightings",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def note_of(*, edition: Edition) -> str:
    """What an edition lacks, in a sentence that goes with its figures everywhere."""
    if edition.status == Edition.Status.SPECIMEN:
        return NOTE
    lacks = ", ".join(_KINDS[kind] for kind in lacks_kinds(edition=edition))
    return f"Contains none of these: {lacks}. Not official statistics." if lacks else "Not official statistics."


def export_csv(*, edition: Edition, rows: Iterable[EditionRow]) -> str:
    """Rows of an edition, which the caller may show, as CSV (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        record = record_of(edition=edition, row=row)
        writer.writerow([safe_cell(record[c]) for c in COLUMNS])
    return out.getvalue()


def export_json(*, edition: Edition, rows: Iterable[EditionRow]) -> str:
    """Rows of an edition, which the caller may show, as one JSON document."""
    rows = list(rows)
    document = {
        "status": edition.status,
        "note": note_of(edition=edition),
        "edition": str(edition.id),
        "number": edition.number,
        "revision": edition.revision,
        "replaces": str(edition.replaces_id) if edition.replaces_id else None,
        "reason": edition.reason,
        "changes": edition.changes,
        "period": [str(edition.period_start), str(edition.period_end)],
        "parameters": edition.parameters,
        "coverage": _coverage_of(edition=edition, rows=rows),
        "products": [record_of(edition=edition, row=row) for row in rows],
        "replies": replies_of_rows(edition=edition, rows=rows),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"


def _coverage_of(*, edition: Edition, rows: Iterable[EditionRow]) -> dict[str, Any]:
    """What an edition covers; where units come from only for the rows that are shown."""
    told = dict(edition.coverage)
    units = told.pop("units", {})
    shown = {row.product_key: units[row.product_key] for row in rows if row.product_key in units}
    return {**told, "units": shown} if shown else told


def record_of(*, edition: Edition, row: EditionRow) -> dict[str, Any]:
    """One row as it is published everywhere."""
    record: dict[str, Any] = {c: getattr(row, c) for c in COLUMNS if c not in _GIVEN}
    record |= {
        "status": edition.status,
        "edition": edition.number,
        "revision": edition.revision,
        "period_start": edition.period_start,
        "period_end": edition.period_end,
        "crimes": row.public_crimes,
        "sources": " ".join(sorted({s["source"] for s in row.sightings})),
        **{name: rate for name, rate in row.crime_rates.items() if name in COLUMNS},
    }
    return {c: record[c] for c in COLUMNS}


def replies_of_rows(*, edition: Edition, rows: Iterable[EditionRow]) -> list[dict[str, str]]:
    """The makers' replies that go with some rows, complete; none with a specimen, which no maker has been shown."""
    if edition.status == Edition.Status.SPECIMEN:
        return []
    found = shown_replies(keys=[row.product_key for row in rows], origin=edition.origin)
    return [
        {
            "product_key": key,
            "language": reply.language,
            "text": reply.text,
            "received": reply.sent_at.date().isoformat(),
            "fix_announced_for": reply.fix_on.isoformat() if reply.fix_on else "",
            "fix_outcome": reply.fix_outcome,
        }
        for key, reply in sorted(found.items())
    ]


def safe_cell(value: object) -> object:
    """A value that starts no formula in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
