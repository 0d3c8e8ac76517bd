"""Reads of the public figures."""

from django.db.models import QuerySet

from bluelamp.reporting.models import PublicFigures


def published_figures() -> QuerySet[PublicFigures]:
    """What everybody may see, newest first."""
    return PublicFigures.objects.exclude(published_at=None)


def waiting_figures() -> QuerySet[PublicFigures]:
    """What is frozen and not published yet."""
    return PublicFigures.objects.filter(published_at=None).select_related("checked_by")
