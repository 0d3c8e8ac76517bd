"""The settings an operator can change, read from the environment once, with plain errors.

Their names, defaults and meanings: setting_table.py.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

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
    danger_model: bool
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
    database_url = env.get("BLUELAMP_DATABASE_URL", "")
    config = Config(
        home=home,
        bind=env.get("BLUELAMP_BIND", "127.0.0.1"),
        port=_whole(env, "BLUELAMP_PORT", default=8000, low=1, high=65535),
        hosts=hosts or tuple(sorted(LOOPBACK)),
        database_url=database_url,
        secret_key_file=Path(env.get("BLUELAMP_SECRET_KEY_FILE", home / "keys" / "secret")),
        erasures_file=Path(env["BLUELAMP_ERASURES_FILE"]).absolute() if env.get("BLUELAMP_ERASURES_FILE") else None,
        backup_passphrase_file=_file(env, "BLUELAMP_BACKUP_PASSPHRASE_FILE"),
        backup_folder=_backup_folder(env, home),
        backups_kept=_whole(env, "BLUELAMP_BACKUPS_KEPT", default=14, low=1, high=365),
        # A worker waits for PostgreSQL's answers, so that one alone leaves the machine idle.
        workers=_whole(env, "BLUELAMP_WORKERS", default=2 if database_url else 1, low=1, high=64),
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
        danger_model=_whole(env, "BLUELAMP_DANGER_MODEL", default=0, low=0, high=1) == 1,
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
