"""Extracts of recorded crimes were stored without their terms: restricted, to be published as aggregates only."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def mark(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    loads = apps.get_model("evidence", "Load").objects
    loads.filter(feed_id="recorded-crimes").update(marking="TLP:AMBER", publish="aggregate")


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_repeated_rows")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
