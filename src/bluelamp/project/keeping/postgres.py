"""PostgreSQL: dumps by pg_dump in one snapshot, and a restore that happens in one transaction or not at all."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bluelamp.kernel.vault.erasures import Erasure
from bluelamp.project.keeping.archive import KeepingError, create

if TYPE_CHECKING:
    import psycopg

VAULT = "vault"
_NEEDED = "Install PostgreSQL's client programs (Debian and Ubuntu: apt-get install postgresql-client)."


@dataclass(frozen=True)
class Snapshot:
    """One moment of the database, seen by this connection and by every dump that names it."""

    connection: "psycopg.Connection[Any]"
    name: str
    version: int

    def rows(self, table: str, columns: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Some columns of a table; no rows where an earlier schema does not have it."""
        if self.connection.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,):
            return []
        query = f"SELECT {columns} FROM {table} {rest}"  # noqa: S608 - our own words
        return self.connection.execute(query).fetchall()


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database."""
    import psycopg

    with _connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        ((name,),) = connection.execute("SELECT pg_export_snapshot()").fetchall()
        yield Snapshot(connection=connection, name=name, version=connection.info.server_version // 10_000)


def dump(*, url: str, target: Path, held: Snapshot, vault: bool) -> None:
    """Dump the vault's schema, or all but it. Raises KeepingError: pg_dump is missing, too old, or fails."""
    program = _program("pg_dump", server=held.version)
    which = f"--schema={VAULT}" if vault else f"--exclude-schema={VAULT}"
    create(target).close()
    _run([program, "--format=custom", f"--snapshot={held.name}", which, f"--file={target}"], url)
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def restore(*, url: str, dumps: Sequence[Path], erasures: Sequence[Erasure], spool: Path) -> None:
    """Fill an empty database with dumps, destroying the erased keys, in one transaction. Raises KeepingError."""
    version = check_empty(url)
    program, client = _program("pg_restore", server=version), _program("psql", server=version)
    scripts = []
    try:
        for number, path in enumerate(dumps):
            scripts.append(spool / f".restore-{number}.sql")
            create(scripts[-1]).close()
            _run([program, "--no-owner", "--no-privileges", "--exit-on-error", f"--file={scripts[-1]}", str(path)], url)
        if any(path.name == "vault.dump" for path in dumps):
            scripts.append(spool / ".restore-erasures.sql")
            with create(scripts[-1]) as out:
                out.write("".join(_erasure_sql(e) for e in erasures).encode())
        words = [client, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _run([*words, "--output=/dev/null", *(f"--file={script}" for script in scripts)], url)
    finally:
        for script in scripts:
            script.unlink(missing_ok=True)


def clear(url: str) -> None:
    """Empty a database again that was empty before it was filled by `restore`."""
    with _connected(url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS stream, vault, public CASCADE")
        connection.execute("CREATE SCHEMA public")


def check_empty(url: str) -> int:
    """The server's version. Raises KeepingError where the database holds a table or is not there."""
    with _connected(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchone()
        if found != (0,):
            raise KeepingError(
                "The database in BLUELAMP_DATABASE_URL is not empty. Make a new one (createdb NAME) and name that."
            )
        return connection.info.server_version // 10_000


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """The address of a database for trying things, dropped at the end. Raises KeepingError where it is not allowed."""
    import psycopg

    name = f"bluelamp_check_{secrets.token_hex(6)}"
    with _connected(url) as connection:
        connection.autocommit = True
        try:
            connection.execute(f"CREATE DATABASE {name}")
        except psycopg.errors.InsufficientPrivilege as problem:
            raise KeepingError(
                "To try the backup a database is made and dropped: allow it (ALTER ROLE ... CREATEDB)."
            ) from problem
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _erasure_sql(erasure: Erasure) -> str:
    record, at = _quoted(erasure.record), _quoted(erasure.at.isoformat())
    return (
        f"INSERT INTO {VAULT}.vault_recordkey (record, wrapped, master, created_at, erased_at) "  # noqa: S608 - quoted
        f"VALUES ({record}, '', '', {at}, {at}) ON CONFLICT (record) DO UPDATE SET wrapped = '', master = '', "
        "erased_at = COALESCE(vault_recordkey.erased_at, EXCLUDED.erased_at);\n"
    )


def _quoted(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


@contextmanager
def _connected(url: str) -> "Iterator[psycopg.Connection[Any]]":
    import psycopg

    try:
        connection = psycopg.connect(url)
    except psycopg.OperationalError as problem:
        raise KeepingError(f"The database cannot be reached ({str(problem).strip()}).") from problem
    with connection:
        yield connection


def _program(name: str, *, server: int) -> str:
    found = shutil.which(name)
    if not found:
        raise KeepingError(f"{name} is missing. {_NEEDED}")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\s(\d+)", said)
    if not number or int(number[1]) < server:
        raise KeepingError(f"{name} is of version {said.strip() or 'unknown'}; the server is of {server}. {_NEEDED}")
    return found


def _run(words: Sequence[str], url: str) -> None:
    done = subprocess.run(words, env=_environment(url), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise KeepingError(f"{Path(words[0]).name} failed: {last}")


def _environment(url: str) -> Mapping[str, str]:
    """The connection as environment variables: a password in the words of a command would be visible to everybody."""
    parts = urlsplit(url)
    wanted = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.strip("/"),
        **_options(parts.query),
    }
    return {**os.environ, **{name: value for name, value in wanted.items() if value}}


def _options(query: str) -> dict[str, str]:
    from urllib.parse import parse_qsl

    known = {"sslmode", "sslrootcert", "sslcert", "sslkey", "options", "connect_timeout"}
    return {f"PG{name.upper()}": value for name, value in parse_qsl(query) if name in known}
