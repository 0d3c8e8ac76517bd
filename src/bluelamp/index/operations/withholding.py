"""Withholding a product or its count of crimes from a draft, and showing it again. What changes nothing is refused."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.index import permissions
from bluelamp.index.draft_queries import CRIMES, PRODUCT
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.drafting import EditionError, changed, hold_draft, said
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require

FIELDS = {PRODUCT: "withheld", CRIMES: "crimes_withheld"}
_VOIDED = "A product or a count was withheld or shown again."


class NothingChangesError(EditionError):
    """The draft would stay as it is, so its checks and signatures stand."""


def withhold(*, actor: Actor, edition_id: UUID, product_key: str, what: str, reason: str, now: datetime) -> None:
    """Show a product (`what` = "product") or only its count of crimes ("crimes") not at all in a draft.

    Raises NotPermittedError, EditionError, NothingChangesError where it is not shown anyway.
    """
    require(actor=actor, action=permissions.DRAFT, subject=f"edition:{edition_id}", now=now)
    reason = said(reason, "Say why it is withheld.")[:300]
    with transaction.atomic():
        edition, row = _held(edition_id, product_key, what)
        if row.withheld or (what == CRIMES and row.crimes_withheld):
            raise NothingChangesError("It is withheld already.")
        if not row.named:
            raise NothingChangesError("The draft does not name this product.")
        if what == CRIMES and not shows_crimes(row):
            raise NothingChangesError("The draft shows no count of crimes of this product.")
        _store(actor, edition, row, what=what, reason=reason, now=now)


def show_again(*, actor: Actor, edition_id: UUID, product_key: str, what: str, now: datetime) -> None:
    """Show what was withheld. Raises NotPermittedError, EditionError, NothingChangesError where nothing was."""
    require(actor=actor, action=permissions.DRAFT, subject=f"edition:{edition_id}", now=now)
    with transaction.atomic():
        edition, row = _held(edition_id, product_key, what)
        if not getattr(row, FIELDS[what]):
            raise NothingChangesError("It is not withheld.")
        _store(actor, edition, row, what=what, reason="", now=now)


def shows_crimes(row: EditionRow) -> bool:
    """Whether readers would see anything of the crimes counted for a product."""
    return bool(row.public_crimes) or any(rate is not None for rate in row.crime_rates.values())


def _held(edition_id: UUID, product_key: str, what: str) -> tuple[Edition, EditionRow]:
    if what not in FIELDS:
        raise EditionError("Either a product or its count of crimes is withheld.")
    edition = hold_draft(edition_id=edition_id)
    row = edition.rows.filter(product_key=product_key).first()
    if row is None:
        raise EditionError("The draft holds no such product.")
    return edition, row


def _store(actor: Actor, edition: Edition, row: EditionRow, *, what: str, reason: str, now: datetime) -> None:
    setattr(row, FIELDS[what], reason)
    row.save(update_fields=[FIELDS[what]])
    changed(edition=edition, reason=_VOIDED, now=now)
    action = "index.withhold" if reason else "index.show-again"
    subject = f"edition:{edition.pk}"
    note(actor=actor, action=action, subject=subject, number=edition.label, product=row.product_key, now=now)
