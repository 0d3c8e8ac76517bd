"""The vault: what is erased never opens again, and a lost or exchanged master key is said, never papered over."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from bluelamp.kernel.vault.master import master_path
from bluelamp.kernel.vault.models import RecordKey
from bluelamp.kernel.vault.operations import (
    RecordErasedError,
    erase,
    open_sealed,
    seal,
)

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path
    yield tmp_path


def test_what_is_sealed_opens_and_is_not_readable() -> None:
    sealed = seal(record="report:1", plaintext=b"Jane Doe", now=NOW)
    assert b"Jane" not in sealed and open_sealed(record="report:1", ciphertext=sealed) == b"Jane Doe"
    assert seal(record="report:1", plaintext=b"Jane Doe", now=NOW) != sealed
    assert RecordKey.objects.count() == 1
    assert stat.S_IMODE(master_path().stat().st_mode) == 0o600


def test_a_record_erased_never_opens_again_and_takes_nothing_new() -> None:
    sealed = seal(record="report:1", plaintext=b"x", now=NOW)
    other = seal(record="report:2", plaintext=b"y", now=NOW)
    assert erase(record="report:1", now=NOW) is True
    assert erase(record="report:1", now=NOW) is False and erase(record="never", now=NOW) is False
    with pytest.raises(RecordErasedError, match="2026-08-08"):
        open_sealed(record="report:1", ciphertext=sealed)
    with pytest.raises(RecordErasedError):
        seal(record="report:1", plaintext=b"x", now=NOW)
    tombstone = RecordKey.objects.get(record="report:1")
    assert bytes(tombstone.wrapped) == b"" and tombstone.erased_at == NOW
    assert open_sealed(record="report:2", ciphertext=other) == b"y"
