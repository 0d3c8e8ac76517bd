"""Migrating what an earlier release left: backed up, whole afterwards, or as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import LazySettings
from keeping_homes import URL, Home
from made_once import copy_of_empty_tables

from bluelamp.project.keeping.archive import read_manifest

pytestmark = pytest.mark.skipif(bool(URL), reason="the same without PostgreSQL")
KEPT = (
    "catalogue_maker",
    "catalogue_product",
    "catalogue_model",
    "catalogue_writtenname",
    "evidence_source",
    "evidence_load",
    "evidence_quarantinedrow",
    "index_edition",
    "index_editionrow",
    "people_user",
)


def rows(home: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of what the release knew, by column, so that a column that came later does not matter."""
    found = {}
    with closing(sqlite3.connect(home / "main.db")) as database:
        database.row_factory = sqlite3.Row
        for table in KEPT:
            found[table] = [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY 1")]
    return found


def test_the_first_release_is_migrated_with_every_row(old_home: Home, settings: LazySettings) -> None:
    before = rows(old_home.path)
    assert all(before.values()), "the sample holds a row of each"
    done = old_home.json("migrate")
    after = rows(old_home.path)
    for table, held in before.items():
        assert [{name: row[name] for name in held[0]} for row in after[table]] == held, table
    assert done["steps"]["vault"] > 0 and done["steps"]["default"] > 0
    manifest = read_manifest(Path(done["backup"]))
    assert "index.0001_initial" in manifest.schema["default"] and not manifest.audited
    assert {f.path.split("/")[0] for f in manifest.files} >= {"main.db", "stream.db", "evidence", "editions"}
    settings.BLUELAMP_HOME = old_home.path
    assert not old_home.verify(Path(done["backup"])).problems, "tried with the schema of this program"
    assert old_home.json("migrate") == {"steps": {}, "backup": None}
    with closing(sqlite3.connect(old_home.path / "main.db")) as database:
        assert database.execute("SELECT action FROM audit_entry").fetchall() == [("keeping.migrated",)]


def test_every_database_notes_all_steps_and_has_its_own_tables_only(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy_of_empty_tables(tmp_path_factory, tmp_path / "home")
    steps, tables = {}, {}
    for name in ("main", "vault", "stream"):
        with closing(sqlite3.connect(tmp_path / "home" / f"{name}.db")) as database:
            steps[name] = database.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
            own = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            tables[name] = {row[0] for row in own}
    assert steps["main"] == steps["vault"] == steps["stream"] and len(steps["main"]) > 50
    assert tables["stream"] == {"django_migrations"}
    assert tables["vault"] - tables["stream"] and all(
        t.startswith("vault_") for t in tables["vault"] - tables["stream"]
    )
    assert not tables["main"] & (tables["vault"] - tables["stream"])


def test_a_newer_schema_is_refused_before_anything_is_touched(old_home: Home) -> None:
    with closing(sqlite3.connect(old_home.path / "main.db")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('index', '0999_later', '2027-01-01')"
        )
        database.commit()
    said = old_home.run("migrate", code=1).stderr
    assert "The database is newer than this program" in said and "0999_later" in said
    assert not list((old_home.path / "backups").glob("2*"))
    with closing(sqlite3.connect(old_home.path / "main.db")) as database:
        assert not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_entry'").fetchall()
    vault = old_home.path / "vault.db"
    with closing(sqlite3.connect(vault)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,), "no database was migrated"


def test_a_migration_that_fails_names_the_backup_and_the_way_back(old_home: Home) -> None:
    before = rows(old_home.path)
    with closing(sqlite3.connect(old_home.path / "main.db")) as database:
        database.execute("CREATE TABLE audit_entry (this_is TEXT)")
    assert "There is no backup of this moment" in old_home.run("migrate", "--no-backup", code=1).stderr
    assert not list((old_home.path / "backups").glob("2*")), "none only where that was asked for"
    said = old_home.run("migrate", code=1).stderr
    (folder,) = (old_home.path / "backups").glob("2*")
    assert "could not be migrated" in said and f"bluelamp restore {folder} --replace" in said
    with closing(sqlite3.connect(folder / "main.db")) as database:
        assert database.execute("SELECT count(*) FROM index_edition").fetchone() == (1,)
    assert rows(old_home.path) == before
