"""Packaged facts: ids, names and dates compiled from public sources (docs/reference/packaged-facts.md)."""

from importlib import resources
from pathlib import Path

FACTS = ("kev", "cve_products", "cve_dates", "names", "inthewild", "epss", "epss_past")

# What the watch list learnt from them: written by `bluelamp watchlist learn`.
WEIGHTS = "watch_list_weights.json"
# How well it foresaw past years, in aggregate: kept by `bluelamp watchlist backtest`.
BACKTEST = "backtest.json"


def weights_path() -> Path:
    """The packaged weights of the watch list."""
    with resources.as_file(resources.files(__name__) / WEIGHTS) as path:
        return path


def packaged_backtest_path() -> Path:
    """The packaged back-test, in aggregate."""
    with resources.as_file(resources.files(__name__) / BACKTEST) as path:
        return path


def fact_path(*, name: str) -> Path:
    """The Parquet file of one table of facts. Raises KeyError for a name that is not in FACTS."""
    if name not in FACTS:
        raise KeyError(name)
    with resources.as_file(resources.files(__name__) / f"{name}.parquet") as path:
        return path
