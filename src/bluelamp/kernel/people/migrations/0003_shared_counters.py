"""The table of the shared cache, in which throttles count."""

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP TABLE IF EXISTS shared_counters")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_grants")]
    operations = [migrations.RunPython(forwards, backwards)]
