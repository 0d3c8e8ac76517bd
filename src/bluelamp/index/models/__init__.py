"""Editions of the Security Index with their figures, and what leads to publishing: checks, previews, replies, dates."""

from bluelamp.index.models.editions import CRIME_RATES, Edition, EditionRow
from bluelamp.index.models.publishing import (
    Check,
    EarlyAccess,
    MakerLink,
    Preview,
    Release,
    ReleaseMove,
    Reply,
    Signature,
)

__all__ = [
    "CRIME_RATES",
    "Check",
    "EarlyAccess",
    "Edition",
    "EditionRow",
    "MakerLink",
    "Preview",
    "Release",
    "ReleaseMove",
    "Reply",
    "Signature",
]
