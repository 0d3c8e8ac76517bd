"""Sentences that pages and the API must say alike, and what of the evidence may be shown (RED-LINES 1, 2 and 7)."""

from typing import Any

from django.utils.translation import gettext

from bluelamp.index.models import EditionRow

# Crimes and reports of people are shown as rounded counts only, never one by one with their dates.
LISTED_KINDS = frozenset({"exploited", "attack_telemetry", "partner_sighting"})
LEAST_CRIMES = 5
LEAST_COUNT = 10
ROUND_TO = 5


def no_evidence() -> str:
    """What is said of a product without evidence."""
    return gettext("We hold no evidence about this product. That is not a sign that it is safe.")


def listed_sightings(*, row: EditionRow) -> list[dict[str, Any]]:
    """The sightings that may be listed one by one, newest first."""
    return [s for s in row.sightings if s.get("kind", "exploited") in LISTED_KINDS]


def crimes_words(*, count: int) -> str:
    """A public count of recorded crimes: nothing below five, "fewer than 10" below ten, then rounded to five."""
    if count < LEAST_CRIMES:
        return ""
    if count < LEAST_COUNT:
        return gettext("fewer than 10")
    return gettext("about %(count)d") % {"count": ROUND_TO * round(count / ROUND_TO)}
