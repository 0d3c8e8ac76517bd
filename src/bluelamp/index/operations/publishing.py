"""Publishing a signed draft, putting a correction in the place of what it corrects, withdrawing."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bluelamp.index import permissions
from bluelamp.index.domain import checks, life
from bluelamp.index.domain.life import Readiness, may_become, obstacles
from bluelamp.index.models import Edition
from bluelamp.index.operations.checking import findings_of
from bluelamp.index.operations.drafting import EditionError, said
from bluelamp.index.operations.editions import verify_edition
from bluelamp.index.operations.signing import signed
from bluelamp.index.publishing_queries import base_edition, content_hash, needed_previews, unpreviewed, waiting_replies
from bluelamp.index.queries import named_rows, newest_published
from bluelamp.kernel.approvals.operations import NotApprovedError
from bluelamp.kernel.catalogue.queries import former_keys
from bluelamp.kernel.events import EditionCorrected, EditionPublished, EditionWithdrawn
from bluelamp.kernel.outbox.operations import announce
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require


class NotReadyError(EditionError):
    """A draft may not be published today; `obstacles` are the codes of what stands in the way."""

    def __init__(self, found: tuple[str, ...]) -> None:
        super().__init__("This edition cannot be published yet: " + ", ".join(found))
        self.obstacles = found


def publish(*, actor: Actor, edition_id: UUID, today: date, now: datetime) -> Edition:
    """Publish a draft today (the day in London): exactly what was signed, and nothing but evidence of origin live.

    A correction takes the place of the revision that it corrects, which stays readable as replaced. Raises
    NotPermittedError, NotReadyError, EditionError (figures that cannot be built again).
    """
    require(actor=actor, action=permissions.PUBLISH, subject=f"edition:{edition_id}", now=now)
    with transaction.atomic():
        edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
        if edition is None:
            raise EditionError("There is no such edition.")
        found = obstacles(facts=readiness(edition=edition), today=today)
        if not found:
            found = _final_look(edition, today)
    if found:
        note(
            actor=actor,
            action=permissions.PUBLISH.code,
            subject=f"edition:{edition_id}",
            outcome="refused",
            reason=" ".join(found),
            now=now,
        )
        raise NotReadyError(found)
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=edition_id)
        # Asked again now that nobody can change the draft any more: the approval is held, too.
        found = obstacles(facts=readiness(edition=edition), today=today)
        if found:
            raise NotReadyError(found)
        signed(edition=edition)
        old = edition.replaces
        if old is not None:
            Edition.objects.filter(pk=old.pk).update(status=Edition.Status.REPLACED, replaced_at=now)
        edition.version_hash = content_hash(edition=edition)
        edition.status, edition.published_at = Edition.Status.PUBLISHED, now
        edition.save(update_fields=["version_hash", "status", "published_at"])
        announce(event=EditionPublished(edition=edition.pk), now=now)
        if old is not None:
            announce(event=EditionCorrected(edition=edition.pk, replaced=old.pk), now=now)
        note(
            actor=actor,
            action=permissions.PUBLISH.code,
            subject=f"edition:{edition.pk}",
            number=edition.label,
            version=edition.version_hash,
            now=now,
        )
    return edition


def withdraw(*, actor: Actor, edition_id: UUID, reason: str, now: datetime) -> Edition:
    """Withdraw what was published: its figures are shown no more, that it was out and why it is not any more stays.

    Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.WITHDRAW, subject=f"edition:{edition_id}", now=now)
    reason = said(reason, "Say why it is withdrawn: readers see it.")
    with transaction.atomic():
        edition = Edition.objects.select_for_update().filter(pk=edition_id).first()
        if edition is None or not may_become(status=edition.status, wanted=life.WITHDRAWN):
            raise EditionError("Only what was published can be withdrawn.")
        edition.status, edition.withdrawn_at = Edition.Status.WITHDRAWN, now
        edition.withdrawn_reason = reason
        edition.save(update_fields=["status", "withdrawn_at", "withdrawn_reason"])
        announce(event=EditionWithdrawn(edition=edition.pk), now=now)
        note(actor=actor, action=permissions.WITHDRAW.code, subject=f"edition:{edition.pk}", now=now)
    return edition


def readiness(*, edition: Edition) -> Readiness:
    """What is known of a draft, for `obstacles`. Reads only."""
    release = getattr(edition, "release", None)
    previews = needed_previews(edition=edition)
    standing = list(edition.checks.filter(acknowledged_at=None).values_list("severity", flat=True))
    keys = list(named_rows(edition=edition).values_list("product_key", flat=True))
    try:
        with transaction.atomic():
            signed(edition=edition)
        approved = True
    except NotApprovedError:
        approved = False
    return Readiness(
        status=edition.status,
        origin=edition.origin,
        evidence_origins=frozenset(load["origin"] for load in edition.evidence),
        release_on=release.on if release else None,
        release_cancelled=bool(release and release.cancelled_at),
        checked=edition.checked_at is not None,
        open_checks=standing.count(checks.ASK),
        blocking_checks=standing.count(checks.BLOCK),
        unpreviewed=[row.product_key for row in unpreviewed(edition=edition)],
        previews_end=max((p.ends_on for p in previews), default=None),
        replies_waiting=waiting_replies()
        .filter(product_key__in={*keys, *former_keys(keys=keys)}, origin=edition.origin)
        .count(),
        approved=approved,
        compared_is_current=_compared_is_current(edition),
    )


def _compared_is_current(edition: Edition) -> bool:
    """Whether what the draft was compared with, or corrects, and the base of its trends are still what is published."""
    if edition.base != base_edition(months=edition.parameters["period_months"], besides=edition):
        return False
    if edition.replaces is not None:
        return edition.replaces.status == Edition.Status.PUBLISHED
    return edition.previous == newest_published()


def _final_look(edition: Edition, today: date) -> tuple[str, ...]:
    """Checks once more, against the evidence of this moment: what nobody has seen yet stops it."""
    if not verify_edition(edition=edition).same:
        raise EditionError("The figures cannot be built again from the frozen input. Build the draft anew.")
    known = set(edition.checks.values_list("check_code", "code", "subject"))
    new = [f for f in findings_of(edition=edition, today=today) if (f.check, f.code, f.subject) not in known]
    return (life.CHECKS_OPEN,) if new else ()
