"""The settings an operator can change, read from the environment once, with plain errors.

Each is documented in docs/reference/settings.md; a test compares the two.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from bluelamp.kernel.messaging.domain.neutral import giveaways
from bluelamp.kernel.messaging.domain.servers import SmtpServer, check_gateway_url, parse_smtp_url
from bluelamp.kernel.vault.keyfiles import create_private
from bluelamp.project.logs import STYLES
from bluelamp.project.profiles import PROFILES

# A domain name or e-mail address in small letters, and a day on which it was the minter's (RFC 4151).
_TAG_AUTHORITY = re.compile(
    r"([a-z0-9._-]+@)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    r",[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
)
_HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class ConfigError(ValueError):
    """A setting has a value that cannot be used; the message says which and what to write."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as a reader sees it, and what it does."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("BLUELAMP_HOME", "./var", "Folder for databases, files, keys. Made on first run."),
    Setting("BLUELAMP_BIND", "127.0.0.1", "Address to listen on. Anything but loopback hides specimen editions."),
    Setting("BLUELAMP_PORT", "8000", "Port to listen on."),
    Setting(
        "BLUELAMP_HOSTS", "(loopback names)", "Host names to answer to, with commas. Any but loopback hides specimens."
    ),
    Setting("BLUELAMP_DATABASE_URL", "(SQLite files)", "postgresql://user:password@host:port/name for PostgreSQL."),
    Setting(
        "BLUELAMP_SECRET_KEY_FILE", "HOME/keys/secret", "File with the signing key. Made (mode 0600) on first run."
    ),
    Setting(
        "BLUELAMP_ERASURES_FILE",
        "HOME/erasures.jsonl",
        "List of erased records that a restore applies again. Best on another disk, or copied to another machine.",
    ),
    Setting(
        "BLUELAMP_BACKUP_PASSPHRASE_FILE",
        "(keys part not sealed)",
        "File with the passphrase, 16 characters or more, that seals the keys part of backups.",
    ),
    Setting(
        "BLUELAMP_BACKUP_FOLDER",
        "(no scheduled backup)",
        "Folder for a daily backup, best on another disk. Outside HOME it needs the passphrase file.",
    ),
    Setting("BLUELAMP_BACKUPS_KEPT", "14", "How many of the newest backups stay in that folder."),
    Setting("BLUELAMP_WORKERS", "1", "Web worker processes."),
    Setting("BLUELAMP_PROXIES", "0", "How many of your own proxies pass requests on (they set X-Forwarded-*)."),
    Setting("BLUELAMP_SESSION_HOURS", "10", "After so many hours a person signs in again."),
    Setting("BLUELAMP_IDLE_MINUTES", "30", "After so many minutes without use a person signs in again."),
    Setting(
        "BLUELAMP_CRIME_REVIEW_YEARS", "6", "After so many years a force reviews whether a crime's report is kept."
    ),
    Setting("BLUELAMP_OIDC_FILE", "(none)", "JSON file: name, client_id, secret, server_url of your sign-in provider."),
    Setting("BLUELAMP_DEMO", "0", "1: a cast of invented people whom anyone on this machine may play. Loopback only."),
    Setting("BLUELAMP_PROFILE", "all", "What a process does: all, public, desk, ingest, evidence or work."),
    Setting("BLUELAMP_LOG", "(plain at a terminal, else json)", "How log lines look: plain or json."),
    Setting(
        "BLUELAMP_METRICS_TOKEN_FILE", "(none)", "File with the token that opens /metrics to requests from elsewhere."
    ),
    Setting("BLUELAMP_REPORT_API", "0", "1: programs that have a key may send reports at /api/v1/reports."),
    Setting(
        "BLUELAMP_OPEN311",
        "0",
        "1: Open311 (GeoReport v2) at /open311/v2/. From elsewhere with a key; on this machine also without, as tests.",
    ),
    Setting("BLUELAMP_PULL", "0", "1: fetch feeds from the network on schedule."),
    Setting("BLUELAMP_PROXY", "(none)", "http://host:port of the proxy through which feeds are fetched."),
    Setting(
        "BLUELAMP_TAG_AUTHORITY",
        "bluelamp.invalid,2026",
        "A domain of yours and a year or day on which it was, such as example.org,2026: in the ids of feed and package."
        " Set it before the first edition, and never change it.",
    ),
    Setting(
        "BLUELAMP_MAIL_FROM",
        "Notices <notices@localhost>",
        "Sender of messages to people. Name and domain must not tell what the messages are about.",
    ),
    Setting(
        "BLUELAMP_SMTP_URL",
        "(no e-mail leaves)",
        "smtp://user@host:587?starttls=1 or smtps://user@host:465. A password over an open line is refused.",
    ),
    Setting("BLUELAMP_SMTP_PASSWORD_FILE", "(none)", "File with the mail server's password."),
    Setting("BLUELAMP_SMS_URL", "(no text message leaves)", "https address of a text message gateway."),
    Setting("BLUELAMP_SMS_TOKEN_FILE", "(none)", "File with the gateway's token; needed with BLUELAMP_SMS_URL."),
    Setting(
        "BLUELAMP_EXIT_SITE",
        "https://www.bbc.co.uk/weather",
        "https address to which “Exit this page” leads: a site that says nothing about its visitor.",
    ),
    Setting(
        "BLUELAMP_DUTY_HOURS",
        "(nobody reads at once)",
        "When somebody on duty should read reports of danger, by the clock of the United Kingdom: `always`, or like"
        ' `08:00-22:00`. Pages about danger tell the hours; "now" they say only while an officer is on duty at the'
        " desk.",
    ),
)


