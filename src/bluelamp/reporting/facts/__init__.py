"""Packaged tables of reports: routes, and the words of recovery."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

from bluelamp.kernel.places.queries import forces
from bluelamp.reporting.domain.references import WordList, read_word_list
from bluelamp.reporting.domain.routing import Routes, read_routes
from bluelamp.reporting.domain.telling import Table, read_table

_FILES = resources.files(__package__)


def routes(*, changes: Sequence[str] = ()) -> Routes:
    """The table of routes, with rows that a force changed (TOML texts). Raises RoutesError."""
    return read_routes(
        text=(_FILES / "routes.toml").read_text("utf-8"),
        forces={force.slug: force for force in forces()},
        changes=changes,
    )


@cache
def word_list() -> WordList:
    """The words of recovery, in their order."""
    return read_word_list(text=(_FILES / "words.txt").read_text("utf-8"))


@cache
def telling() -> Table:
    """What reporters read about their reports. Raises TellingError."""
    return read_table(text=(_FILES / "telling.toml").read_text("utf-8"))
