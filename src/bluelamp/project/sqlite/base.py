"""Django's SQLite backend with connections that are kept: opening one takes longer than most pages.

Kept is only what is beyond doubt. Where a backup was put in the file's place, a connection would go on writing to the
file that is no longer there: so before its first use in a request, and after any failure, Django asks `is_usable`.
"""

import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Needs CONN_HEALTH_CHECKS, and CONN_MAX_AGE above 0, to have any effect."""

    _opened: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        self._opened = self._file()
        return made

    def is_usable(self) -> bool:
        if self.is_in_memory_db():
            return True
        return not self.errors_occurred and self._opened is not None and self._opened == self._file()

    def _file(self) -> tuple[int, int] | None:
        """Which file stands at the path now."""
        try:
            found = os.stat(self.settings_dict["NAME"])  # noqa: PTH116 for each request: a Path takes several times longer
        except OSError:
            return None
        return found.st_dev, found.st_ino
