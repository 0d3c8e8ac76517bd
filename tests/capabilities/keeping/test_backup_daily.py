"""The daily backup: off where no folder is named; made, tried, and only then the oldest goes."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from keeping_homes import URL, Home

from bluelamp.project.config import ConfigError, read_config
from bluelamp.project.keeping.backup import finished

pytestmark = pytest.mark.skipif(bool(URL), reason="the same without PostgreSQL")


@pytest.fixture
def inside(home: Home) -> Home:
    """A home whose daily backups are in a folder of its own: nothing is sealed, which takes its time."""
    return Home(path=home.path, also={"BLUELAMP_BACKUP_FOLDER": str(home.path / "daily"), "BLUELAMP_BACKUPS_KEPT": "2"})


@pytest.fixture
def daily(home: Home, tmp_path: Path) -> Home:
    """A home with a folder for daily backups on another disk."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("five words on a paper in a safe")
    also = {
        "BLUELAMP_BACKUP_FOLDER": str(tmp_path / "medium"),
        "BLUELAMP_BACKUP_PASSPHRASE_FILE": str(passphrase),
    }
    return Home(path=home.path, also=also)


def last(home: Home) -> dict[str, Any]:
    return json.loads((home.path / "backups" / "last.json").read_text())  # type: ignore[no-any-return]


def test_the_worker_backs_up_tries_it_and_says_so(daily: Home, tmp_path: Path) -> None:
    done = daily.json("work", "--once")
    assert done["jobs"] > 5 and done["jobs_failed"] == 0
    (made,) = finished(tmp_path / "medium")
    assert last(daily)["path"] == str(made) and last(daily)["verified"] is True
    assert (made / "keys.sealed").exists() and not (made / "keys.tar").exists()
    assert "keeping.backed-up" in daily.ask("look")["actions"]
    checks = {check["check"]: check for check in daily.json("doctor")["checks"]}
    assert checks["backup"]["state"] == "ok"
    daily.json("work", "--once")
    assert finished(tmp_path / "medium") == [made], "once a day"


def test_off_where_no_folder_is_named(home: Home) -> None:
    before = finished(home.path / "backups")
    assert home.ask("daily", "0") == {"error": ""}
    assert finished(home.path / "backups") == before


def test_the_newest_stay_and_what_is_not_ours_is_left_alone(inside: Home) -> None:
    medium = inside.path / "daily"
    other = _of_another_installation(inside, medium)
    (medium / "notes.txt").write_text("by hand")
    for day in range(3):
        assert inside.ask("daily", str(day)) == {"error": ""}
    kept = [path for path in finished(medium) if path != other]
    assert len(kept) == 2 and other.exists() and (medium / "notes.txt").exists()
    assert last(inside)["path"] == str(kept[-1])
    assert not [path for path in medium.iterdir() if path.name.startswith(".")]


def _of_another_installation(home: Home, medium: Path) -> Path:
    other = medium / "20200101T000000Z"
    shutil.copytree(next((home.path / "backups").glob("2*")), other)
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps({**manifest, "installation": "another"}))
    return other


def test_what_is_not_whole_removes_nothing_and_is_told(inside: Home) -> None:
    inside = Home(path=inside.path, also={**inside.also, "BLUELAMP_BACKUPS_KEPT": "1"})
    inside.ask("daily", "0")
    before = finished(inside.path / "daily")
    (evidence,) = (inside.path / "evidence").iterdir()
    evidence.unlink()
    said = inside.ask("daily", "1")["error"]
    assert "1 problems. See: bluelamp verify-backup" in said
    assert set(before) < set(finished(inside.path / "daily")) and last(inside)["verified"] is False
    assert inside.json("work", "--once")["jobs_failed"] == 1
    (job,) = [job for job in inside.json("outbox", "status")["jobs"] if job["name"] == "backup"]
    assert "verify-backup" in job["error"]
    checks = {check["check"]: check for check in inside.json("doctor")["checks"]}
    assert checks["backup"]["state"] == "warn" and "not whole" in checks["backup"]["found"]


def test_a_folder_elsewhere_needs_the_passphrase(tmp_path: Path) -> None:
    home = {"BLUELAMP_HOME": str(tmp_path / "home")}
    with pytest.raises(ConfigError, match="BLUELAMP_BACKUP_PASSPHRASE_FILE"):
        read_config({**home, "BLUELAMP_BACKUP_FOLDER": str(tmp_path / "medium")})
    inside = read_config({**home, "BLUELAMP_BACKUP_FOLDER": str(tmp_path / "home" / "daily")})
    assert inside.backup_folder == tmp_path / "home" / "daily" and read_config(home).backup_folder is None


def test_nothing_is_sent_twice_after_a_restore(home: Home) -> None:
    home.ask("queue_two")
    folder = home.backup()
    assert set(home.ask("states").values()) == {"sent"}
    done = home.json("restore", folder, "--replace")
    assert done["numbers"]["messages_held"] == 1 and done["numbers"]["deliveries_held"] == 0
    assert "1 messages are held" in " ".join(done["notes"])
    assert home.ask("states") == {"live": "held", "exercise": "sent"}
    assert not home.verify(folder).numbers.get("messages_held"), "trying a backup holds nothing"
    (held,) = home.json("messages", "held")
    home.run("messages", "release", held["id"])
    assert home.ask("states")["live"] == "sent"
