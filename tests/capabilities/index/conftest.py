"""What several tests of the Index begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from press import small_catalogue


@pytest.fixture
def empty_home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    """A home of its own with nothing in it."""
    settings.BLUELAMP_HOME = tmp_path
    yield tmp_path


@pytest.fixture
def home(empty_home: Path) -> Iterator[Path]:
    """The same, with the small catalogue; a module that lays more in it has its own."""
    small_catalogue()
    yield empty_home
