"""Which database a table lives in."""

from typing import Any

STREAM_APPS: frozenset[str] = frozenset()
VAULT_APPS = frozenset({"vault"})


class HomeRouter:
    """Sends the sensors' tables to `stream`, the keys to `vault`, all others to `default`; no relation crosses."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return _home(model._meta.app_label)

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool:
        return _home(one._meta.app_label) == _home(other._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return _home(app_label) == db


def tables_apart(alias: str) -> frozenset[str] | None:
    """The apps whose tables a database has and no other; None for the one that has all the rest."""
    return {"stream": STREAM_APPS, "vault": VAULT_APPS}.get(alias)


def _home(app_label: str) -> str:
    if app_label in STREAM_APPS:
        return "stream"
    return "vault" if app_label in VAULT_APPS else "default"
