"""Django's PostgreSQL backend; before tables are made it makes the schema that the connection looks at."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django calls `prepare_database` before it migrates, in set-up, in `manage migrate` and in tests alike."""

    def prepare_database(self) -> None:
        super().prepare_database()
        with self.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {self.ops.quote_name(self.settings_dict['SCHEMA'])}")
