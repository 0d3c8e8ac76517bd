"""The settings an operator may change: names, defaults and meanings. What may stand in them: config.py.

Each is documented in docs/reference/settings.md; a test compares the two.
"""

from dataclasses import dataclass


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
    Setting("BLUELAMP_WORKERS", "1; with PostgreSQL 2", "Web worker processes. Each answers one request at a time."),
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
    Setting(
        "BLUELAMP_DANGER_MODEL",
        "0",
        "1: a model reads reports for danger and may raise a flag, never lower one. It learned from made-up reports"
        " only: read docs/reference/models.md first.",
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
