"""SQLite connections are kept from one request to the next, but never beyond what is certain."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections

from bluelamp.project.sqlite.base import DatabaseWrapper

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="about SQLite's files"),
]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[DatabaseWrapper]:
    usual = connections["default"].settings_dict
    made = DatabaseWrapper({**usual, "NAME": str(tmp_path / "main.db")}, "kept")
    with made.cursor() as cursor:
        cursor.execute("CREATE TABLE t (x)")
    yield made
    made.close()


def next_request(connection: DatabaseWrapper) -> None:
    """What Django does when a request ends and when one begins."""
    connection.close_if_unusable_or_obsolete()
    connection.close_if_unusable_or_obsolete()


def written(connection: DatabaseWrapper, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (%s)", [value])


def rows(connection: DatabaseWrapper) -> list[Any]:
    with connection.cursor() as cursor:
        return [x for (x,) in cursor.execute("SELECT x FROM t").fetchall()]


def test_one_connection_serves_many_requests(kept: DatabaseWrapper) -> None:
    first = kept.connection
    for number in range(3):
        next_request(kept)
        written(kept, number)
    assert kept.connection is first and rows(kept) == [0, 1, 2]


def test_a_backup_put_in_the_place_of_the_file_is_used_at_the_next_request(kept: DatabaseWrapper) -> None:
    path = Path(kept.settings_dict["NAME"])
    written(kept, 1)
    with kept.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, path.with_suffix(".backup"))
    written(kept, 2)
    next_request(kept)
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    path.with_suffix(".backup").rename(path)
    assert rows(kept) == [1]
    written(kept, 3)
    kept.close()
    assert rows(kept) == [1, 3], "written to the file that is there, not to the one that is gone"


def test_after_a_failure_the_connection_is_opened_anew(kept: DatabaseWrapper) -> None:
    first = kept.connection
    with pytest.raises(OperationalError):
        written_nowhere(kept)
    next_request(kept)
    assert rows(kept) == [] and kept.connection is not first


def written_nowhere(connection: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO nowhere VALUES (1)")


def test_production_has_it(settings: Any) -> None:
    for alias in settings.DATABASES:
        made = connections[alias]
        assert isinstance(made, DatabaseWrapper)
        assert made.settings_dict["CONN_HEALTH_CHECKS"] and made.settings_dict["CONN_MAX_AGE"] == 60