@dataclass(frozen=True)
class Config:
    """The settings, checked."""

    home: Path
    bind: str
    port: int
    hosts: tuple[str, ...]
    database_url: str
    secret_key_file: Path
    erasures_file: Path | None
    backup_passphrase_file: Path | None
    backup_folder: Path | None
    backups_kept: int
    workers: int
    proxies: int
    session_hours: int
    idle_minutes: int
    crime_review_years: int
    oidc: Mapping[str, str] | None
    demo: bool
    profile: str
    log: str
    metrics_token_file: Path | None
    report_api: bool
    open311: bool
    pull: bool
    proxy: str
    tag_authority: str
    mail_from: str
    smtp: SmtpServer | None
    smtp_password_file: Path | None
    sms_url: str
    sms_token_file: Path | None
    exit_site: str
    duty_hours: str

    @property
    def outside(self) -> bool:
        """Whether this process can be reached from another machine."""
        return self.bind not in LOOPBACK or any(host not in LOOPBACK for host in self.hosts)


def read_config(env: Mapping[str, str]) -> Config:
    """Read the settings. Raises ConfigError."""
    home = Path(env.get("BLUELAMP_HOME", "var")).absolute()
    hosts = tuple(h.strip() for h in env.get("BLUELAMP_HOSTS", "").split(",") if h.strip())
    config = Config(
        home=home,
        bind=env.get("BLUELAMP_BIND", "127.0.0.1"),
        port=_whole(env, "BLUELAMP_PORT", default=8000, low=1, high=65535),
        hosts=hosts or tuple(sorted(LOOPBACK)),
        database_url=env.get("BLUELAMP_DATABASE_URL", ""),
        secret_key_file=Path(env.get("BLUELAMP_SECRET_KEY_FILE", home / "keys" / "secret")),
        erasures_file=Path(env["BLUELAMP_ERASURES_FILE"]).absolute() if env.get("BLUELAMP_ERASURES_FILE") else None,
        backup_passphrase_file=_file(env, "BLUELAMP_BACKUP_PASSPHRASE_FILE"),
        backup_folder=_backup_folder(env, home),
        backups_kept=_whole(env, "BLUELAMP_BACKUPS_KEPT", default=14, low=1, high=365),
        workers=_whole(env, "BLUELAMP_WORKERS", default=1, low=1, high=64),
        proxies=_whole(env, "BLUELAMP_PROXIES", default=0, low=0, high=9),
        session_hours=_whole(env, "BLUELAMP_SESSION_HOURS", default=10, low=1, high=24),
        idle_minutes=_whole(env, "BLUELAMP_IDLE_MINUTES", default=30, low=1, high=720),
        crime_review_years=_whole(env, "BLUELAMP_CRIME_REVIEW_YEARS", default=6, low=1, high=100),
        oidc=_oidc(env.get("BLUELAMP_OIDC_FILE", "")),
        demo=_whole(env, "BLUELAMP_DEMO", default=0, low=0, high=1) == 1,
        profile=_one_of(env, "BLUELAMP_PROFILE", choices=tuple(PROFILES), default="all"),
        log=_one_of(env, "BLUELAMP_LOG", choices=STYLES, default=""),
        metrics_token_file=_file(env, "BLUELAMP_METRICS_TOKEN_FILE"),
        report_api=_whole(env, "BLUELAMP_REPORT_API", default=0, low=0, high=1) == 1,
        open311=_whole(env, "BLUELAMP_OPEN311", default=0, low=0, high=1) == 1,
        pull=bool(_whole(env, "BLUELAMP_PULL", default=0, low=0, high=1)),
        proxy=_proxy(env),
        tag_authority=_tag_authority(env),
        mail_from=_mail_from(env),
        smtp=_smtp(env),
        smtp_password_file=_file(env, "BLUELAMP_SMTP_PASSWORD_FILE"),
        sms_url=_sms_url(env),
        sms_token_file=_file(env, "BLUELAMP_SMS_TOKEN_FILE"),
        exit_site=_exit_site(env),
        duty_hours=_duty_hours(env),
    )
    if config.demo and config.outside:
        raise ConfigError(
            "BLUELAMP_DEMO is 1, which lets anyone sign in: leave BLUELAMP_BIND and BLUELAMP_HOSTS alone."
        )
    return config


