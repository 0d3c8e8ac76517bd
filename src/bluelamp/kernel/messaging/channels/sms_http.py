"""Text messages through a gateway that takes JSON over HTTPS.

We send `{"to": "+44...", "text": "...", "reference": "<id>"}` with `Authorization: Bearer TOKEN` and expect a status of
200 to 202 with `{"id": "..."}`. 410 and 422 say that the number can never be reached; everything else is tried again.
"""

import json
from pathlib import Path
from typing import ClassVar, Self

import urllib3
from django.conf import settings

from bluelamp.kernel.messaging.channels.base import Channel, SendError
from bluelamp.kernel.messaging.domain.addresses import Kind

_TIMEOUT = urllib3.Timeout(connect=10, read=20)
_MOST_BYTES = 10_000
_TAKEN = frozenset({200, 201, 202})
_NO_SUCH_NUMBER = frozenset({410, 422})


class SmsHttpChannel(Channel):
    """Posts each message to one gateway. The token's file is read each time, so that it can be changed."""

    id = "sms_http"
    title = "Text messages by a gateway"
    kinds: ClassVar[frozenset[Kind]] = frozenset({"sms"})

    def __init__(self, *, url: str, token_file: Path) -> None:
        self._url = url
        self._token_file = token_file
        self._pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", num_pools=1)

    @classmethod
    def from_settings(cls) -> Self | None:
        token_file: Path | None = settings.BLUELAMP_SMS_TOKEN_FILE
        if not settings.BLUELAMP_SMS_URL or token_file is None:
            return None
        return cls(url=settings.BLUELAMP_SMS_URL, token_file=token_file)

    def send(self, *, address: str, subject: str, text: str, reference: str) -> str:  # noqa: ARG002
        try:
            token = self._token_file.read_text().strip()
            answer = self._pool.request(
                "POST",
                self._url,
                body=json.dumps({"to": address, "text": text, "reference": reference}).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                timeout=_TIMEOUT,
                retries=False,
                # The token and the number are for this address only.
                redirect=False,
                preload_content=False,
            )
            content = answer.read(_MOST_BYTES)
            answer.drain_conn()
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise SendError(f"No gateway answered ({type(problem).__name__}).", permanent=False) from problem
        if answer.status not in _TAKEN:
            gone = answer.status in _NO_SUCH_NUMBER
            raise SendError(f"The gateway answered {answer.status}.", permanent=gone)
        return _reference(content)


def _reference(content: bytes) -> str:
    """The gateway's id of the message; "" where it gave none that can be read: the message was taken all the same."""
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    return str(found.get("id", ""))[:200] if isinstance(found, dict) else ""
