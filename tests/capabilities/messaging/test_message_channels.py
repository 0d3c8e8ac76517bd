"""The channels that leave the machine, against small servers here: what they say, what they keep, how they fail."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import LazySettings

from bluelamp.kernel.messaging.channels import configured
from bluelamp.kernel.messaging.channels.base import SendError
from bluelamp.kernel.messaging.channels.sms_http import SmsHttpChannel
from bluelamp.kernel.messaging.channels.smtp import SmtpChannel
from bluelamp.kernel.messaging.domain.neutral import giveaways
from bluelamp.kernel.messaging.domain.servers import parse_smtp_url

TO = "ann@example.org"


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP; answers the recipient and the message as told."""

    allow_reuse_address = True
    recipient = b"250 ok"
    content = b"250 taken"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailTalk)
        self.heard: list[str] = []
        self.mail = ""


class _MailTalk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("MailServer", self.server)
        self.wfile.write(b"220 here\r\n")
        for raw in self.rfile:
            line = raw.decode().strip()
            server.heard.append(line)
            word = line.split(":")[0].split(" ")[0].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                server.mail = b"".join(lines).decode()
                self.wfile.write(server.content + b"\r\n")
            else:
                answers = {"RCPT": server.recipient, "AUTH": b"235 ok", "EHLO": b"250-here\r\n250 AUTH PLAIN"}
                self.wfile.write(answers.get(word, b"250 ok") + b"\r\n")
            if word == "QUIT":
                return


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        yield server


def smtp(server: MailServer, **options: Any) -> SmtpChannel:
    address = parse_smtp_url(f"smtp://user@127.0.0.1:{server.server_address[1]}")
    return SmtpChannel(server=address, sender="Notices <notices@example.net>", **options)


def post(channel: SmtpChannel | SmsHttpChannel) -> str:
    return channel.send(address=TO, subject="Rhywbeth i chi: tŷ", text="Helo,\n\nNewydd.", reference="id-1")


def test_mail_says_nothing_but_the_notice(mail_server: MailServer, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("open sesame\n")
    assert post(smtp(mail_server, password_file=secret)) == "id-1"
    assert mail_server.heard[0] == "ehlo example.net", "the greeting is written into the mail by every hop"
    assert any(line.startswith("AUTH PLAIN") for line in mail_server.heard)
    assert "From: Notices <notices@example.net>" in mail_server.mail and f"To: {TO}" in mail_server.mail
    assert "Message-ID: <id-1@example.net>" in mail_server.mail and "Auto-Submitted: auto-generated" in mail_server.mail
    assert not giveaways(mail_server.mail) and "django" not in mail_server.mail.lower()


@pytest.mark.parametrize(
    ("recipient", "permanent", "kept"),
    [
        (b"550 5.1.1 <ann@example.org> unknown", True, "550 5.1.1"),
        (b"550 no such user ann@example.org", True, "550"),
        (b"550 5.7.1 relaying denied", False, "550 5.7.1"),
        (b"554 5.7.1 blocked, see example.com", False, "554"),
        (b"552 5.2.2 mailbox full", False, "552"),
        (b"451 4.7.1 greylisted", False, "451 4.7.1"),
    ],
)
def test_only_an_address_that_does_not_exist_is_permanent(
    mail_server: MailServer, recipient: bytes, permanent: bool, kept: str
) -> None:
    mail_server.recipient = recipient
    with pytest.raises(SendError) as refused:
        post(smtp(mail_server))
    assert refused.value.permanent is permanent and kept in str(refused.value)
    assert "ann" not in str(refused.value) and "example" not in str(refused.value)


def test_a_refused_message_and_a_dead_server_are_tried_again(mail_server: MailServer, tmp_path: Path) -> None:
    mail_server.content = b"554 5.6.0 content refused"
    with pytest.raises(SendError, match="554") as refused:
        post(smtp(mail_server))
    assert not refused.value.permanent
    with pytest.raises(SendError, match="FileNotFoundError"):
        post(smtp(mail_server, password_file=tmp_path / "gone"))
    mail_server.server_close()
    nowhere = SmtpChannel(server=parse_smtp_url("smtp://127.0.0.1:1"), sender="Notices <n@example.net>")
    with pytest.raises(SendError, match="No mail server") as dead:
        post(nowhere)
    assert not dead.value.permanent


class Gateway(HTTPServer):
    status = 202
    answer = b'{"id": "g-7"}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _GatewayTalk)
        self.seen: list[tuple[dict[str, str], Any]] = []


class _GatewayTalk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = cast("Gateway", self.server)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(server.status)
        if server.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{server.server_address[1]}/elsewhere")
        self.end_headers()
        self.wfile.write(server.answer)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving(Gateway()) as server:
        yield server


def sms(gateway: Gateway, folder: Path) -> SmsHttpChannel:
    token = folder / "token"
    token.write_text("t0ken\n")
    return SmsHttpChannel(url=f"http://127.0.0.1:{gateway.server_address[1]}/send", token_file=token)


def test_a_text_message_is_posted_with_its_token(gateway: Gateway, tmp_path: Path) -> None:
    assert post(sms(gateway, tmp_path)) == "g-7"
    headers, body = gateway.seen[0]
    assert headers["authorization"] == "Bearer t0ken"
    assert body == {"to": TO, "text": "Helo,\n\nNewydd.", "reference": "id-1"}


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(s, s in (410, 422)) for s in (302, 400, 401, 404, 410, 422, 429, 503)],
)
def test_which_answers_of_the_gateway_are_permanent(
    gateway: Gateway, tmp_path: Path, status: int, permanent: bool
) -> None:
    gateway.status = status
    with pytest.raises(SendError, match=str(status)) as refused:
        post(sms(gateway, tmp_path))
    assert refused.value.permanent is permanent and len(gateway.seen) == 1, "no redirect is followed, nothing repeated"


@pytest.mark.parametrize("answer", [b"", b"ok", b"[1]", b"{}", b'{"id": ' + b'"' + b"x" * 20_000])
def test_a_strange_answer_to_a_taken_message_is_no_failure(gateway: Gateway, tmp_path: Path, answer: bytes) -> None:
    gateway.answer = answer
    assert post(sms(gateway, tmp_path)) == ""


def test_a_dead_gateway_and_a_missing_token_are_tried_again(tmp_path: Path) -> None:
    token = tmp_path / "token"
    channel = SmsHttpChannel(url="http://127.0.0.1:1/", token_file=token)
    with pytest.raises(SendError, match="FileNotFoundError"):
        post(channel)
    token.write_text("t")
    with pytest.raises(SendError, match="No gateway") as dead:
        post(channel)
    assert not dead.value.permanent


def test_the_channels_follow_the_settings(settings: LazySettings, tmp_path: Path) -> None:
    assert configured() == {}
    settings.BLUELAMP_SMTP = parse_smtp_url("smtps://user@mail.example")
    assert [c.id for c in configured().values()] == ["smtp"]
    settings.BLUELAMP_SMS_URL, settings.BLUELAMP_SMS_TOKEN_FILE = "https://gateway.example", tmp_path / "t"
    assert {kind: c.id for kind, c in configured().items()} == {"email": "smtp", "sms": "sms_http"}