def _oidc(path: str) -> Mapping[str, str] | None:
    """The sign-in provider of the organisation, where one is named. Raises ConfigError."""
    if not path:
        return None
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        read = {name: str(found[name]) for name in ("name", "client_id", "secret", "server_url")}
        read["authorize_at"] = str(found.get("authorize_at", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as bad:
        raise ConfigError(
            f"BLUELAMP_OIDC_FILE names {path}, which is no JSON with name, client_id, secret and server_url ({bad})."
        ) from bad
    for address in filter(None, (read["server_url"], read["authorize_at"])):
        url = urlsplit(address)
        if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK)):
            raise ConfigError(f"BLUELAMP_OIDC_FILE names {address!r}: sign-in needs an address with https://.")
    return read


def _tag_authority(env: Mapping[str, str]) -> str:
    """Who mints the ids of the feed (RFC 4151). Raises ConfigError."""
    written = env.get("BLUELAMP_TAG_AUTHORITY", "").strip() or "bluelamp.invalid,2026"
    if not _TAG_AUTHORITY.fullmatch(written):
        raise ConfigError("BLUELAMP_TAG_AUTHORITY must be a domain and a year or day, such as example.org,2026.")
    return written


def _mail_from(env: Mapping[str, str]) -> str:
    sender = env.get("BLUELAMP_MAIL_FROM", "")
    if not sender and env.get("BLUELAMP_SMTP_URL"):
        raise ConfigError("BLUELAMP_MAIL_FROM is missing: e-mail needs a sender such as Notices <notices@example.com>.")
    sender = sender or "Notices <notices@localhost>"
    address = parseaddr(sender)[1]
    if not all(address.partition("@")) or any(c in sender for c in "\r\n"):
        raise ConfigError("BLUELAMP_MAIL_FROM must look like Notices <notices@example.com>.")
    told = giveaways(sender)
    if told:
        raise ConfigError(
            f"BLUELAMP_MAIL_FROM tells what messages are about ({told[0]!r}) to whoever sees the phone. "
            "Use a neutral name and domain."
        )
    return sender


def _smtp(env: Mapping[str, str]) -> SmtpServer | None:
    try:
        return parse_smtp_url(env["BLUELAMP_SMTP_URL"]) if env.get("BLUELAMP_SMTP_URL") else None
    except ValueError as problem:
        raise ConfigError(f"BLUELAMP_SMTP_URL {problem}.") from problem


def _sms_url(env: Mapping[str, str]) -> str:
    url = env.get("BLUELAMP_SMS_URL", "")
    if url and not env.get("BLUELAMP_SMS_TOKEN_FILE"):
        raise ConfigError("BLUELAMP_SMS_TOKEN_FILE is missing: name the file with the gateway's token.")
    try:
        return check_gateway_url(url) if url else ""
    except ValueError as problem:
        raise ConfigError(f"BLUELAMP_SMS_URL {problem}.") from problem


