"""Which database a table lives in."""

from typing import Any

STREAM_APPS: frozenset[str] = frozenset()


class StreamRouter:
    """Sends the sensor stream's tables to `stream` and all others to `default`, with no relation between the two."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return "stream" if model._meta.app_label in STREAM_APPS else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        return (one._meta.app_label in STREAM_APPS) == (other._meta.app_label in STREAM_APPS)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (app_label in STREAM_APPS) == (db == "stream")
