"""What a fetch is asked for, may cost, gives and fails with."""

import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FetchError(Exception):
    """A fetch failed; the message is one sentence for people.

    `permanent`: another try finds the same until somebody changes something. `again`: another try at once may help;
    `wait`: the seconds that the server asked for.
    """

    def __init__(self, message: str, permanent: bool, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.again = again and not permanent
        self.wait = wait


@dataclass(frozen=True)
class Limits:
    """What one fetch may cost. `connect`, `read` and `total` are seconds, `total` over every try, wait and redirect.

    `max_bytes` bounds what is received and, apart, what it unpacks to. No wait between tries is longer than
    `longest_wait` seconds, whatever the server asks.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 900.0
    max_bytes: int = 512 * 1024 * 1024
    max_redirects: int = 5
    attempts: int = 5
    longest_wait: float = 60.0


@dataclass(frozen=True)
class Wanted:
    """What to fetch: `name` names its files (lower-case letters, digits, hyphens).

    `etag` and `last_modified` are those of the copy we hold. `sha256` is the hexadecimal hash of the content if known,
    `sha256_url` the address of a file that states it.
    """

    url: str
    name: str
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    sha256_url: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} cannot name a file here.")


@dataclass(frozen=True)
class Fetched:
    """A fetched file, unpacked: SHA-256 and bytes are of `path`. With `not_modified` there is no file: `path` is None,
    and the copy that we hold is still the newest."""

    path: Path | None
    sha256: str
    bytes: int
    etag: str
    last_modified: str
    final_url: str
    not_modified: bool


def read_checksum(text: str, *, file_name: str) -> str:
    """The SHA-256 that a checksum file states for a file: alone, or in the line that names it; "" where it does not."""
    lines = [line.split() for line in text.lower().splitlines() if line.strip()]
    named = [w for w in lines if len(w) == 2 and w[1].lstrip("*").rpartition("/")[2] == file_name.lower()]
    chosen = named or lines
    if len(chosen) != 1 or not _SHA256.fullmatch(chosen[0][0]):
        return ""
    return chosen[0][0]
