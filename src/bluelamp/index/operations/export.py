"""Downloads of an edition. A specimen says so in every row; no cell can start a spreadsheet formula."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from bluelamp.index.models import Edition, EditionRow

COLUMNS = (
    "status",
    "edition",
    "period_start",
    "period_end",
    "product_key",
    "product_name",
    "maker_name",
    "category",
    "dates",
    "dates_before",
    "dates_ever",
    "rate",
    "shrunk",
    "low",
    "high",
    "jeffreys_low",
    "jeffreys_high",
    "band",
    "rank_low",
    "rank_high",
    "trend",
    "ebgm",
    "eb05",
    "leaning_on",
    "dates_without",
    "base_dates",
    "base_trend",
    "crime_rate",
    "crime_low",
    "crime_high",
    "first_seen",
    "last_seen",
    "sources",
)
NOTE = "One list, the authority's; it contains no UK crime data and counts no crimes. Not official statistics."
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_csv(*, edition: Edition, rows: Iterable[EditionRow]) -> str:
    """Rows of an edition, which the caller may show, as CSV (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        record = _record(edition, row)
        writer.writerow([_cell(record[c]) for c in COLUMNS])
    return out.getvalue()


def export_json(*, edition: Edition, rows: Iterable[EditionRow]) -> str:
    """Rows of an edition, which the caller may show, as one JSON document."""
    document = {
        "status": edition.status,
        "note": NOTE,
        "edition": str(edition.id),
        "period": [str(edition.period_start), str(edition.period_end)],
        "parameters": edition.parameters,
        "coverage": edition.coverage,
        "products": [_record(edition, row) for row in rows],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"


def _record(edition: Edition, row: EditionRow) -> dict[str, Any]:
    own = {
        c: getattr(row, c) for c in COLUMNS if c not in ("status", "edition", "period_start", "period_end", "sources")
    }
    sources = sorted({s["source"] for s in row.sightings})
    return {
        "status": edition.status,
        "edition": edition.number,
        "period_start": edition.period_start,
        "period_end": edition.period_end,
        **own,
        "sources": " ".join(sources),
    }


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
