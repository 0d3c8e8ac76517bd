"""Why an edition differs from the one before, as a table for programs, with the sentences of the pages."""

from typing import Any

from django.utils.translation import override

from bluelamp.index.domain.reasons import Reason
from bluelamp.index.models import Edition
from bluelamp.index.operations.changes import Change, compared_with, edition_changes
from bluelamp.index.operations.reason_words import reason_words


def reasons_table(*, edition: Edition) -> list[dict[str, Any]]:
    """A row for each reason, by name of the product; none where the edition is compared with none."""
    before = compared_with(edition=edition)
    if before is None:
        return []
    found = edition_changes(edition=edition, before=before)
    pairs = [(change, reason) for change in found for reason in change.reasons]
    rows = [_row(change, reason, edition=edition, before=before) for change, reason in pairs]
    # Once for all rows: to change the language for each of them would take longer than the rest.
    for language, column in (("en", "english"), ("cy", "welsh")):
        with override(language):
            for row, (_, reason) in zip(rows, pairs, strict=True):
                row[column] = reason_words(reason, number=before.label)
    return rows


def _row(change: Change, reason: Reason, *, edition: Edition, before: Edition) -> dict[str, Any]:
    return {
        "edition": edition.label,
        "compared_with": before.label,
        "product_key": change.product_key,
        "product_name": change.product_name,
        "dates_before": change.dates_before,
        "dates": change.dates,
        "band_before": change.band_before,
        "band": change.band,
        "reason": reason.code,
        "count": reason.count,
        "change": reason.dates,
        "months": " ".join(reason.months),
        "was": reason.before,
        "is_now": reason.after,
    }
