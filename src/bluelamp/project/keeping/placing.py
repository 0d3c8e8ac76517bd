"""Letting a restored copy take a home's place, so that a kill at any step leaves the old home or the new one, whole.

HOME.restoring-TIME-xxxxxx/ lies beside the home for as long as a restore takes:
    home/    the copy, with a mark in it; after the two changed names the old home, which has no such mark
    old/     the old home, where the system cannot let two folders change names in one step
The mark goes along with the copy, and so tells what is what after a kill.
"""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from bluelamp.kernel.vault.keyfiles import flush_folder
from bluelamp.project.keeping.archive import KeepingError
from bluelamp.project.keeping.folders import HALF, begin_half, clear_half, exchange, flush_tree

_LOCKS = (".lock", ".checking")


def begin_copy(*, home: Path, now: datetime) -> Path:
    """An empty folder beside the home, marked as half made, in which a copy is built."""
    # A restore that was killed right after it took the place left its mark in the home.
    (home / HALF).unlink(missing_ok=True)
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    beside = home.with_name(f"{home.name}.restoring-{stamp}-{secrets.token_hex(3)}")
    try:
        beside.mkdir(mode=0o700)
    except PermissionError as problem:
        raise KeepingError(
            f"{home.parent} cannot be written, and the copy is built there, beside the home. Restore into a folder "
            f"inside: --home {home / 'home'}"
        ) from problem
    return begin_half(beside / "home")


def take_place(*, copy: Path, home: Path) -> Path | None:
    """Let the copy be the home; give where the old one is kept, if it held data. Backups stay with the home.

    Raises KeepingError where folders cannot change names; then nothing has changed.
    """
    flush_tree(copy.parent)
    try:
        if not home.exists():
            copy.rename(home)
        elif not exchange(copy, home):
            home.rename(copy.with_name("old"))
            copy.rename(home)
    except OSError as problem:
        if not home.exists() and copy.with_name("old").exists():
            copy.with_name("old").rename(home)
        raise KeepingError(
            f"{home} cannot be renamed ({problem.strerror}): is it where a disk is mounted? Restore into a folder "
            f"inside: --home {home / 'home'}"
        ) from problem
    flush_folder(home.parent)
    aside = settle(home)
    (home / HALF).unlink()
    flush_folder(home)
    return aside


def settle(home: Path) -> Path | None:
    """Clear what restores left beside a home, killed ones too: copies go, an old home is kept as HOME.replaced-TIME.

    Gives the last one kept. No restore may be running on this home.
    """
    aside = None
    for beside in sorted(home.parent.glob(f"{home.name}.restoring-*")):
        clear_half(parent=beside, pattern="*")
        for old in beside.iterdir():
            _bring_backups(old, home)
            if holds_data(old) or any((old / "backups").glob("*/manifest.json")):
                aside = home.with_name(beside.name.replace(".restoring-", ".replaced-"))
                old.rename(aside)
            else:
                shutil.rmtree(old)
        beside.rmdir()
        flush_folder(home.parent)
    return aside


def holds_data(home: Path) -> bool:
    """Whether a home holds more than what every command makes on its way: a key of its own and empty folders."""
    if not home.is_dir():
        return False
    files = (p.relative_to(home) for p in home.rglob("*") if p.is_file())
    locks = {Path("running.lock"), Path("setup.lock"), Path("evidence.lock"), Path("loading.lock")}
    harmless = {Path("keys/secret"), Path("installation"), Path(HALF), *locks}
    return any(p not in harmless and p.parts[0] != "backups" for p in files)


def _bring_backups(old: Path, home: Path) -> None:
    """Backups stay with the home that is in use."""
    if not (old / "backups").is_dir():
        return
    home.mkdir(mode=0o700, exist_ok=True)
    if not (home / "backups").exists():
        (old / "backups").rename(home / "backups")
        return
    for path in sorted((old / "backups").iterdir()):
        if path.name not in _LOCKS and not (home / "backups" / path.name).exists():
            path.rename(home / "backups" / path.name)
