"""Ended by SIGKILL at any step, a backup or a restore leaves the last good state."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from keeping_homes import Home

KILLING = Path(__file__).with_name("killing.py")


def kill(home: Home, what: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(KILLING), what], env=home.env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_backup_killed_at_any_step(home: Home) -> None:
    found = kill(home, "backups")
    assert found["kills"] > 20 and found["halves"] > 10, "the kills came amid the work"
    assert found["left"] == [], "the next backup clears what kills left"
    assert found["finished"] >= 2


def test_a_restore_killed_at_any_step(home: Home) -> None:
    found = kill(home, "restores")
    assert found["kills"] > 20
    changes = found["outcomes"].count("new")
    assert 0 < changes < len(found["outcomes"]) and found["outcomes"] == sorted(found["outcomes"], reverse=True)
    assert found["last_is_new"] and found["left"] == ["home", "home.replaced", "kept"]
