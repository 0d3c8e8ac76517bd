"""How far the static site is: shown on a terminal, on standard error, and nowhere else."""

import io

import pytest
from rich.console import Console

from bluelamp.project.cli import progress

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80)
    monkeypatch.setattr(progress, "notes", console)
    with progress.pages_progress() as tell:
        tell(30, 120)
        tell(120, 240)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert ("120/240" in shown and "Writing pages" in shown) if terminal else not shown
