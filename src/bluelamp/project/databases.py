"""The three databases of an installation, as Django wants to be told of them."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from bluelamp.project.config import Config, ConfigError


def databases(config: Config) -> dict[str, dict[str, object]]:
    """Django's DATABASES: `default` (authoritative rows), `stream` (sensors) and `vault` (keys of personal data).

    Each is a file of its own, or a schema of its own in the one PostgreSQL database.
    """
    if not config.database_url:
        return {
            "default": _sqlite(config.home / "main.db"),
            "stream": _sqlite(config.home / "stream.db"),
            "vault": _sqlite(config.home / "vault.db", also="PRAGMA secure_delete=ON;"),
        }
    url = urlsplit(config.database_url)
    if url.scheme not in ("postgresql", "postgres") or not url.path.strip("/"):
        raise ConfigError("BLUELAMP_DATABASE_URL must look like postgresql://user:password@host:5432/name")
    base = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.strip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        # A connection that the server closed meanwhile is opened anew instead of failing the next request.
        "CONN_HEALTH_CHECKS": True,
    }
    # A server that does not answer must not hold a request for minutes.
    options = {"connect_timeout": "5", **dict(parse_qsl(url.query))}
    return {
        "default": {**base, "OPTIONS": options},
        **{schema: _postgresql_schema(base, options, schema=schema) for schema in ("stream", "vault")},
    }


def _postgresql_schema(base: dict[str, object], options: dict[str, str], *, schema: str) -> dict[str, object]:
    """A connection that sees one schema only; our backend makes the schema before the tables (project/postgresql)."""
    path = f"{options.get('options', '')} -c search_path={schema}".strip()
    return {
        **base,
        "ENGINE": "bluelamp.project.postgresql",
        "SCHEMA": schema,
        "OPTIONS": {**options, "options": path},
        "TEST": {"NAME": f"test_{base['NAME']}_{schema}"},
    }


def _sqlite(path: Path, *, also: str = "") -> dict[str, object]:
    return {
        "ENGINE": "bluelamp.project.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;" + also,
        },
    }
