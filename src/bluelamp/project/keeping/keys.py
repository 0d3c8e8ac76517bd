"""The key files of a home: what each is for, what its loss means, a new Django secret, keys brought back."""

import secrets
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from bluelamp.kernel.vault.keyfiles import create_private, keys_folder, replace_private
from bluelamp.project.keeping import keyspart
from bluelamp.project.keeping.archive import KeepingError, read_manifest
from bluelamp.project.keeping.folders import backups_folder
from bluelamp.project.keeping.restoring import choose_keys


@dataclass(frozen=True)
class KeyUse:
    """One key file: what it is for, how it is made anew, and what is lost with it."""

    name: str
    purpose: str
    renew: str
    loss: str


KEYS = (
    KeyUse("secret", "signs sessions and one-time links", "bluelamp keys rotate-secret", "everybody signs in again"),
    KeyUse("master", "opens the keys of personal data", "bluelamp vault rotate", "all sealed personal data, for good"),
    KeyUse("audit-signing", "signs the audit log", "bluelamp audit head --new-key", "a new key must be made known"),
    KeyUse("receipt-signing", "signs receipts of reports", "bluelamp receipt new-key", "nothing that was signed"),
    KeyUse(
        "receipt-verifying", "proves receipts (public)", "(never)", "proof here of receipts that former keys signed"
    ),
    KeyUse("contacts", "finds the same address again", "(never)", "suppressions of other contacts with an address"),
)


@dataclass(frozen=True)
class KeyState:
    """How one key file stands. `private`: readable by its owner only. `changed`: when it was written last (UTC)."""

    use: KeyUse
    path: Path
    there: bool
    private: bool
    changed: datetime | None


def key_states() -> list[KeyState]:
    """Every key file of this home."""
    return [_state(use) for use in KEYS]


def rotate_secret(*, keep_old: bool) -> Path:
    """Put a new Django secret in place. The old one still opens what it signed, or nothing any more. Gives the file.

    Servers that run go on with the old one until they are started again.
    """
    path: Path = settings.CONFIG.secret_key_file
    old = old_secret_path(path)
    if keep_old:
        replace_private(path=old, content=path.read_bytes())
    else:
        old.unlink(missing_ok=True)
    replace_private(path=path, content=secrets.token_urlsafe(64).encode())
    return path


def old_secret_path(path: Path) -> Path:
    """Where the secret before this one is."""
    return path.with_name(f"{path.name}.old")


def bring_back(*, source: Path) -> list[str]:
    """Copy the key files that are gone from a backup or a keys part; give their names. None is ever replaced.

    Raises KeepingError where there is no keys part or it does not open.
    """
    part = choose_keys(folder=source, manifest=read_manifest(source), newest=True) if source.is_dir() else source
    if part is None:
        raise KeepingError(f"{source} holds no keys part. Name the file where it lies.")
    spool = backups_folder(Path(settings.BLUELAMP_HOME)) / f".keys-{secrets.token_hex(6)}"
    try:
        passphrase = keyspart.read_passphrase(settings.CONFIG.backup_passphrase_file)
        keyspart.unpack(source=part, folder=spool, passphrase=passphrase)
        held = sorted((spool / "keys").iterdir()) if (spool / "keys").is_dir() else []
        return [p.name for p in held if create_private(path=keys_folder() / p.name, content=p.read_bytes())]
    finally:
        shutil.rmtree(spool, ignore_errors=True)


def _state(use: KeyUse) -> KeyState:
    path = settings.CONFIG.secret_key_file if use.name == "secret" else keys_folder() / use.name
    if not path.exists():
        return KeyState(use=use, path=path, there=False, private=True, changed=None)
    facts = path.stat()
    private = not stat.S_IMODE(facts.st_mode) & 0o077
    changed = datetime.fromtimestamp(facts.st_mtime, tz=UTC)
    return KeyState(use=use, path=path, there=True, private=private, changed=changed)
