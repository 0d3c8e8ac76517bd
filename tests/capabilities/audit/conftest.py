"""A home of its own, and a sealed log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from tampered import NOW, write

from bluelamp.kernel.audit.models import Link
from bluelamp.kernel.audit.operations import seal_entries


@pytest.fixture
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path
    yield tmp_path


@pytest.fixture
def sealed() -> list[int]:
    """Six sealed entries; their ids."""
    write()
    assert seal_entries(now=NOW) == 6
    return list(Link.objects.order_by("seq").values_list("entry_id", flat=True))
