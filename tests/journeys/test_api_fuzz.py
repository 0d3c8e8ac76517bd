"""A stranger's tool reads the API's own description and tries everything it allows, and much that it does not."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_once import copy_of_empty_tables
from serving import COMMAND, environment, serve

TOOL = Path(sys.executable).with_name("schemathesis")


@pytest.mark.slow
def test_the_api_keeps_to_its_description(base: str, tmp_path: Path) -> None:
    """Every operation, good and bad values, operations in a row: no 500, and nothing that is not described."""
    arguments = ("--mode", "all", "--checks", "all", "--max-examples", "30", "--seed", "1", "--no-color")
    quiet = ("--phases", "coverage,fuzzing,stateful", "--generation-database", "none", "--output-sanitize", "false")
    done = subprocess.run(
        [TOOL, "run", f"{base}/api/v1/openapi.json", *arguments, *quiet],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"Selected: (\d+)/\1\b", done.stdout) and "No issues found" in done.stdout


@pytest.fixture
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server that takes reports of programs, and the key of a sandbox."""
    home = tmp_path_factory.mktemp("sandbox")
    copy_of_empty_tables(tmp_path_factory, home)
    scopes = [word for scope in ("send", "status", "read-own") for word in ("--scope", f"reports:{scope}")]
    add = [COMMAND, "clients", "add", "--name", "Fuzzer", "--per-minute", "6000", "--json", *scopes]
    done = subprocess.run(add, env=environment(home), capture_output=True, text=True, check=True)
    for base in serve(home, BLUELAMP_REPORT_API="1"):
        yield base, json.loads(done.stdout)["key"]


@pytest.mark.slow
def test_the_api_of_reports_keeps_to_its_description(sandbox: tuple[str, str], tmp_path: Path) -> None:
    """The same with the key of a sandbox: good reports are taken in, whatever else is told as a problem; no 500."""
    base, key = sandbox
    arguments = ("--mode", "all", "--checks", "all", "--max-examples", "30", "--seed", "1", "--no-color")
    # Which answers fit hangs on other answers: no schema can say it, so good form alone is not always taken.
    excluded = ("--exclude-checks", "positive_data_acceptance")
    quiet = (*excluded, "--phases", "examples,coverage,fuzzing,stateful", "--generation-database", "none")
    done = subprocess.run(
        [TOOL, "run", f"{base}/api/v1/reports/openapi.json", "-H", f"Authorization: Bearer {key}", *arguments, *quiet],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"Selected: (\d+)/\1\b", done.stdout) and "No issues found" in done.stdout
