"""Drafting an edition, building it anew, and beginning a correction.

Every change of a draft voids what was asked or approved about it, in the same transaction. Its row is held meanwhile,
so that changes, checks and sign-off of one edition come one after the other.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bluelamp.index import permissions
from bluelamp.index.domain.life import DRAFT, PUBLISHED
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.said import LEAST_REASON, SHORT_REASON
from bluelamp.index.models import Edition
from bluelamp.index.operations.editions import Prepared, next_number, next_time, prepare_edition, store_rows
from bluelamp.index.publishing_queries import SUBJECT, base_edition, changes_between
from bluelamp.index.queries import newest_published
from bluelamp.kernel.approvals.operations import void
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require

LONGEST_REASON = 500


class EditionError(ValueError):
    """Something cannot be done with an edition as it is; the message says why in one sentence."""


def draft(*, actor: Actor, origin: str = "live", now: datetime) -> Edition:
    """Draft the next edition from the visible evidence.

    Only a draft of origin live can ever be published. Raises NotPermittedError, NoEvidenceError, OSError (full disk).
    """
    require(actor=actor, action=permissions.DRAFT, now=now)
    parameters = Parameters()
    prepared = prepare_edition(parameters=parameters, base=base_edition(months=parameters.period_months))
    with transaction.atomic():
        edition = Edition.objects.create(
            status=Edition.Status.DRAFT,
            number=next_number(),
            origin=origin,
            built_at=next_time(now=now),
            previous=newest_published(),
            drafted_by_id=own_id(actor),
            **prepared.fields,
        )
        store_rows(edition=edition, prepared=prepared)
        _note(actor, permissions.DRAFT.code, edition, now)
    return edition


def redraft(*, actor: Actor, edition_id: UUID, now: datetime) -> tuple[Edition, bool]:
    """Build a draft anew from the evidence as it is now, beside what is published now; say whether anything changed.

    What was withheld stays withheld. A correction keeps its period, an edition ends at the newest evidence. Where
    nothing changed, approvals stand. Raises NotPermittedError, EditionError, NoEvidenceError.
    """
    require(actor=actor, action=permissions.DRAFT, subject=f"edition:{edition_id}", now=now)
    old = _draft(edition_id)
    prepared = _prepared(old, end=old.period_end if old.replaces_id else None)
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        previous = edition.replaces or newest_published()
        if edition.previous == previous and not _differs(edition, prepared):
            return edition, False
        edition.previous = previous
        withheld = {r.product_key: (r.withheld, r.crimes_withheld) for r in edition.rows.all()}
        edition.built_at = next_time(now=now)
        for name, value in prepared.fields.items():
            setattr(edition, name, value)
        store_rows(edition=edition, prepared=prepared)
        for row in edition.rows.filter(product_key__in=[k for k, reasons in withheld.items() if any(reasons)]):
            row.withheld, row.crimes_withheld = withheld[row.product_key]
            row.save(update_fields=["withheld", "crimes_withheld"])
        changed(edition=edition, reason="It was built anew from other evidence.", now=now)
        _note(actor, "index.redraft", edition, now)
    return edition, True


def correct(*, actor: Actor, edition_id: UUID, reason: str, now: datetime) -> Edition:
    """Begin a correction of a published edition: a draft of the same number and period from the evidence as it is now.

    The published one stays until the correction is published. `reason` is public. Raises NotPermittedError,
    EditionError, NoEvidenceError.
    """
    require(actor=actor, action=permissions.CORRECT, subject=f"edition:{edition_id}", now=now)
    reason = said(reason, "Say what was wrong: readers see it.")
    old = Edition.objects.filter(pk=edition_id).first()
    if old is None or old.status != PUBLISHED:
        raise EditionError("Only a published edition is corrected.")
    prepared = _prepared(old, end=old.period_end)
    try:
        with transaction.atomic():
            held = Edition.objects.select_for_update().get(pk=edition_id)
            if held.status != PUBLISHED:
                raise EditionError("Only a published edition is corrected.")
            made = Edition.objects.create(
                status=Edition.Status.DRAFT,
                number=held.number,
                revision=held.revision + 1,
                replaces=held,
                previous=held,
                reason=reason,
                origin=held.origin,
                built_at=next_time(now=now),
                drafted_by_id=own_id(actor),
                **prepared.fields,
            )
            store_rows(edition=made, prepared=prepared)
            for row in held.rows.exclude(withheld="", crimes_withheld=""):
                own = made.rows.filter(product_key=row.product_key)
                own.update(withheld=row.withheld, crimes_withheld=row.crimes_withheld)
            state_changes(edition=made)
            _note(actor, permissions.CORRECT.code, made, now, corrects=str(held.pk))
    except IntegrityError as taken:
        raise EditionError("A correction of this edition has been begun already.") from taken
    return made


def drop(*, actor: Actor, edition_id: UUID, reason: str, now: datetime) -> None:
    """Give a draft up, with everything that belongs to it.

    Not where a maker was shown something of it: then the draft stays. Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.DRAFT, subject=f"edition:{edition_id}", now=now)
    said(reason, "Say why the draft is given up.")
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        if edition.previews.exists() or edition.early_access.exists() or edition.signatures.exists():
            raise EditionError("Others have been shown this draft, so it is kept. Build it anew instead.")
        if hasattr(edition, "release"):
            edition.release.edition = None
            edition.release.save(update_fields=["edition"])
        void(subject_type=SUBJECT, subject_id=str(edition.pk), reason="The draft was given up.", now=now)
        _note(actor, "index.drop", edition, now)
        edition.delete()


