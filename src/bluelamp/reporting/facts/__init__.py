"""Packaged tables of reports: routes, words of recovery, the desk's words, signals, offences, links and the model."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

from bluelamp.kernel.places.queries import forces
from bluelamp.reporting.domain.casework import DeskTable, read_desk
from bluelamp.reporting.domain.classifying import Model, read_model
from bluelamp.reporting.domain.completeness import Useful, read_useful
from bluelamp.reporting.domain.flagging import LEVELS, Level, Signals, read_signals
from bluelamp.reporting.domain.linking import Weights, read_weights
from bluelamp.reporting.domain.offences import Offences, read_offences
from bluelamp.reporting.domain.references import WordList, read_word_list
from bluelamp.reporting.domain.register import ModelEntry, read_register
from bluelamp.reporting.domain.routing import Routes, read_routes
from bluelamp.reporting.domain.telling import Table, read_table

_FILES = resources.files(__package__)


def routes(*, changes: Sequence[str] = ()) -> Routes:
    """The table of routes, with rows that a force changed (TOML texts), read once. Raises RoutesError."""
    return _routes(tuple(changes))


@cache
def _routes(changes: tuple[str, ...]) -> Routes:
    return read_routes(
        text=(_FILES / "routes.toml").read_text("utf-8"),
        forces={force.slug: force for force in forces()},
        changes=changes,
    )


@cache
def word_list() -> WordList:
    """The words of recovery, in their order."""
    return read_word_list(text=(_FILES / "words.txt").read_text("utf-8"))


def signals(*, changes: Sequence[str] = ()) -> Signals:
    """What raises a flag, tightened by a force (TOML texts), read once. Raises SignalsError."""
    return _signals(tuple(changes))


@cache
def _signals(changes: tuple[str, ...]) -> Signals:
    return read_signals(text=(_FILES / "signals.toml").read_text("utf-8"), changes=changes)


@cache
def clocks() -> Mapping[Level, timedelta]:
    """Within which time a duty of each level must be acknowledged, the most urgent first."""
    minutes = signals().minutes
    return {level: timedelta(minutes=minutes[level]) for level in reversed(LEVELS)}


@cache
def offences() -> Offences:
    """The table of offence codes and of what points to them."""
    return read_offences(text=(_FILES / "offences.toml").read_text("utf-8"))


@cache
def link_weights() -> Weights:
    """How much each reason for a link counts."""
    return read_weights(text=(_FILES / "linking.toml").read_text("utf-8"))


@cache
def useful_questions() -> tuple[Useful, ...]:
    """Which answers help most, by kind of crime."""
    return read_useful(text=(_FILES / "completeness.toml").read_text("utf-8"))


@cache
def danger_model() -> Model:
    """The packaged model that reads texts for danger. Off by default: see the register."""
    return read_model(text=(_FILES / "danger_weights.json").read_text("utf-8"))


@cache
def model_register() -> Mapping[str, ModelEntry]:
    """The register of models, by id."""
    return read_register(text=(_FILES / "models.toml").read_text("utf-8"))


@cache
def desk() -> DeskTable:
    """The reasons, requests and lists of the desk, read once. Raises DeskError."""
    return read_desk((_FILES / "desk.toml").read_text("utf-8"))


@cache
def telling() -> Table:
    """What reporters read about their reports. Raises TellingError."""
    return read_table(text=(_FILES / "telling.toml").read_text("utf-8"))


@cache
def offline_words() -> Mapping[str, Mapping[str, Any]]:
    """The words of the page that works without a connection, by language: texts, and lists of paragraphs."""
    return tomllib.loads((_FILES / "offline.toml").read_text("utf-8"))
