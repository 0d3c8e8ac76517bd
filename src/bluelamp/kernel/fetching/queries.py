"""Reads of fetching."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bluelamp.kernel.fetching.models import FetchState


def downloads_folder() -> Path:
    """Where files are while they are fetched and until they are taken in."""
    return Path(settings.BLUELAMP_HOME) / "downloads"


def state_of(*, name: str) -> FetchState | None:
    """What is known of a feed's last fetch; None before the first."""
    return FetchState.objects.filter(name=name).first()


def not_due(*, names: Collection[str], now: datetime) -> set[str]:
    """Those of some feeds whose time has not come."""
    return set(FetchState.objects.filter(name__in=names, next_at__gt=now).values_list("name", flat=True))
