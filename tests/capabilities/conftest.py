"""A database that several threads can use: on SQLite a file of its own, because the tests' usual one is in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from made_once import copy_of_empty_tables


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The database of production's kind and settings. Use `threads.run_together` on it."""
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
