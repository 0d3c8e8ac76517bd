"""A database that several threads can use: on SQLite a file of its own, because the tests' usual one is in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The database of production's kind and settings. Use `threads.run_together` on it."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = connections["default"]
    name = usual.settings_dict["NAME"]
    del connections["default"]
    usual.settings_dict["NAME"] = str(tmp_path / "shared.db")
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections["default"].close()
        usual.settings_dict["NAME"] = name
        connections["default"] = usual
