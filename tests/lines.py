"""Catching what the program writes to its log, as it would stand in the file."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bluelamp.project.logs import NotToldElsewhere, formatter


class Lines:
    """The lines so far."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["logger"].startswith(logger)]


@contextmanager
def caught() -> Iterator[Lines]:
    """Everything that reaches the root logger, even of libraries at debug level, through our own formatter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(style="json", profile="all"))
    handler.addFilter(NotToldElsewhere())
    root, django = logging.getLogger(), logging.getLogger("django")
    before = root.level, django.level
    root.setLevel(logging.DEBUG)
    django.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield Lines(stream)
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        django.setLevel(before[1])
