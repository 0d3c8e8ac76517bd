"""What changed from the edition before, for a template."""

from typing import Any

from bluelamp.index.models import Edition
from bluelamp.index.operations.changes import compared_with, edition_changes
from bluelamp.index.operations.reason_words import reason_words


def changes_context(*, edition: Edition) -> dict[str, Any]:
    """What `index/_changes.html` shows of an edition: which one it is compared with, and (change, sentences)."""
    before = compared_with(edition=edition)
    if before is None:
        return {"compared": None}
    found = edition_changes(edition=edition, before=before)
    sentences = [(c, [reason_words(reason, number=before.label) for reason in c.reasons]) for c in found]
    return {"compared": before, "changed": sentences}
