"""A vault that keeps everything in memory, in the place of the real one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from bluelamp.kernel.messaging import sealing


class FakeVault:
    """Seals by turning bytes round; an erased record opens no more."""

    class RecordErasedError(LookupError):
        pass

    def __init__(self) -> None:
        self.records: set[str] = set()
        self.opened: list[str] = []

    def seal(self, *, record: str, plaintext: bytes, now: datetime) -> bytes:
        self.records.add(record)
        return b"sealed:" + plaintext[::-1]

    def open_sealed(self, *, record: str, ciphertext: bytes) -> bytes:
        if record not in self.records:
            raise self.RecordErasedError(record)
        self.opened.append(record)
        return ciphertext.removeprefix(b"sealed:")[::-1]

    def erase(self, *, record: str, now: datetime) -> bool:
        known = record in self.records
        self.records.discard(record)
        return known


@pytest.fixture(autouse=True)
def vault(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> Iterator[FakeVault]:
    settings.BLUELAMP_HOME = tmp_path
    fake = FakeVault()
    monkeypatch.setattr(sealing, "vault", lambda: fake)
    yield fake
