"""Figures from an edition's frozen input, and what names them: the same input and code give the same."""

import hashlib
import json
from dataclasses import asdict
from importlib import metadata, resources
from typing import Any

import pyarrow as pa

from bluelamp.index.domain.method import Base, CountRow, Figure, ProductFact, SourceFact, build_figures, narrower_split
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.units import public_crimes

# What `method.py` reaches, and nothing else: words of other rules may change without new figures
# (tests/architecture/test_figure_modules.py holds the list complete).
FIGURE_MODULES = {
    "bluelamp.stats": ("ebgm", "hierarchy", "intervals", "ranks", "shrinkage", "trend", "units"),
    "bluelamp.index.domain": (
        "bands", "combining", "figures", "method", "naming", "parameters", "trends", "units",
    ),
}  # fmt: skip
# Crimes and citizens' reports appear as aggregates only: no row, date or sighting of an edition comes from them alone.
RESTRICTED_KINDS = frozenset({"recorded_crime", "citizen_report"})


def frozen_figures(
    *,
    counts: pa.Table,
    products: pa.Table,
    sources: list[SourceFact],
    parameters: Parameters,
    base: Base | None,
) -> tuple[Figure, ...]:
    """The figures of a frozen input, of those products that not crimes or reports alone tell of."""
    rows, placed = _inputs(counts, products)
    open_keys = {row.product_key for row in rows if row.kind not in RESTRICTED_KINDS and row.months_back >= 0}
    figures = build_figures(counts=rows, products=placed, sources=sources, parameters=parameters, base=base)
    return tuple(f for f in figures if f.product_key in open_keys)


def frozen_narrower(*, counts: pa.Table, products: pa.Table, sources: list[SourceFact], parameters: Parameters) -> Any:
    """How the families of a frozen input read with each model counted alone."""
    rows, placed = _inputs(counts, products)
    return narrower_split(counts=rows, products=placed, sources=sources, parameters=parameters)


def columns_of(figure: Figure) -> dict[str, Any]:
    """The columns of a row that come from its figure."""
    skip = ("product_key", "maker_key", "category", "monthly")
    return {**{k: v for k, v in asdict(figure).items() if k not in skip}, "monthly": list(figure.monthly)}


def figures_hash(figures: tuple[Figure, ...]) -> str:
    """SHA-256 of the rounded figures in a canonical form.

    It is public, so counts of crimes go in as they are published: exact ones could be guessed from it (RED-LINES 7).
    """
    told = [{**asdict(f), "recorded_crimes": public_crimes(crimes=f.recorded_crimes)} for f in figures]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def code_version() -> str:
    """The program's version with a hash of the modules that make figures, and of no other."""
    digest = hashlib.sha256()
    for package, modules in FIGURE_MODULES.items():
        for name in modules:
            digest.update((resources.files(package) / f"{name}.py").read_bytes())
    return f"{metadata.version('bluelamp')}+{digest.hexdigest()[:16]}"


def lock_hash() -> str:
    """SHA-256 of the names and versions of the packages that compute."""
    names = ("numpy", "scipy", "pyarrow", "duckdb", "ibis-framework")
    return hashlib.sha256(" ".join(f"{n}=={metadata.version(n)}" for n in names).encode()).hexdigest()


def _inputs(counts: pa.Table, products: pa.Table) -> tuple[list[CountRow], list[ProductFact]]:
    # Editions frozen before units could be loaded have no such column: none of their products had any.
    units = products["units"].to_pylist() if "units" in products.column_names else [0] * products.num_rows
    columns = (products[name].to_pylist() for name in ("key", "maker_key", "category"))
    placed = [ProductFact(*f) for f in zip(*columns, units, strict=True)]
    known = {p.key for p in placed}
    rows = [CountRow(**r) for r in counts.to_pylist()]
    # A sighting of a product that has no category yet counts for its maker, so that it is not lost.
    return [r if r.product_key in known or not r.product_key else _maker_only(r) for r in rows], placed


def _maker_only(row: CountRow) -> CountRow:
    return CountRow(**{**asdict(row), "product_key": "", "model_key": ""})
