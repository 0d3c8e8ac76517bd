"""Sign-off of a draft: somebody asks, another analyst and the head of profession approve exactly what is published."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.index import permissions
from bluelamp.index.domain.checks import BLOCK
from bluelamp.index.domain.life import NEEDED_APPROVALS, SIGNING_CAPACITIES
from bluelamp.index.models import Edition, Signature
from bluelamp.index.operations.drafting import EditionError, hold_draft, own_id, said
from bluelamp.index.publishing_queries import SUBJECT, content_hash, open_checks
from bluelamp.kernel.approvals import operations as approvals
from bluelamp.kernel.approvals.models import ApprovalRequest
from bluelamp.kernel.approvals.queries import open_request
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.permit import note, require


def ask_sign_off(*, actor: Actor, edition_id: UUID, now: datetime) -> ApprovalRequest:
    """Ask an analyst and the head of profession, other than oneself, to sign a checked draft off.

    Raises NotPermittedError, EditionError, AlreadyOpenError.
    """
    require(actor=actor, action=permissions.ASK, subject=f"edition:{edition_id}", now=now)
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        if edition.checked_at is None:
            raise EditionError("Run the checks first.")
        waiting = open_checks(edition=edition)
        if waiting.exists():
            forbids = waiting.filter(severity=BLOCK).exists()
            raise EditionError("A check forbids it." if forbids else "Acknowledge what the checks found first.")
        request = approvals.ask(
            subject_type=SUBJECT,
            subject_id=str(edition.pk),
            version_hash=content_hash(edition=edition),
            needed=NEEDED_APPROVALS,
            asked_by=User.objects.get(pk=own_id(actor)),
            now=now,
        )
        note(actor=actor, action=permissions.ASK.code, subject=f"edition:{edition.pk}", now=now)
    return request


def sign(*, actor: Actor, edition_id: UUID, version_hash: str, now: datetime) -> ApprovalRequest:
    """Approve the version that the person was shown, in the capacity in use.

    An approval of anything but the present content voids the request and raises VersionChangedError; nothing is
    approved then. One capacity signs once: two analysts are not enough. Raises NotPermittedError, EditionError, and
    ApprovalError's others.
    """
    require(actor=actor, action=permissions.SIGN, subject=f"edition:{edition_id}", now=now)
    if actor.capacity not in SIGNING_CAPACITIES:
        raise EditionError("An analyst and the head of profession sign an edition off.")
    problem: approvals.VersionChangedError | None = None
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        request = _open(edition)
        if Signature.objects.filter(request_id=request.pk, capacity=actor.capacity).exists():
            raise EditionError("Somebody has signed in this capacity: the other one is missing.")
        present = content_hash(edition=edition)
        seen = version_hash if version_hash == present else _other(present)
        person = User.objects.get(pk=own_id(actor))
        try:
            request = approvals.approve(request=request, person=person, version_hash=seen, now=now)
        except approvals.VersionChangedError as changed:
            # The request is void now, and stays so: the error goes on when this transaction has ended.
            problem = changed
        else:
            Signature.objects.create(
                request_id=request.pk, edition=edition, person=person, capacity=actor.capacity, at=now
            )
        outcome = "failed" if problem else "done"
        note(actor=actor, action=permissions.SIGN.code, subject=f"edition:{edition.pk}", outcome=outcome, now=now)
    if problem:
        raise problem
    return request


def reject(*, actor: Actor, edition_id: UUID, reason: str, now: datetime) -> ApprovalRequest:
    """Reject a draft with a reason: one rejection ends the sign-off. Raises NotPermittedError, EditionError."""
    require(actor=actor, action=permissions.SIGN, subject=f"edition:{edition_id}", now=now)
    reason = said(reason, "Say why: whoever drafted it reads it.")
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        person = User.objects.get(pk=own_id(actor))
        request = approvals.reject(request=_open(edition), person=person, note=reason, now=now)
        note(actor=actor, action="index.reject", subject=f"edition:{edition.pk}", now=now)
    return request


def signed(*, edition: Edition) -> ApprovalRequest:
    """The approval of exactly what the edition holds now, by both capacities; held until the transaction ends.

    Raises NotApprovedError.
    """
    request = approvals.require_approved(
        subject_type=SUBJECT,
        subject_id=str(edition.pk),
        version_hash=content_hash(edition=edition),
        needed=NEEDED_APPROVALS,
    )
    capacities = set(Signature.objects.filter(request_id=request.pk).values_list("capacity", flat=True))
    if capacities != set(SIGNING_CAPACITIES):
        raise approvals.NotApprovedError("An analyst and the head of profession must both have signed this version.")
    return request


def _open(edition: Edition) -> ApprovalRequest:
    request = open_request(subject_type=SUBJECT, subject_id=str(edition.pk))
    if request is None:
        raise EditionError("Nobody has asked for the sign-off of this draft, or it is void: it was changed since.")
    return request


def _other(present: str) -> str:
    """A hash that is not the one given, so that approving what somebody else was shown voids the request."""
    return ("0" if present[0] != "0" else "1") + present[1:]
