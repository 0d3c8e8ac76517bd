"""How far a long command is, on a terminal; nothing in a file or a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bluelamp.project.cli.screen import notes


@contextmanager
def pages_progress() -> Iterator[Callable[[int, int], None]]:
    """Give what is told how many pages are done, of how many that are known so far."""
    columns = (TextColumn("Writing pages"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, disable=not notes.is_terminal) as progress:
        task = progress.add_task("pages", total=None)
        yield lambda done, known: progress.update(task, completed=done, total=known)
