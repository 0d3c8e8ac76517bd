"""Packaged facts: ids, names and dates compiled from public sources (docs/reference/packaged-facts.md)."""

from importlib import resources
from pathlib import Path

FACTS = ("kev", "cve_products", "cve_dates", "names", "inthewild", "epss")


def fact_path(*, name: str) -> Path:
    """The Parquet file of one table of facts. Raises KeyError for a name that is not in FACTS."""
    if name not in FACTS:
        raise KeyError(name)
    with resources.as_file(resources.files(__name__) / f"{name}.parquet") as path:
        return path
