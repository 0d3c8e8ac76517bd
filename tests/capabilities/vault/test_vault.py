"""The vault: what is erased never opens again, and a lost or exchanged master key is said, never papered over."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from made_once import copy_of_empty_tables
from typer.testing import CliRunner

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.vault import operations
from bluelamp.kernel.vault.domain.sealing import SealBrokenError, unwrap_key
from bluelamp.kernel.vault.master import MasterKeyError, Masters, master_path, read_masters
from bluelamp.kernel.vault.models import RecordKey
from bluelamp.kernel.vault.operations import (
    NoRecordKeyError,
    RecordErasedError,
    erase,
    open_sealed,
    rotate_master,
    seal,
)
from bluelamp.kernel.vault.queries import VaultStatus, status
from bluelamp.project.cli.app import app

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


def masters() -> Masters:
    found = read_masters()
    assert found
    return found


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b"])
def test_a_name_that_cannot_be_stored_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        seal(record=name, plaintext=b"x", now=NOW)
    assert not RecordKey.objects.exists()


def test_what_was_never_sealed_is_told_from_what_was_erased() -> None:
    with pytest.raises(NoRecordKeyError):
        open_sealed(record="report:9", ciphertext=b"\x01" + b"x" * 60)


def test_a_sealed_text_moved_to_another_record_does_not_open() -> None:
    seal(record="report:1", plaintext=b"x", now=NOW)
    sealed = seal(record="report:2", plaintext=b"y", now=NOW)
    with pytest.raises(SealBrokenError):
        open_sealed(record="report:1", ciphertext=sealed)


def test_a_key_moved_to_another_record_does_not_open_there() -> None:
    sealed = seal(record="report:1", plaintext=b"x", now=NOW)
    seal(record="report:2", plaintext=b"y", now=NOW)
    stolen = RecordKey.objects.get(record="report:1").wrapped
    RecordKey.objects.filter(record="report:2").update(wrapped=stolen)
    with pytest.raises(SealBrokenError):
        open_sealed(record="report:2", ciphertext=sealed)


def test_the_database_keeps_no_key_of_an_erased_record() -> None:
    seal(record="report:1", plaintext=b"x", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic(using="vault"):
        RecordKey.objects.update(erased_at=NOW)


def test_the_caller_rolls_back_and_the_key_that_stays_is_used_again() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        seal(record="report:1", plaintext=b"x", now=NOW)
        raise RuntimeError
    assert RecordKey.objects.count() == 1
    again = seal(record="report:1", plaintext=b"z", now=NOW)
    assert open_sealed(record="report:1", ciphertext=again) == b"z" and RecordKey.objects.count() == 1


# The master key


def test_a_master_key_that_is_gone_is_never_replaced_silently(home: Path) -> None:
    sealed = seal(record="report:1", plaintext=b"x", now=NOW)
    kept = master_path().rename(home / "backup")
    with pytest.raises(MasterKeyError, match="is gone"):
        open_sealed(record="report:1", ciphertext=sealed)
    with pytest.raises(MasterKeyError, match="is gone"):
        seal(record="report:2", plaintext=b"y", now=NOW)
    with pytest.raises(MasterKeyError, match="is gone"):
        rotate_master(now=NOW)
    assert not master_path().exists() and status().lost == 1
    assert erase(record="report:1", now=NOW)
    kept.rename(master_path())
    assert status() == VaultStatus(master=masters().current, live=0, erased=1, waiting=0, lost=0)


def test_another_master_key_is_told_from_a_broken_seal(home: Path) -> None:
    sealed = seal(record="report:1", plaintext=b"x", now=NOW)
    name = masters().current
    master_path().unlink()
    RecordKey.objects.update(erased_at=NOW, wrapped=b"", master="")
    held = RecordKey.objects.get()
    seal(record="report:2", plaintext=b"y", now=NOW)
    RecordKey.objects.filter(pk=held.pk).update(erased_at=None, wrapped=b"x" * 73, master=name)
    with pytest.raises(MasterKeyError, match=name):
        open_sealed(record="report:1", ciphertext=sealed)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"format": "bluelamp-master-v1", "current": "x", "keys": {}}', '{"keys": {"a": 1}}'],
)
def test_a_damaged_master_key_is_said(text: str) -> None:
    seal(record="report:1", plaintext=b"x", now=NOW)
    master_path().write_text(text)
    with pytest.raises(MasterKeyError, match="Restore it"):
        seal(record="report:2", plaintext=b"x", now=NOW)


def test_a_master_key_with_one_letter_changed_is_said() -> None:
    seal(record="report:1", plaintext=b"x", now=NOW)
    held = json.loads(master_path().read_text())
    key = held["keys"][held["current"]]
    held["keys"][held["current"]] = ("B" if key[0] == "A" else "A") + key[1:]
    master_path().write_text(json.dumps(held))
    with pytest.raises(MasterKeyError, match="Restore it"):
        seal(record="report:2", plaintext=b"x", now=NOW)


# Rotation


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Seven sealed records and one erased, with small batches."""
    monkeypatch.setattr(operations, "_BATCH", 3)
    found = {f"report:{n}": seal(record=f"report:{n}", plaintext=str(n).encode(), now=NOW) for n in range(8)}
    erase(record="report:7", now=NOW)
    return {record: sealed for record, sealed in found.items() if record != "report:7"}


