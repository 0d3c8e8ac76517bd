"""E-mail by SMTP, through Django's backend, with no header that tells which program or host wrote it."""

import re
import smtplib
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from bluelamp.kernel.messaging.channels.base import Channel, SendError
from bluelamp.kernel.messaging.domain.addresses import Kind
from bluelamp.kernel.messaging.domain.servers import SmtpServer

_TIMEOUT_SECONDS = 20
_ENHANCED = re.compile(rb"^(\d\.\d{1,3}\.\d{1,3})\b")
# The address does not exist; of the other refusals (full, blocked, too much at once) the address may recover.
_NO_SUCH_ADDRESS = frozenset({521, 550, 551, 553, 556})


class _NeutralBackend(EmailBackend):
    """Django's backend, greeting the server with the sender's domain: every hop writes the greeting into the mail."""

    greeting: str = "localhost"

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        usual: Callable[..., smtplib.SMTP] = super().connection_class
        return lambda *args, **options: usual(*args, **{**options, "local_hostname": self.greeting})


class SmtpChannel(Channel):
    """Hands mail to one server. A `password_file` is read at every connection, so that it can be changed."""

    id = "smtp"
    title = "E-mail by SMTP"
    kinds: ClassVar[frozenset[Kind]] = frozenset({"email"})

    def __init__(self, *, server: SmtpServer, sender: str, password_file: Path | None = None) -> None:
        self._server = server
        self._sender = sender
        self._password_file = password_file

    @classmethod
    def from_settings(cls) -> Self | None:
        server: SmtpServer | None = settings.BLUELAMP_SMTP
        if server is None:
            return None
        return cls(
            server=server, sender=settings.BLUELAMP_MAIL_FROM, password_file=settings.BLUELAMP_SMTP_PASSWORD_FILE
        )

    def send(self, *, address: str, subject: str, text: str, reference: str) -> str:
        domain = parseaddr(self._sender)[1].rpartition("@")[2]
        mail = EmailMessage(
            subject=subject,
            body=text + "\n",
            from_email=self._sender,
            to=[address],
            # The same id at every attempt: a mailbox that got it twice can tell. Auto-Submitted stops out-of-office.
            headers={"Message-ID": f"<{reference}@{domain}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.connection = self._backend(domain)
            taken = mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            raise _refusal(refused) from refused
        except smtplib.SMTPResponseException as problem:
            raise SendError(f"The mail server answered {problem.smtp_code}.", permanent=False) from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise SendError(f"No mail server answered ({type(problem).__name__}).", permanent=False) from problem
        if not taken:
            raise SendError("The mail server did not take the message.", permanent=False)
        return reference

    def _backend(self, domain: str) -> _NeutralBackend:
        password = self._server.password
        if self._password_file:
            password = self._password_file.read_text().strip()
        backend = _NeutralBackend(
            host=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=password,
            use_tls=self._server.tls == "start",
            use_ssl=self._server.tls == "direct",
            timeout=_TIMEOUT_SECONDS,
            fail_silently=False,
        )
        backend.greeting = domain
        return backend


def _refusal(refused: smtplib.SMTPRecipientsRefused) -> SendError:
    """What a refused recipient means. The server's own words often repeat the address, so only its codes are kept."""
    answers: list[tuple[int, Any]] = list(refused.recipients.values())
    code, words = answers[0]
    found = _ENHANCED.match(words if isinstance(words, bytes) else str(words).encode())
    enhanced = found.group(1).decode() if found else ""
    # 5.1.x says that the address is wrong; 5.7.x is about us or our mail.
    gone = code in _NO_SUCH_ADDRESS and (not enhanced or enhanced.startswith("5.1."))
    return SendError(f"The mail server refused the address ({code} {enhanced}".strip() + ").", permanent=gone)
