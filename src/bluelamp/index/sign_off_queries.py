"""Reads of a sign-off: the signatures that stand for what an edition holds, and those of earlier requests."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from bluelamp.index.models import Edition, Signature
from bluelamp.index.publishing_queries import SUBJECT, sign_off_request
from bluelamp.kernel.approvals.models import ApprovalRequest
from bluelamp.kernel.approvals.queries import history
from bluelamp.kernel.people.domain.actor import Actor

# Why somebody who signs may not sign now.
ASKED, SIGNED, CAPACITY_SIGNED = "asked", "signed", "capacity-signed"


@dataclass(frozen=True)
class PastSignOff:
    """A request that stands no more: what was signed of it counts for nothing.

    `reason` says why it is void; for one that was rejected it is what `rejected_by` wrote.
    """

    request: ApprovalRequest
    signatures: Sequence[Signature]
    reason: str
    rejected_by: str = ""


def standing_signatures(*, request: ApprovalRequest | None) -> list[Signature]:
    """The signatures of the request that stands; none without one."""
    return list(_of(request)) if request is not None else []


def past_sign_offs(*, edition: Edition) -> list[PastSignOff]:
    """The requests that are void or were rejected, newest first, each with its signatures."""
    standing = sign_off_request(edition=edition)
    earlier = history(subject_type=SUBJECT, subject_id=str(edition.pk))
    if standing is not None:
        earlier = earlier.exclude(pk=standing.pk)
    return [_past(request) for request in reversed(earlier)]


def why_not_signing(*, request: ApprovalRequest, actor: Actor) -> str:
    """The code of what keeps a person from signing what was asked for, "" where nothing does."""
    if request.asked_by_id == actor.user_id:
        return ASKED
    if request.approvals.filter(person=actor.user_id).exists():
        return SIGNED
    return CAPACITY_SIGNED if _of(request).filter(capacity=actor.capacity).exists() else ""


def _past(request: ApprovalRequest) -> PastSignOff:
    rejection = next((a for a in request.approvals.all() if a.decision == "reject"), None)
    if rejection is None:
        return PastSignOff(request, list(_of(request)), request.void_reason)
    return PastSignOff(request, list(_of(request)), rejection.note, str(rejection.person))


def _of(request: ApprovalRequest) -> QuerySet[Signature]:
    return Signature.objects.filter(request_id=request.pk).select_related("person")
