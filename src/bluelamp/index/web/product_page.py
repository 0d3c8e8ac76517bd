"""What the page of one product shows, for readers and, before it is out, for those who sign it or whom it is about."""

from collections.abc import Sequence
from typing import Any

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations import changes
from bluelamp.index.operations.reason_words import reason_words
from bluelamp.index.queries import shown_replies
from bluelamp.index.web import history, reads
from bluelamp.index.web.statements import crimes_words, listed_sightings, no_evidence
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import current_key
from bluelamp.ui.plots import round_up


def product_context(*, product: Product, edition: Edition | None, rows: Sequence[EditionRow]) -> dict[str, Any]:
    """What the template of a product needs. `rows` are all that the edition has of it, the one that is shown first."""
    row = rows[0] if rows else None
    since = changes.compared_with(edition=edition)
    context: dict[str, Any] = {
        "product": product,
        "row": row,
        "compared": since,
        "changes": [],
        "stands_as": [r.product_name for r in rows if r.product_key != product.key],
        "no_evidence": no_evidence(),
        "models": reads.models_of(product_key=product.key),
        "advice": (
            reads.advice_on(category=product.category, product_key=product.key)
            if row
            else reads.advice_near(product=product)
        ),
    }
    if since is not None and edition is not None:
        why = changes.product_changes(edition=edition, before=since, product_key=product.key)
        context["changes"] = [reason_words(reason, number=since.label) for reason in why]
    return context | (_figures(row, edition) if row is not None and edition is not None else {})


def draft_context(*, edition: Edition, row: EditionRow) -> dict[str, Any]:
    """The same of a row that is not out: exactly what readers would see of it, the maker's accepted reply too.

    Who may see it is the caller's to check.
    """
    found = reads.shown_product(key=row.product_key)
    if found is None:
        # Not in the catalogue, or not any more: the row says what the page would.
        found = Product(key=row.product_key, name=row.product_name, category=row.category, support=row.support)
    key = current_key(key=row.product_key)
    reply = shown_replies(keys=[key], origin=edition.origin).get(key)
    return {"edition": edition, "reply": reply, **product_context(product=found, edition=edition, rows=[row])}


def history_context(*, rows: Sequence[EditionRow], edition: Edition) -> dict[str, Any]:
    """What the history by year needs, of one product or of several."""
    lines = history.lines_of(rows=rows, edition=edition)
    return {
        "lines": lines,
        "highest": max((n for line in lines for n in line.year.months), default=0),
        "since": history.whole_time(edition=edition).start,
    }


def _figures(row: EditionRow, edition: Edition) -> dict[str, Any]:
    start = edition.period_start.isoformat()
    listed = listed_sightings(row=row)
    sources = reads.sources_of(edition)
    threshold = edition.parameters["high_threshold"]
    return {
        "inside": [s for s in listed if s["on"] >= start],
        "earlier": [s for s in listed if s["on"] < start],
        "crimes": crimes_words(row=row),
        "units": edition.coverage.get("units", {}).get(row.product_key, []),
        "its_kind": reads.kinds_of(edition).get(row.category),
        "others": reads.others_of(row=row, edition=edition),
        "months": reads.months_of(row=row, edition=edition),
        "sources": sources,
        "leaning": sources.get(row.leaning_on, {}).get("title", row.leaning_on),
        "model_names": reads.model_names(row=row),
        "top": round_up(max(row.high, row.jeffreys_high)),
        "threshold": threshold,
        "held_back": row.band != "high" and min(row.low, row.jeffreys_low) > threshold,
        **history_context(rows=[row], edition=edition),
        "whole": history.figures_of(rows=[row], edition=edition)[0],
    }
