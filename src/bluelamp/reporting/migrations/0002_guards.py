"""What happened to a report, and the flags that were raised, are never changed: the database refuses it itself.

On SQLite a later migration that changes one of these tables drops its trigger: run `create` again after it
(tests/capabilities/reporting prove the rules).
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_TABLES = {
    "reporting_step": "what happened to a report is not changed",
    "reporting_reportflag": "a flag that was raised is not changed",
}


def _sqlite(table: str, words: str) -> tuple[str, ...]:
    return (f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END",)


def _postgresql(table: str, words: str) -> tuple[str, ...]:
    return (
        f"""CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END $$""",
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()",
    )


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    make = _sqlite if editor.connection.vendor == "sqlite" else _postgresql
    for table, words in _TABLES.items():
        for statement in make(table, words):
            editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    for table in _TABLES:
        kind = "TRIGGER" if editor.connection.vendor == "sqlite" else "FUNCTION"
        editor.execute(f"DROP {kind} IF EXISTS {table}_stays{'' if kind == 'TRIGGER' else ' CASCADE'}", params=None)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
