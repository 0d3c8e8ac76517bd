"""Reads of the Index: editions and their rows, packaged facts. No request opens the warehouse."""

import json
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import QuerySet

from bluelamp.index.domain.learning import Learnt, from_record
from bluelamp.index.facts import fact_path, weights_path
from bluelamp.index.models import Edition, EditionRow
from bluelamp.kernel.prepared import PreparedValues


def editions_folder() -> Path:
    """Where the frozen inputs of editions are."""
    return Path(settings.BLUELAMP_HOME) / "editions"


def backtest_file() -> Path:
    """Where the newest back-test's metrics are kept for the methods page."""
    return Path(settings.BLUELAMP_HOME) / "backtest.json"


def newest_edition() -> Edition | None:
    """The edition built last, whatever its status."""
    return Edition.objects.order_by("-number").first()


def visible_edition(*, outside: bool) -> Edition | None:
    """The newest edition that a page may show. A specimen is never visible from outside (RED-LINES 4)."""
    return _visible(outside=outside).first()


def visible_stamp(*, outside: bool) -> str:
    """What tells the figures of the edition that a page may show from those of any other; "" where there is none."""
    found = _STAMPS[outside].rows()
    return " ".join(map(str, found[0])) if found else ""


def _visible(*, outside: bool) -> QuerySet[Edition]:
    editions = Edition.objects.order_by("-number")
    return editions.exclude(status=Edition.Status.SPECIMEN) if outside else editions


def _stamp(outside: bool) -> QuerySet[Edition, tuple[object, ...]]:
    return _visible(outside=outside).values_list("id", "status", "figures_hash")[:1]


# Asked with every request for a page.
_STAMPS = {True: PreparedValues(lambda: _stamp(True)), False: PreparedValues(lambda: _stamp(False))}


def named_rows(*, edition: Edition) -> QuerySet[EditionRow]:
    """The rows that tables, cards and downloads may name: with sightings of their own in the period (RED-LINES 1)."""
    return edition.rows.filter(named=True, dates__gt=0).exclude(product_name="")


def facts(*, name: str) -> pa.Table:
    """One table of packaged facts."""
    return pq.read_table(fact_path(name=name))


def learnt_weights() -> Learnt:
    """The packaged weights of the watch list, learnt for the day after the newest packaged entry."""
    return from_record(json.loads(weights_path().read_text(encoding="utf-8")))


@cache
def keys_by_ref() -> dict[str, tuple[str, ...]]:
    """CVE -> the product keys known for it, sorted."""
    table = facts(name="cve_products").sort_by(
        [("cve", "ascending"), ("vendor_key", "ascending"), ("product_key", "ascending")]
    )
    found: dict[str, list[str]] = {}
    for cve, maker, product in zip(*(table[c].to_pylist() for c in table.column_names), strict=True):
        found.setdefault(cve, []).append(f"{maker}:{product}")
    return {cve: tuple(keys) for cve, keys in found.items()}


def keys_of_ref(ref: str) -> tuple[str, ...]:
    """The product keys known for one CVE; none for an unknown one."""
    return keys_by_ref().get(ref, ())


def backtest_summary() -> dict[str, list[dict[str, object]]] | None:
    """The last back-test of this machine, in aggregate (operations.forecast.Backtest without `by_date`); or None."""
    path = backtest_file()
    if not path.exists():
        return None
    found: dict[str, list[dict[str, object]]] = json.loads(path.read_text(encoding="utf-8"))
    return found
