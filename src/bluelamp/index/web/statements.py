"""Sentences that pages and the API must say alike, and what of the evidence may be shown (RED-LINES 1, 2 and 7)."""

from typing import Any

from django.utils.translation import gettext

from bluelamp.index.domain.naming import LISTED_KINDS
from bluelamp.index.domain.units import FEW_CRIMES
from bluelamp.index.models import EditionRow


def no_evidence() -> str:
    """What is said of a product without evidence."""
    return gettext("We hold no evidence about this product. That is not a sign that it is safe.")


def listed_sightings(*, row: EditionRow) -> list[dict[str, Any]]:
    """The sightings that may be listed one by one, newest first."""
    return [s for s in row.sightings if s.get("kind", "exploited") in LISTED_KINDS]


def crimes_words(*, row: EditionRow) -> str:
    """The public count of recorded crimes in words; "" where none is published."""
    if row.public_crimes in ("", FEW_CRIMES):
        return gettext("fewer than 10") if row.public_crimes else ""
    return gettext("about %(count)s") % {"count": row.public_crimes}
