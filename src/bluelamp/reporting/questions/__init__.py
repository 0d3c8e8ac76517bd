"""The shelf of questions: one file a section, in one explicit order (docs/reference/questions.md)."""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from bluelamp.reporting.domain.question import Shelf
from bluelamp.reporting.domain.shelf import ShelfError, read_shelf

__all__ = ["SECTIONS", "ShelfError", "questions"]


def shelf(sections: Iterable[str]) -> tuple[str, ...]:
    """The sections in their order. Raises ValueError for a blank or repeated id."""
    found = tuple(sections)
    if len(set(found)) != len(found) or not all(found):
        raise ValueError(f"Every section needs an id of its own: {found}")
    return found


SECTIONS = shelf(("safety", "what", "device", "when", "where", "lost", "who", "you", "check"))


@cache
def questions() -> Shelf:
    """All questions, read and checked once. Raises ShelfError."""
    files = resources.files(__package__)
    return read_shelf(
        common=(files / "common.toml").read_text("utf-8"),
        sections=[(name, (files / f"{name}.toml").read_text("utf-8")) for name in SECTIONS],
    )
