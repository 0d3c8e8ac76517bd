"""Addresses of the servers that take messages, checked before the program starts."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class SmtpServer:
    """A mail server. `tls` is "" (none), "start" (STARTTLS) or "direct"."""

    host: str
    port: int
    user: str
    password: str
    tls: str


def parse_smtp_url(text: str) -> SmtpServer:
    """Read `smtp://user:password@host:port?starttls=1` or `smtps://...`.

    Raises ValueError, with a sentence, also for a name and password that would travel readable to another machine.
    """
    form = "must look like smtp://user@host:587?starttls=1 or smtps://user@host:465"
    url = urlsplit(text)
    try:
        port = url.port
    except ValueError as problem:
        raise ValueError(form) from problem
    if url.scheme not in ("smtp", "smtps") or not url.hostname or url.path.strip("/"):
        raise ValueError(form)
    start = parse_qs(url.query).get("starttls", ["0"])[-1] in ("1", "true", "yes")
    tls = "direct" if url.scheme == "smtps" else "start" if start else ""
    if url.username and not tls and url.hostname not in _HERE:
        raise ValueError("would send the password readable: add ?starttls=1 or write smtps://")
    return SmtpServer(
        host=url.hostname,
        port=port or (465 if tls == "direct" else 587 if tls else 25),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
    )


def check_gateway_url(text: str) -> str:
    """The address of a text message gateway: https, or http on this machine. Raises ValueError with a sentence."""
    url = urlsplit(text)
    if url.hostname and (url.scheme == "https" or (url.scheme == "http" and url.hostname in _HERE)):
        return text
    raise ValueError("must be an https address")
