"""Handlers for one test."""

from collections.abc import Iterator

import pytest
from deliveries import Install

from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox.registry import Handler


@pytest.fixture
def install() -> Iterator[Install]:
    """Puts handlers in place of the program's for one test."""
    before = registry.installed()

    def put(*handlers: Handler) -> None:
        registry.install(handlers=handlers, jobs=before.jobs)

    put()
    yield put
    registry.install(handlers=before.handlers, jobs=before.jobs)
