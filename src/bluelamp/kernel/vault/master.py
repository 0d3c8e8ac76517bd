"""The master key: a file in HOME/keys, made on first run and never made anew while a key depends on the old one."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bluelamp.kernel.vault.domain.sealing import KEY_BYTES, master_id
from bluelamp.kernel.vault.keyfiles import create_private, file_lock, keys_folder, replace_private
from bluelamp.kernel.vault.models import RecordKey

_FORMAT = "bluelamp-master-v1"


class MasterKeyError(RuntimeError):
    """The master key is gone, damaged, or not the one that wrapped a key; the message says what to do."""


@dataclass(frozen=True)
class Masters:
    """The master keys by id: one, or the old and the new one while keys are being wrapped anew."""

    current: str
    keys: Mapping[str, bytes]

    @property
    def key(self) -> bytes:
        """The key that wraps new records' keys."""
        return self.keys[self.current]


def master_path() -> Path:
    """The file of the master key."""
    return keys_folder() / "master"


def master_lock(*, exclusive: bool) -> AbstractContextManager[None]:
    """Shared by those who wrap a new key, held alone by a rotation while it changes the file."""
    return file_lock(path=keys_folder() / "master.lock", exclusive=exclusive)


def one_rotation() -> AbstractContextManager[None]:
    """Held by a rotation from beginning to end: a second one waits."""
    return file_lock(path=keys_folder() / "rotation.lock", exclusive=True)


def read_masters() -> Masters | None:
    """The master keys, or None where there is no file. Raises MasterKeyError for a damaged file."""
    path = master_path()
    if not path.exists():
        return None
    try:
        held = json.loads(path.read_bytes())
        keys = {name: b64decode(text, validate=True) for name, text in held["keys"].items()}
        masters = Masters(current=held["current"], keys=keys)
        whole = held["format"] == _FORMAT and masters.current in keys
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole or any(len(k) != KEY_BYTES or master_id(k) != name for name, k in keys.items()):
        raise MasterKeyError(f"{path} does not hold a master key. Restore it from a backup.")
    return masters


def masters_or_new(*, now: datetime) -> Masters:
    """The master keys, made on the first run. Raises MasterKeyError where they are gone but keys depend on them."""
    found = read_masters()
    if found:
        return found
    if RecordKey.objects.filter(erased_at__isnull=True).exists():
        # Another process may have made the first master key and the first record's key since the file was looked for.
        return needed_masters()
    create_private(path=master_path(), content=_text(_with_new(keys={}), now=now))
    return needed_masters()


def needed_masters() -> Masters:
    """The master keys, for opening what was sealed. Raises MasterKeyError where there are none."""
    found = read_masters()
    if not found:
        raise _gone()
    return found


def begin_rotation(*, now: datetime) -> Masters:
    """Add a new master key beside the old one; a rotation that was cut short goes on with the one it made."""
    masters = masters_or_new(now=now)
    if len(masters.keys) == 1:
        masters = _with_new(keys=masters.keys)
        replace_private(path=master_path(), content=_text(masters, now=now))
    return masters


def end_rotation(*, masters: Masters, now: datetime) -> None:
    """Forget every master key but the current one."""
    only = Masters(current=masters.current, keys={masters.current: masters.key})
    replace_private(path=master_path(), content=_text(only, now=now))


def _with_new(*, keys: Mapping[str, bytes]) -> Masters:
    key = secrets.token_bytes(KEY_BYTES)
    return Masters(current=master_id(key), keys={**keys, master_id(key): key})


def _text(masters: Masters, *, now: datetime) -> bytes:
    held = {name: b64encode(key).decode() for name, key in masters.keys.items()}
    value = {"format": _FORMAT, "written": now.isoformat(), "current": masters.current, "keys": held}
    return json.dumps(value, indent=2).encode()


def _gone() -> MasterKeyError:
    return MasterKeyError(
        f"{master_path()} is gone, and there are keys that only it can open. Restore it from a backup; a new one would "
        "open nothing."
    )
