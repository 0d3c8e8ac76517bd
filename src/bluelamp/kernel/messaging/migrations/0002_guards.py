"""Two rules that the database holds itself: no message to an unsafe contact, and no change of what happened.

A trigger, because a check cannot look at the contact's row. On SQLite a later migration that changes the table
`messaging_message` drops its triggers: run `create` again after it (tests/capabilities/messaging prove the rules).
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The contact itself, or any other contact with the same address.
_UNSAFE = """EXISTS (
    SELECT 1 FROM messaging_contact c JOIN messaging_contact o
    ON o.id = c.id OR (c.address_digest <> '' AND o.address_digest = c.address_digest)
    WHERE c.id = NEW.contact_id AND NOT o.safe)"""
_NO = "a message to an unsafe contact cannot be sent"
# What was being handed over when the contact became unsafe is recorded as it went.
_UPDATE_LEAVES = """(NEW.state = 'sending'
    OR (NEW.state IN ('sent', 'delivered') AND OLD.state NOT IN ('sending', 'sent', 'delivered')))"""
_INSERT_LEAVES = "NEW.state IN ('sending', 'sent', 'delivered')"

_SQLITE = (
    f"""CREATE TRIGGER messaging_unsafe_insert BEFORE INSERT ON messaging_message
    WHEN {_INSERT_LEAVES} AND {_UNSAFE} BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",
    f"""CREATE TRIGGER messaging_unsafe_update BEFORE UPDATE ON messaging_message
    WHEN {_UPDATE_LEAVES} AND {_UNSAFE} BEGIN SELECT RAISE(ABORT, '{_NO}'); END""",
    """CREATE TRIGGER messaging_event_stays BEFORE UPDATE ON messaging_messageevent
    BEGIN SELECT RAISE(ABORT, 'what happened to a message is not changed'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION messaging_unsafe() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_UNSAFE} THEN RAISE EXCEPTION '{_NO}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$""",
    f"""CREATE TRIGGER messaging_unsafe_insert BEFORE INSERT ON messaging_message
    FOR EACH ROW WHEN ({_INSERT_LEAVES}) EXECUTE FUNCTION messaging_unsafe()""",
    f"""CREATE TRIGGER messaging_unsafe_update BEFORE UPDATE ON messaging_message
    FOR EACH ROW WHEN {_UPDATE_LEAVES} EXECUTE FUNCTION messaging_unsafe()""",
    """CREATE FUNCTION messaging_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'what happened to a message is not changed' USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER messaging_event_stays BEFORE UPDATE ON messaging_messageevent
    FOR EACH ROW EXECUTE FUNCTION messaging_event_stays()""",
)
_DROP_SQLITE = tuple(
    f"DROP TRIGGER IF EXISTS {name}"
    for name in ("messaging_unsafe_insert", "messaging_unsafe_update", "messaging_event_stays")
)
_DROP_POSTGRESQL = tuple(
    f"DROP FUNCTION IF EXISTS {name} CASCADE" for name in ("messaging_unsafe", "messaging_event_stays")
)


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    for statement in _DROP_SQLITE if editor.connection.vendor == "sqlite" else _DROP_POSTGRESQL:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
