"""Every test run has its own home, so that no test sees or touches a person's data."""

import os
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings as hypothesis_settings

# How long an example takes depends on what else the machine does: that is for the bench, not for tests.
hypothesis_settings.register_profile("bluelamp", deadline=None)
hypothesis_settings.load_profile("bluelamp")
os.environ["BLUELAMP_HOME"] = tempfile.mkdtemp(prefix="bluelamp-test-")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """SQLite in memory: pytest-django knows only Django's own backend by name, and ours is made of it."""
    from django.conf import settings

    for database in settings.DATABASES.values():
        if "sqlite" in database["ENGINE"]:
            database["TEST"] = {**database.get("TEST", {}), "NAME": ":memory:"}
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(autouse=True)
def emptied_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that commits, Django empties every table; the log refuses, so it is emptied before, unguarded."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if not commits and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    from bluelamp.kernel.audit.guards import GUARDED, guard, unguard

    unguard(connection=connection)
    with connection.cursor() as cursor:
        for table in ("audit_link", *GUARDED):
            cursor.execute(f"DELETE FROM {table}")
    guard(connection=connection)
