"""Reads of requests for approval."""

from django.db.models import QuerySet

from bluelamp.kernel.approvals.models import ApprovalRequest
from bluelamp.kernel.people.models import User


def open_request(*, subject_type: str, subject_id: str) -> ApprovalRequest | None:
    """The request that waits for decisions about a subject, if there is one."""
    found = ApprovalRequest.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return found.filter(state=ApprovalRequest.State.OPEN).first()


def history(*, subject_type: str, subject_id: str) -> QuerySet[ApprovalRequest]:
    """Every request about a subject with what each person decided, oldest first."""
    found = ApprovalRequest.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return found.select_related("asked_by").prefetch_related("approvals__person").order_by("asked_at")


def waiting_for(*, person: User) -> QuerySet[ApprovalRequest]:
    """Open requests that this person neither asked nor decided; permission by subject is the caller's to check."""
    waiting = ApprovalRequest.objects.filter(state=ApprovalRequest.State.OPEN).exclude(asked_by=person)
    return waiting.exclude(approvals__person=person).select_related("asked_by").order_by("asked_at")


def is_approved(*, subject_type: str, subject_id: str, version_hash: str, needed: int = 1) -> bool:
    """Whether exactly this version was approved by at least `needed` people, for showing only.

    Before acting on an approval call `operations.require_approved`, which holds the answer until the transaction ends.
    """
    return ApprovalRequest.objects.filter(
        subject_type=subject_type,
        subject_id=subject_id,
        version_hash=version_hash,
        needed__gte=needed,
        state=ApprovalRequest.State.APPROVED,
    ).exists()
