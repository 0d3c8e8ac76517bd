"""What an edition tells about itself beside its figures: what it covers, and what its products are compared with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from bluelamp.index.domain.figures import Figure
from bluelamp.index.domain.units import StatedUnits
from bluelamp.kernel.evidence.models import Load

_MOST_STATEMENTS = 5


def units_told(
    *, figures: Sequence[Figure], stated: Mapping[str, Sequence[StatedUnits]]
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Where the units of the edition's products come from, the statement that counts first; {} where there are none."""
    keys = [f.product_key for f in figures if f.units and f.named]
    told = {k: [{**asdict(s), "as_of": str(s.as_of)} for s in stated[k][:_MOST_STATEMENTS]] for k in keys}
    return {"units": told} if told else {}


def evidence_told(*, counts: pa.Table, loads: list[Load], months: int, rejected: Sequence[str]) -> dict[str, Any]:
    """How much of the authority's list, in the period, belongs to a product, to a maker only, to nothing known.

    `rejected` are the CVEs that were left out because they stand for nothing any more.
    """
    totals = {"to_product": 0, "maker_only": 0, "unmapped": 0}
    independent = {load.source_id for load in loads if not load.source.derived_from}
    for row in counts.to_pylist():
        if not row["model_key"] and row["months_back"] < months and row["source"] in independent:
            kind = "to_product" if row["product_key"] else "maker_only" if row["maker_key"] else "unmapped"
            totals[kind] += row["events"]
    return {
        **totals,
        "entries": sum(totals.values()),
        "kinds": sorted(set(counts["kind"].to_pylist())),
        **({"rejected": list(rejected)} if rejected else {}),
        "sources": [
            {
                "id": s.id,
                "title": s.title,
                "publisher": s.publisher,
                "licence": s.licence,
                "url": s.url,
                "derived_from": s.derived_from,
                "newest": str(load.last_on),
                "quarantined": load.quarantined,
            }
            for load in loads
            for s in (load.source,)
        ],
    }


def compared_told(*, figures: Sequence[Figure], products: pa.Table) -> dict[str, Any]:
    """What trends and ranks are held against: the dates of all products, now and before; each kind's products.

    Of a kind: how many are catalogued, and how many of them were ever confirmed. Where those are nearly all, the
    average of the kind is one of targeted products.
    """
    catalogued = Counter(category for category in products["category"].to_pylist() if category)
    confirmed = Counter(f.category for f in figures if f.dates_ever)
    return {
        "dates": {"now": sum(f.dates for f in figures), "before": sum(f.dates_before for f in figures)},
        "categories": {c: {"catalogued": catalogued[c], "confirmed": confirmed[c]} for c in sorted(catalogued)},
    }
