"""The database refuses to change or remove what is in the log."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from bluelamp.kernel.audit.guards import guard, unguard


def forwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    guard(connection=editor.connection)


def backwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    unguard(connection=editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
