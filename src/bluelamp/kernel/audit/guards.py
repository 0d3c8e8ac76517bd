"""Triggers that make a table append-only in the database itself: change, removal and emptying are refused.

A migration that makes one of these tables anew (SQLite does so for many changes) must call `guard` again.
"""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

# Each table with its unique columns: SQLite's INSERT OR REPLACE removes a row without asking the DELETE trigger.
GUARDED: Mapping[str, tuple[str, ...]] = {
    "audit_entry": ("id",),
    "audit_link": ("seq", "entry_id"),
    "audit_signedhead": ("id", "day"),
}

# An empty table may be emptied: that changes nothing, and Django's own tests do it to every table.
_FUNCTION = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE filled boolean := true;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO filled;
    END IF;
    IF filled THEN
        RAISE EXCEPTION 'the audit log is append-only: % of % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def guard(*, connection: BaseDatabaseWrapper) -> None:
    """Make the triggers."""
    if connection.vendor == "postgresql":
        _run(connection, _FUNCTION)
        for table in GUARDED:
            act = "EXECUTE FUNCTION audit_append_only()"
            _run(connection, f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {act}")
            _run(connection, f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {act}")
        return
    for table, unique in GUARDED.items():
        raising = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only: {} refused'); END"
        for act in ("UPDATE", "DELETE"):
            _run(connection, f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} {raising.format(act)}")
        there = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {c} = NEW.{c})" for c in unique)  # noqa: S608
        replaced = f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN {there} {raising.format('REPLACE')}"
        _run(connection, replaced)


def unguard(*, connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: for undoing the migration, and for tests that tamper with the log."""
    if connection.vendor == "postgresql":
        _run(connection, "DROP FUNCTION audit_append_only() CASCADE")
        return
    for table in GUARDED:
        for act in ("update", "delete", "replace"):
            _run(connection, f"DROP TRIGGER {table}_{act}")


def _run(connection: BaseDatabaseWrapper, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
