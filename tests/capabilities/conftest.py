"""The catalogue for tests of a file, and a database that several threads can use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from made_once import copy_of_empty_tables
from pytest_django import DjangoDbBlocker


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A database of production's kind and settings: a file, not the usual one in memory. See `threads.run_together`."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = connections["default"]
    name = usual.settings_dict["NAME"]
    del connections["default"]
    usual.settings_dict["NAME"] = str(tmp_path / "main.db")
    copy_of_empty_tables(tmp_path_factory, tmp_path)
    try:
        yield
    finally:
        connections["default"].close()
        usual.settings_dict["NAME"] = name
        connections["default"] = usual


@pytest.fixture(scope="module")
def packaged_catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The packaged catalogue, loaded once for a file; then the database is as it was. Not for tests that commit."""
    from bluelamp.index.operations.catalogue import ensure_catalogue

    with django_db_blocker.unblock(), transaction.atomic():
        ensure_catalogue()
        yield
        transaction.set_rollback(True)