def opened(several: dict[str, bytes]) -> bool:
    return all(open_sealed(record=r, ciphertext=c) == r[-1:].encode() for r, c in several.items())


def test_a_rotation_wraps_every_key_anew_and_forgets_the_old_master_key(several: dict[str, bytes]) -> None:
    old = masters()
    done = rotate_master(now=NOW)
    assert (done.rewrapped, done.master) == (7, masters().current) and list(masters().keys) == [done.master]
    assert old.current != done.master and opened(several) and status().waiting == 0
    row = RecordKey.objects.get(record="report:1")
    with pytest.raises(SealBrokenError):
        unwrap_key(master=old.key, record=row.record, wrapped=bytes(row.wrapped))
    assert RecordKey.objects.get(record="report:7").wrapped == b""
    assert stat.S_IMODE(master_path().stat().st_mode) == 0o600


@pytest.mark.parametrize("step", ["begin_rotation", "_rewrap_some", "end_rotation"])
def test_a_rotation_that_fails_anywhere_loses_nothing_and_goes_on(
    step: str, several: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, real = [], getattr(operations, step)

    def failing(*positional: object, **named: object) -> object:
        calls.append(1)
        if step != "_rewrap_some" or len(calls) == 2:
            raise OSError("the disk is full")
        return real(*positional, **named)

    with monkeypatch.context() as broken:
        broken.setattr(operations, step, failing)
        with pytest.raises(OSError, match="full"):
            rotate_master(now=NOW)
    assert opened(several)
    several["report:8"] = seal(record="report:8", plaintext=b"8", now=NOW)
    begun = masters().current
    done = rotate_master(now=NOW)
    assert opened(several) and list(masters().keys) == [done.master]
    assert step == "begin_rotation" or done.master == begun


def test_an_erasure_during_a_rotation_stands(several: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    real = operations.wrap_key

    def erasing(*, master: bytes, record: str, key: bytes, nonce: bytes) -> bytes:
        if record == "report:2":
            erase(record=record, now=NOW)
        return real(master=master, record=record, key=key, nonce=nonce)

    with monkeypatch.context() as slow:
        # An erasure has a transaction of its own; here it happens in the rotation's, between its read and its write.
        slow.setattr(operations, "wrap_key", erasing)
        slow.setattr(operations.transaction, "atomic", lambda **_: transaction.Atomic("vault", True, False))
        rotate_master(now=NOW)
    tombstone = RecordKey.objects.get(record="report:2")
    assert bytes(tombstone.wrapped) == b"" and tombstone.erased_at == NOW
    del several["report:2"]
    assert opened(several)


def test_a_row_read_before_a_rotation_opens_after_it(
    several: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = operations.needed_masters, []

    def rotating() -> Masters:
        calls.append(1)
        if len(calls) == 1:
            rotate_master(now=NOW)
        return real()

    monkeypatch.setattr(operations, "needed_masters", rotating)
    assert open_sealed(record="report:1", ciphertext=several["report:1"]) == b"1" and len(calls) == 2


# Real files and real processes

SETUP = """
import os, signal, sys
from datetime import UTC, datetime
import django
django.setup()
from bluelamp.kernel.vault import operations
from bluelamp.kernel.vault.models import RecordKey
now = datetime(2026, 8, 8, tzinfo=UTC)
name = sys.argv[1] if len(sys.argv) > 1 else ""
"""
SEALING = (
    SETUP
    + """
for n in range(150):
    record = f"report:{n % 50 if name == 'shared' else name + str(n)}"
    sealed = operations.seal(record=record, plaintext=b"x", now=now)
    assert operations.open_sealed(record=record, ciphertext=sealed) == b"x"
"""
)
ROTATING = SETUP + "for _ in range(8): operations.rotate_master(now=now)\n"
KILLED = (
    SETUP
    + """
for n in range(20):
    operations.seal(record=f"report:{n}", plaintext=b"x", now=now)
operations._BATCH = 6
real = operations._rewrap_some
def killed(masters):
    if RecordKey.objects.filter(master=masters.current).count() >= 12:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(masters)
operations._rewrap_some = killed
operations.rotate_master(now=now)
"""
)
ERASING = (
    SETUP
    + """
operations.seal(record="report:1", plaintext=b"x", now=now)
sys.stdout.buffer.write(bytes(RecordKey.objects.get().wrapped))
sys.stdout.flush()
sys.stdin.read(1)
operations.erase(record="report:1", now=now)
sys.stdout.buffer.write(b"!")
sys.stdout.flush()
sys.stdin.read(1)
"""
)
COMMAND = Path(sys.executable).with_name("bluelamp")
ON_FILES = pytest.mark.skipif("BLUELAMP_DATABASE_URL" in os.environ, reason="works on SQLite's files")


@pytest.fixture
def env(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bluelamp.project.settings"}
    copy_of_empty_tables(tmp_path_factory, tmp_path)
    return env


def told(env: dict[str, str], *words: str) -> dict[str, object]:
    done = subprocess.run([COMMAND, *words, "--json"], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@ON_FILES
@pytest.mark.slow
def test_sealing_goes_on_while_the_master_key_is_rotated(env: dict[str, str]) -> None:
    """Processes that also race for the first master key and for the same records' keys."""
    work = [(SEALING, "a"), (SEALING, "shared"), (SEALING, "shared"), (ROTATING, "")]
    running = [
        subprocess.Popen([sys.executable, "-c", program, name], env=env, stderr=subprocess.PIPE, text=True)
        for program, name in work
    ]
    for process in running:
        _, problem = process.communicate(timeout=120)
        assert process.returncode == 0, problem
    found = told(env, "vault", "status")
    assert (found["live"], found["waiting"], found["lost"]) == (150 + 50, 0, 0)


@ON_FILES
@pytest.mark.slow
def test_a_rotation_that_is_killed_goes_on_where_it_was(env: dict[str, str]) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], env=env)
    assert killed.returncode == -signal.SIGKILL
    found = told(env, "vault", "status")
    assert (found["live"], found["waiting"], found["lost"]) == (20, 8, 0)
    done = told(env, "vault", "rotate")
    assert done == {"master": found["master"], "rewrapped": 8}
    assert told(env, "vault", "status")["waiting"] == 0


@ON_FILES
@pytest.mark.slow
def test_an_erased_key_is_in_no_file(env: dict[str, str]) -> None:
    def on_disk(key: bytes) -> bool:
        return any(key in path.read_bytes() for path in Path(env["BLUELAMP_HOME"]).glob("vault.db*"))

    with subprocess.Popen(
        [sys.executable, "-c", ERASING], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        key = process.stdout.read(1 + 24 + 32 + 16)
        assert on_disk(key)
        process.stdin.write(b"g")
        process.stdin.flush()
        assert process.stdout.read(1) == b"!" and not on_disk(key)
        process.stdin.close()


def test_the_command_rotates_and_says_how_the_vault_stands(several: dict[str, bytes]) -> None:
    run = CliRunner().invoke
    rotated = json.loads(run(app, ["vault", "rotate", "--json"]).stdout)
    assert rotated["rewrapped"] == 7 and opened(several)
    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.detail) == ("system", "vault.rotated", rotated)
    assert run(app, ["vault", "status"]).exit_code == 0
    RecordKey.objects.filter(record="report:1").update(master="0" * 16)
    lost = run(app, ["vault", "status"])
    assert lost.exit_code == 1 and "backup" in lost.output
