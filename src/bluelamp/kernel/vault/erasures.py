"""The list of erased records: ids and times, apart from the keys. A restored backup is made to forget them again.

One JSON object a line, only ever added to. It may lie on another disk (BLUELAMP_ERASURES_FILE); a copy of it elsewhere
is what keeps an erasure true after the whole machine is lost.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bluelamp.kernel.vault.keyfiles import file_lock, flush_folder


@dataclass(frozen=True)
class Erasure:
    """A record whose key was destroyed, and when."""

    record: str
    at: datetime


def erasures_path() -> Path:
    """Where the list is."""
    return Path(settings.BLUELAMP_ERASURES_FILE or Path(settings.BLUELAMP_HOME) / "erasures.jsonl")


def write_erasures(*, path: Path, erasures: Iterable[Erasure]) -> None:
    """Add to a list, flushed to disk. Raises OSError."""
    lines = [json.dumps({"record": e.record, "erased_at": e.at.isoformat()}) + "\n" for e in erasures]
    if not lines:
        return
    with file_lock(path=path, exclusive=True), path.open("r+b") as out:
        # A line that a kill cut short stays unreadable; the next one begins on a line of its own.
        size = out.seek(0, os.SEEK_END)
        if size and os.pread(out.fileno(), 1, size - 1) != b"\n":
            lines.insert(0, "\n")
        out.write("".join(lines).encode())
        out.flush()
        os.fsync(out.fileno())
    if not size:
        flush_folder(path.parent)


def read_erasures(*, path: Path) -> list[Erasure]:
    """What a list names, each record once; none where there is no list. A line that a kill cut short is passed over:
    it is written before its erasure, which then did not happen.
    """
    found: dict[str, Erasure] = {}
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            held = json.loads(line)
            erasure = Erasure(record=held["record"], at=datetime.fromisoformat(held["erased_at"]))
        except (ValueError, KeyError, TypeError):
            continue
        found.setdefault(erasure.record, erasure)
    return list(found.values())