def hold_draft(*, edition_id: UUID) -> Edition:
    """A draft, held until the caller's transaction ends. Raises EditionError for anything else."""
    edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
    if edition is None or edition.status != DRAFT:
        raise EditionError("This is no draft: it is published, a specimen, or gone.")
    return edition


def changed(*, edition: Edition, reason: str, now: datetime) -> None:
    """Store a held draft that was changed: it needs its checks again, and what was approved about it is void."""
    edition.checked_at = None
    state_changes(edition=edition)
    void(subject_type=SUBJECT, subject_id=str(edition.pk), reason=reason, now=now)


def state_changes(*, edition: Edition) -> None:
    """Store a draft; of a correction also what it changes."""
    if edition.replaces is not None:
        edition.changes = changes_between(before=edition.replaces, after=edition)
    edition.save()


def own_id(actor: Actor) -> UUID:
    """Who acts. Raises EditionError for nobody, whom `require` refuses before."""
    if actor.user_id is None:
        raise EditionError("Nobody is signed in.")
    return actor.user_id


def said(text: str, missing: str, *, least: int = LEAST_REASON) -> str:
    """A reason, without needless spaces and not too long. Raises EditionError where it is missing or says nothing."""
    text = " ".join(text.split())[:LONGEST_REASON]
    if not text:
        raise EditionError(missing)
    if len(text) < least:
        raise EditionError(SHORT_REASON)
    return text


def _draft(edition_id: UUID) -> Edition:
    edition = Edition.objects.filter(pk=edition_id, status=DRAFT).first()
    if edition is None:
        raise EditionError("This is no draft: it is published, a specimen, or gone.")
    return edition


def _prepared(edition: Edition, *, end: date | None) -> Prepared:
    """An edition's parameters with the evidence as it is now, held against the base edition of today."""
    parameters = Parameters.from_dict({k: v for k, v in edition.parameters.items() if k not in ("sources", "moved")})
    base = base_edition(months=parameters.period_months, besides=edition)
    return prepare_edition(parameters=parameters, base=base, end=end)


def _differs(edition: Edition, prepared: Prepared) -> bool:
    same = ("input_hash", "products_hash", "figures_hash", "code_version", "lock_hash", "base", "coverage", "narrower")
    if any(getattr(edition, name) != prepared.fields[name] for name in same):
        return True
    # Entries may be exchanged without a count changing: what the page lists is part of the edition.
    kept = dict(edition.rows.values_list("product_key", "sightings"))
    return any(prepared.details.get(key) != sightings for key, sightings in kept.items())


def _note(actor: Actor, action: str, edition: Edition, now: datetime, **detail: str) -> None:
    note(actor=actor, action=action, subject=f"edition:{edition.pk}", number=edition.label, now=now, **detail)
