"""Reads of the evidence as it is to be counted now: without rejected CVEs, under the present keys of products."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from bluelamp.index.domain.units import StatedUnits
from bluelamp.kernel.catalogue.queries import moved_keys
from bluelamp.kernel.evidence.queries import evidence_folder, visible_loads
from bluelamp.warehouse.counts import Reading, rejected_refs


def rejected_cves() -> frozenset[str]:
    """The CVEs that a loaded list of records says are rejected: what was seen under such a number no longer counts."""
    paths: dict[str, list[Path]] = {}
    for load in visible_loads(table="cves"):
        paths.setdefault(load.source_id, []).append(evidence_folder() / f"{load.file_hash}.parquet")
    return rejected_refs(paths=paths)


def present_reading() -> Reading:
    """How stored sightings are to be read now: without rejected CVEs, under the present keys of products."""
    return Reading(rejected=rejected_cves(), moved=moved_keys())


def stated_units(*, moved: Mapping[str, str]) -> list[StatedUnits]:
    """The numbers of units in use that are loaded, under the present keys of products."""
    found = []
    for load in visible_loads(table="units"):
        table = pq.read_table(evidence_folder() / f"{load.file_hash}.parquet")
        for r in table.to_pylist():
            key = moved.get(r["product_key"], r["product_key"])
            found.append(StatedUnits(key, r["units"], r["on"], r["source"], r["address"], r["licence"]))
    return found
