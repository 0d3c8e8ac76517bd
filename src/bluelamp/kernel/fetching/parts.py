"""The files of one download: bytes as received (`NAME.part`), what they belong to (`NAME.part.json`), the result."""

import contextlib
import fcntl
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bluelamp.kernel.fetching.domain.results import FetchError

_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Origin:
    """Which answer a part file belongs to. `total`: the size of the whole as sent, None where not said."""

    url: str
    etag: str
    encoding: str
    total: int | None

    @property
    def resumable(self) -> bool:
        """Whether the rest can be asked for: only a strong ETag says that it is the same bytes."""
        return self.etag.startswith('"') and len(self.etag) > 2


class Part:
    """One download's part file, kept between runs. Use under `locked`."""

    def __init__(self, *, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.part"
        self.result = folder / name
        self._about = folder / f"{name}.part.json"
        self._unpacked = folder / f"{name}.unpacked"

    def known(self) -> Origin | None:
        """What the part file belongs to; None where there is none that can be used."""
        try:
            return Origin(**json.loads(self._about.read_text(encoding="utf-8"))) if self.path.exists() else None
        except (OSError, ValueError, TypeError):
            return None

    @property
    def size(self) -> int:
        """The bytes received so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def start(self, origin: Origin) -> None:
        """Begin anew."""
        self.discard()
        self.path.touch(mode=0o600)
        self._about.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def discard(self) -> None:
        """Remove what was received."""
        for path in (self._about, self.path, self._unpacked):
            path.unlink(missing_ok=True)

    def receive(self, chunks: Iterator[bytes], *, most: int) -> None:
        """Append chunks. Raises a permanent FetchError past `most` bytes in all, OSError for a full disk."""
        size = self.size
        with self.path.open("ab") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise too_large(most)
                out.write(chunk)

    def finish(self, *, encoding: str, most: int) -> tuple[str, int]:
        """Unpack what was received into `result`; give its SHA-256 and its bytes.

        Raises FetchError: damaged (again), or unpacking to more than `most` bytes (permanent).
        """
        digest, size = hashlib.sha256(), 0
        with self._unpacked.open("wb") as out:
            for chunk in _gunzip(self.path, most=most) if encoding == "gzip" else _read(self.path):
                size += len(chunk)
                if size > most:
                    raise too_large(most)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        self._unpacked.replace(self.result)
        self.discard()
        return digest.hexdigest(), size


@contextlib.contextmanager
def locked(*, folder: Path, name: str) -> Iterator[Part]:
    """The part file of a name, for one process at a time. Raises FetchError where another has it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise FetchError(f"Another fetch of {name} is under way. Wait until it ends.", False) from problem
        yield Part(folder=folder, name=name)


def too_large(most: int) -> FetchError:
    """The error for more bytes than a fetch may bring."""
    return FetchError(f"The file is larger than {most:,} bytes, so it was not taken.", permanent=True)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _gunzip(path: Path, *, most: int) -> Iterator[bytes]:
    """Unpack gzip members piece by piece, so that a small file that unpacks to gigabytes costs neither memory nor disk.

    `most` bounds the members too: thousands of empty ones would cost time and give nothing.
    """
    engine, members, size = zlib.decompressobj(31), 0, 0
    try:
        for packed in _read(path):
            data = packed
            while data:
                if engine.eof:
                    engine, members = zlib.decompressobj(31), members + 1
                chunk = engine.decompress(data, _CHUNK)
                size += len(chunk)
                yield chunk
                data = engine.unconsumed_tail or (engine.unused_data if engine.eof else b"")
                if size > most or members > 10_000:
                    raise too_large(most)
        while not engine.eof and (chunk := engine.decompress(engine.unconsumed_tail, _CHUNK)):
            yield chunk
    except zlib.error as problem:
        raise FetchError("The answer is not the gzip that it says it is.", False, again=True) from problem
    if not engine.eof:
        raise FetchError("The compressed answer is cut short.", False, again=True)
