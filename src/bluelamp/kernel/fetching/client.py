"""The one fetcher for everything that comes from the network."""

import errno
import secrets
import ssl
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from bluelamp import __version__
from bluelamp.kernel.fetching.domain.addresses import Target, read_url
from bluelamp.kernel.fetching.domain.backoff import retry_after, wait_seconds
from bluelamp.kernel.fetching.domain.results import Fetched, FetchError, Limits, Wanted, read_checksum
from bluelamp.kernel.fetching.net import Answer, Deadline, Dial, Network, Resolve, system_dial, system_resolve
from bluelamp.kernel.fetching.parts import Origin, Part, locked, too_large

USER_AGENT = f"Bluelamp/{__version__}"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_CHECKSUM_BYTES = 64 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Fetcher:
    """Fetches files into a folder: with limits, checked addresses, conditions, resume and retries.

    `allow_private` lets it connect to private addresses; it is for tests on one machine and no setting reaches it.
    `resolve` and `dial` give addresses of names and connections to addresses.
    """

    def __init__(
        self,
        *,
        folder: Path,
        limits: Limits | None = None,
        proxy: str = "",
        allow_private: bool = False,
        resolve: Resolve = system_resolve,
        dial: Dial = system_dial,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = folder
        self.limits = limits or Limits()
        self._network = Network(
            limits=self.limits,
            proxy=proxy,
            allow_private=allow_private,
            resolve=resolve,
            dial=dial,
            tls=tls or ssl.create_default_context(),
        )
        self._sleep = sleep

    def fetch(self, *, wanted: Wanted, now: datetime) -> Fetched:
        """Fetch a file, or learn that the copy we hold is the newest. `now` (UTC) is for dates in Retry-After.

        Raises FetchError, after as many tries as the limits allow where another may help. What was received stays for
        the next fetch to go on from, where the server's ETag allows it and the error is not permanent.
        """
        deadline = Deadline(self.limits.total)
        with locked(folder=self.folder, name=wanted.name) as part:
            try:
                return self._with_retries(lambda: self._once(wanted, part, deadline, now), deadline)
            except FetchError as problem:
                if problem.permanent:
                    part.discard()
                raise
            except OSError as problem:
                if problem.errno not in _FULL:
                    raise
                part.discard()
                raise FetchError("The disk is full. Make room, then fetch again.", False) from problem

    def _with_retries(self, work: Callable[[], Fetched], deadline: Deadline) -> Fetched:
        attempt = 1
        while True:
            try:
                return work()
            except FetchError as problem:
                if not problem.again or attempt >= self.limits.attempts:
                    raise
                jitter = secrets.randbelow(1000) / 999
                wait = wait_seconds(attempt=attempt, asked=problem.wait, limits=self.limits, jitter=jitter)
                if wait >= deadline.left():
                    raise
            self._sleep(wait)
            attempt += 1

    def _once(self, wanted: Wanted, part: Part, deadline: Deadline, now: datetime) -> Fetched:
        expected = wanted.sha256.lower() or self._stated_checksum(wanted, deadline, now)
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
        if wanted.etag:
            headers["If-None-Match"] = wanted.etag
        if wanted.last_modified:
            headers["If-Modified-Since"] = wanted.last_modified
        origin = part.known()
        if origin and origin.url == wanted.url and origin.resumable and part.size:
            headers |= {"Range": f"bytes={part.size}-", "If-Range": origin.etag}
        fetched = self._follow(
            wanted.url, headers, deadline, lambda answer: self._take(answer, wanted, part, headers, now)
        )
        if fetched.not_modified or not expected or fetched.sha256 == expected:
            return fetched
        part.result.unlink(missing_ok=True)
        raise FetchError("The file does not have the checksum stated for it, so it was not taken.", False)

    def _follow(
        self, url: str, headers: dict[str, str], deadline: Deadline, take: Callable[[Answer], Fetched]
    ) -> Fetched:
        """Ask, going along redirects with every check made anew, and give what `take` makes of the answer."""
        target, seen = read_url(url), set[str]()
        for _ in range(self.limits.max_redirects + 1):
            if target.url in seen:
                raise FetchError("The server redirects in a circle.", permanent=True)
            seen.add(target.url)
            if deadline.over:
                raise deadline.error()
            with self._network.ask(target, headers, deadline) as answer:
                if answer.status not in _REDIRECTS:
                    return take(answer)
                target = _next_target(target, answer)
        raise FetchError(f"The server redirects more than {self.limits.max_redirects} times.", permanent=True)

    def _take(self, answer: Answer, wanted: Wanted, part: Part, sent: dict[str, str], now: datetime) -> Fetched:
        if answer.status == 304 and (wanted.etag or wanted.last_modified):
            part.discard()
            return _fetched(answer, wanted, sha256="", size=0, path=None)
        if answer.status == 206:
            _check_continues(answer, part, asked="Range" in sent)
        elif answer.status == 200:
            part.start(_origin(answer, wanted))
        else:
            raise _status_error(answer, part, now)
        origin = part.known()
        if origin is None:
            raise FetchError("The part file was removed during the fetch.", False, again=True)
        most = self.limits.max_bytes
        if origin.total is not None and origin.total > most:
            raise too_large(most)
        part.receive(answer.chunks(), most=most)
        if origin.total is not None and part.size != origin.total:
            if part.size > origin.total:
                part.discard()
            raise FetchError(f"{part.size:,} of {origin.total:,} bytes came: cut short.", False, again=True)
        try:
            sha256, size = part.finish(encoding=origin.encoding, most=most)
        except FetchError:
            part.discard()
            raise
        return _fetched(answer, wanted, sha256=sha256, size=size, path=part.result)

    def _stated_checksum(self, wanted: Wanted, deadline: Deadline, now: datetime) -> str:
        """The checksum that the feed's own checksum file states; "" where the feed has none."""
        if not wanted.sha256_url:
            return ""
        found: list[str] = []

        def take(answer: Answer) -> Fetched:
            if answer.status != 200:
                raise _status_error(answer, None, now)
            body = b""
            for chunk in answer.chunks():
                body += chunk
                if len(body) > _CHECKSUM_BYTES:
                    raise too_large(_CHECKSUM_BYTES)
            file_name = wanted.url.partition("?")[0].rpartition("/")[2]
            found.append(read_checksum(body.decode("utf-8", "replace"), file_name=file_name))
            return _fetched(answer, wanted, sha256="", size=0, path=None)

        self._follow(wanted.sha256_url, {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}, deadline, take)
        if not found[0]:
            raise FetchError("The checksum file does not state the file's checksum.", False, again=True)
        return found[0]


def _next_target(target: Target, answer: Answer) -> Target:
    location = answer.headers.get("location", "")
    if not location:
        raise FetchError("The server redirects without saying where to.", permanent=True)
    try:
        joined = urljoin(target.url, location.partition("#")[0])
    except ValueError as problem:
        raise FetchError("The server redirects to an address that cannot be read.", permanent=True) from problem
    following = read_url(joined)
    if (target.scheme, following.scheme) == ("https", "http"):
        raise FetchError("The server redirects from https to http, which anybody can alter.", permanent=True)
    return following


def _origin(answer: Answer, wanted: Wanted) -> Origin:
    encoding = answer.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding == "x-gzip":
        encoding = "gzip"
    if encoding not in ("identity", "gzip"):
        raise FetchError(f"The server packs its answer as {encoding[:30]!r}, which was not asked for.", permanent=True)
    length = answer.headers.get("content-length", "").strip()
    chunked = "transfer-encoding" in answer.headers
    total = int(length) if length.isascii() and length.isdecimal() and not chunked else None
    return Origin(url=wanted.url, etag=answer.headers.get("etag", "").strip(), encoding=encoding, total=total)


def _check_continues(answer: Answer, part: Part, *, asked: bool) -> None:
    """A partial answer must go on exactly where the part file ends, in the same bytes; else all begins anew."""
    origin = part.known()
    if not asked or origin is None:
        raise FetchError("The server sent a part of the file, which was not asked for.", permanent=True)
    unit, _, rest = answer.headers.get("content-range", "").partition(" ")
    span, _, whole = rest.partition("/")
    fits = unit.lower() == "bytes" and span.partition("-")[0].strip() == str(part.size)
    if origin.total is not None and whole.strip() not in ("*", str(origin.total)):
        fits = False
    same = answer.headers.get("etag", origin.etag).strip() == origin.etag
    packed = answer.headers.get("content-encoding", "identity").strip().lower().replace("x-gzip", "gzip")
    if not fits or not same or packed != origin.encoding:
        part.discard()
        raise FetchError("The file changed while it was fetched.", False, again=True)


def _status_error(answer: Answer, part: Part | None, now: datetime) -> FetchError:
    if answer.status == 416 and part is not None and part.size:
        part.discard()
        return FetchError("The server cannot go on where the last fetch ended.", False, again=True)
    again = answer.status in _AGAIN
    wait = retry_after(answer.headers.get("retry-after", ""), now=now) if again else None
    return FetchError(f"The server answered {answer.status}.", not again, again=again, wait=wait)


def _fetched(answer: Answer, wanted: Wanted, *, sha256: str, size: int, path: Path | None) -> Fetched:
    # An answer that says nothing new of the copy we hold leaves its validators as they were.
    kept = (wanted.etag, wanted.last_modified) if path is None else ("", "")
    return Fetched(
        path=path,
        sha256=sha256,
        bytes=size,
        etag=answer.headers.get("etag", kept[0]).strip(),
        last_modified=answer.headers.get("last-modified", kept[1]).strip(),
        final_url=answer.url,
        not_modified=path is None,
    )
