"""The cache in the database, in which throttles count."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connections, router

from bluelamp.ui.outages import outage_of


class SharedCounters(DatabaseCache):
    """Django's own, but it does not keep silent where nothing can be written.

    Otherwise a read-only database would look like too many attempts at signing in, and attempts would go uncounted.
    """

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with self._outages_raised():
            return super().add(key, value, timeout, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with self._outages_raised():
            super().set(key, value, timeout, version)

    @contextmanager
    def _outages_raised(self) -> Iterator[None]:
        """Raise the error of a statement inside that says that the database cannot be used."""
        seen: list[DatabaseError] = []

        def watch(execute: Any, *statement: Any) -> Any:
            try:
                return execute(*statement)
            except DatabaseError as error:
                if outage_of(error):
                    seen.append(error)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(watch):
            yield
        if seen:
            raise seen[0]
