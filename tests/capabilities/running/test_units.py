"""The systemd units: complete, hardened, and accepted by systemd where it is there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_engine

ROOT = Path(__file__).parents[3]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "ReadWritePaths": "/var/lib/bluelamp",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "User": "bluelamp",
    "MemoryDenyWriteExecute": "yes",
    "StateDirectoryMode": "0700",
}


def lines(unit: Path) -> list[tuple[str, str]]:
    return [(m[1], m[2]) for m in re.finditer(r"^(\w+)=(.*)$", unit.read_text(), re.M)]


def test_there_are_two() -> None:
    assert [unit.name for unit in UNITS] == ["bluelamp-web.service", "bluelamp-work.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_a_unit_is_hardened_and_starts_a_command_that_exists(unit: Path) -> None:
    found = lines(unit)
    values = dict(found)
    assert {name: values.get(name) for name in HARDENED} == HARDENED
    assert ("SystemCallFilter", "@system-service") in found
    assert "BLUELAMP_HOME=/var/lib/bluelamp/home" in [v for k, v in found if k == "Environment"]
    _, command, *options = values["ExecStart"].split()
    shown = subprocess.run(
        [Path(sys.executable).with_name("bluelamp"), command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(option in shown for option in options)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_systemd_accepts_a_unit(unit: Path, tmp_path: Path) -> None:
    here = tmp_path / unit.name
    text = unit.read_text().replace("/opt/bluelamp/.venv/bin/bluelamp", sys.executable)
    here.write_text(re.sub(r"^Documentation=.*$", "", text, flags=re.M))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", here], capture_output=True, text=True)
    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert done.returncode == 0 and not told, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_systemd_finds_little_exposure(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", unit]
    done = subprocess.run(command, capture_output=True, text=True)
    if "unrecognized option" in done.stderr or "Unknown" in done.stderr:
        pytest.skip("this systemd is too old to look at a file")
    assert done.returncode == 0, done.stdout[-200:] + done.stderr
