"""A stranger's tool reads the API's own description and tries everything it allows, and much that it does not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