def _exit_site(env: Mapping[str, str]) -> str:
    text = env.get("BLUELAMP_EXIT_SITE", "").strip() or "https://www.bbc.co.uk/weather"
    url = urlsplit(text)
    near = url.scheme == "http" and url.hostname in LOOPBACK
    if not url.hostname or not (url.scheme == "https" or near) or any(c.isspace() or c in '"<>' for c in text):
        raise ConfigError("BLUELAMP_EXIT_SITE must be an address with https://, such as https://www.bbc.co.uk/weather.")
    return text


def _duty_hours(env: Mapping[str, str]) -> str:
    text = env.get("BLUELAMP_DUTY_HOURS", "").strip()
    hours = _HOURS.fullmatch(text)
    if text and text != "always" and (not hours or hours[1] == hours[2]):
        raise ConfigError("BLUELAMP_DUTY_HOURS must be the word always, or hours such as 08:00-22:00.")
    return text


def _file(env: Mapping[str, str], name: str) -> Path | None:
    if not env.get(name):
        return None
    path = Path(env[name]).absolute()
    if not path.is_file():
        raise ConfigError(f"{name} names no file: {path}")
    return path


def _backup_folder(env: Mapping[str, str], home: Path) -> Path | None:
    if not env.get("BLUELAMP_BACKUP_FOLDER"):
        return None
    folder = Path(env["BLUELAMP_BACKUP_FOLDER"]).absolute()
    if not folder.resolve().is_relative_to(home.resolve()) and not env.get("BLUELAMP_BACKUP_PASSPHRASE_FILE"):
        raise ConfigError(
            "BLUELAMP_BACKUP_FOLDER is outside BLUELAMP_HOME, where keys must not lie readable: name a file with a "
            "passphrase in BLUELAMP_BACKUP_PASSPHRASE_FILE."
        )
    return folder


def _whole(env: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ConfigError(f"{name} is {text!r}: write a whole number from {low} to {high}.")
    return int(text)


def _one_of(env: Mapping[str, str], name: str, *, choices: tuple[str, ...], default: str) -> str:
    text = env.get(name) or default
    if text not in (*choices, default):
        raise ConfigError(f"{name} is {text!r}: write {', '.join(choices[:-1])} or {choices[-1]}.")
    return text


def _proxy(env: Mapping[str, str]) -> str:
    text = env.get("BLUELAMP_PROXY", "").strip()
    wanted = ConfigError(
        "BLUELAMP_PROXY must look like http://proxy.example:3128 or http://user:password@proxy.example:3128"
    )
    try:
        url = urlsplit(text)
        usable = url.scheme == "http" and bool(url.hostname) and url.port != 0 and url.path in ("", "/")
    except ValueError as problem:
        raise wanted from problem
    if text and not usable:
        raise wanted
    return text


def secret_key(path: Path) -> str:
    """The signing key, made with mode 0600 where there is none: of several processes that start, one makes it.

    Raises ConfigError for an empty file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_private(path=path, content=secrets.token_urlsafe(64).encode())
    key = path.read_text().strip()
    if len(key) < 32:
        raise ConfigError(f"{path} holds no usable key. Remove the file to have a new one made.")
    return key


def old_secret_key(path: Path) -> list[str]:
    """The key before this one, while what it signed still counts (`bluelamp keys rotate-secret`)."""
    old = path.with_name(f"{path.name}.old")
    try:
        key = old.read_text().strip()
    except FileNotFoundError:
        return []
    return [key] if len(key) >= 32 else []


def metrics_token(config: Config) -> str:
    """The token that opens /metrics to requests from elsewhere; "" where there is none. Raises ConfigError."""
    path = config.metrics_token_file
    if path is None:
        return ""
    token = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(token) < 32 or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            f"BLUELAMP_METRICS_TOKEN_FILE names {path}, which holds no token: one line of at least 32 letters."
        )
    return token


def oidc_apps(config: Config) -> list[dict[str, object]]:
    """The organisation's sign-in provider as the sign-in library wants it."""
    found = config.oidc
    if found is None:
        return []
    kept = {"client_id": found["client_id"], "secret": found["secret"]}
    settings = {"server_url": found["server_url"]}
    return [{"provider_id": "organisation", "name": found["name"], **kept, "settings": settings}]


def oidc_origins(config: Config) -> list[str]:
    """Where a browser is sent to sign in with the organisation's provider."""
    if config.oidc is None:
        return []
    addresses = (config.oidc["server_url"], config.oidc.get("authorize_at", ""))
    return sorted({f"{url.scheme}://{url.netloc}" for url in map(urlsplit, addresses) if url.netloc})


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
