"""Packaged tables of reports: routes, the words of recovery, the words of the page without a connection."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from bluelamp.kernel.places.queries import forces
from bluelamp.reporting.domain.references import WordList, read_word_list
from bluelamp.reporting.domain.routing import Routes, read_routes

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
def offline_words() -> Mapping[str, Mapping[str, Any]]:
    """The words of the page that works without a connection, by language: texts, and lists of paragraphs."""
    return tomllib.loads((_FILES / "offline.toml").read_text("utf-8"))
