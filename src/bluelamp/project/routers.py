"""Which database a table lives in."""

from typing import Any

# The apps whose tables a database of its own has; all others' are in `default`.
APART: dict[str, frozenset[str]] = {"stream": frozenset(), "vault": frozenset({"vault"})}


class HomeRouter:
    """Sends the sensors' tables to `stream`, the keys to `vault`, all others to `default`; no relation crosses."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return _home(model._meta.app_label)

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        return _home(one._meta.app_label) == _home(other._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return _home(app_label) == db


def _home(app_label: str) -> str:
    return next((alias for alias, apps in APART.items() if app_label in apps), "default")
