"""Asking for approval, deciding, voiding. Every write holds the request's row, so that decisions come one by one.

Who may ask or approve is the caller's to check; that the asker never decides and nobody twice is held here and by the
database. The caller writes the audit entry in the same transaction.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from bluelamp.kernel.approvals.domain.rule import Decision, Vote, state_after
from bluelamp.kernel.approvals.domain.versions import is_version_hash
from bluelamp.kernel.approvals.models import Approval, ApprovalRequest
from bluelamp.kernel.people.models import User

_CHANGED = "The version that was to be approved is no longer the current one."


class ApprovalError(ValueError):
    """A decision or request that the rules do not allow; the message says why in one sentence."""


class AlreadyOpenError(ApprovalError):
    """Another request about the same subject is still open."""


class VersionChangedError(ApprovalError):
    """What the person approved is not the version that the request names; the request is void now."""


class RequestClosedError(ApprovalError):
    """The request was decided or voided before."""


class OwnRequestError(ApprovalError):
    """The person who asked may not decide."""


class AlreadyDecidedError(ApprovalError):
    """This person has decided about this request before."""


class NotApprovedError(ApprovalError):
    """Exactly this version has not been approved by enough people."""


def ask(
    *, subject_type: str, subject_id: str, version_hash: str, needed: int, asked_by: User, now: datetime
) -> ApprovalRequest:
    """Ask `needed` distinct people to approve one version. Raises AlreadyOpenError, or ValueError for bad arguments."""
    if not subject_type or not subject_id:
        raise ValueError("A request needs a subject.")
    if not is_version_hash(version_hash):
        raise ValueError("A version is named by 64 lower-case hexadecimal digits.")
    if needed < 1:
        raise ValueError("At least one person must approve.")
    try:
        with transaction.atomic():
            return ApprovalRequest.objects.create(
                subject_type=subject_type,
                subject_id=subject_id,
                version_hash=version_hash,
                needed=needed,
                asked_by=asked_by,
                asked_at=now,
            )
    except IntegrityError as taken:
        raise AlreadyOpenError("There is an open request about this already: decide or withdraw it first.") from taken


def approve(
    *, request: ApprovalRequest, person: User, version_hash: str, now: datetime, note: str = ""
) -> ApprovalRequest:
    """Approve the version with this hash, which the caller computed from the content that the person saw.

    Give back the request with its new state. Raises VersionChangedError, after voiding the request, where the hash is
    another (call it as the outermost transaction, else the caller's rollback takes the voiding back), and
    RequestClosedError, OwnRequestError, AlreadyDecidedError.
    """
    with transaction.atomic():
        held = _hold(request)
        _check_person(held=held, person=person)
        changed = version_hash != held.version_hash
        if changed:
            _close(held=held, state=ApprovalRequest.State.VOID, now=now, reason=_CHANGED)
        else:
            _decide(held=held, person=person, decision="approve", note=note, now=now)
    if changed:
        raise VersionChangedError("It was changed after approval was asked for. Read it again and ask anew.")
    return held


def reject(*, request: ApprovalRequest, person: User, note: str, now: datetime) -> ApprovalRequest:
    """Reject with a reason: one rejection decides. Raises RequestClosedError, OwnRequestError, AlreadyDecidedError."""
    if not note.strip():
        raise ValueError("A rejection needs a reason.")
    with transaction.atomic():
        held = _hold(request)
        _check_person(held=held, person=person)
        _decide(held=held, person=person, decision="reject", note=note, now=now)
    return held


def void(*, subject_type: str, subject_id: str, reason: str, now: datetime) -> int:
    """Void what was asked or approved about a subject; give the number of requests voided.

    The owner of the subject calls this in the same transaction as every change of it, before or after the change: an
    approver then comes either before (and the approval is voided here) or after (and finds the request void).
    """
    if not reason.strip():
        raise ValueError("Voiding needs a reason.")
    standing = [ApprovalRequest.State.OPEN, ApprovalRequest.State.APPROVED]
    with transaction.atomic():
        found = ApprovalRequest.objects.select_for_update().filter(subject_type=subject_type, subject_id=subject_id)
        held = list(found.filter(state__in=standing).order_by("pk"))
        for row in held:
            _close(held=row, state=ApprovalRequest.State.VOID, now=now, reason=reason.strip()[:300])
    return len(held)


def require_approved(*, subject_type: str, subject_id: str, version_hash: str, needed: int = 1) -> ApprovalRequest:
    """The approval of exactly this version by at least `needed` people. Raises NotApprovedError.

    Call it inside the transaction that acts on the approval: the row is held, so that nobody voids it meanwhile.
    """
    with transaction.atomic():
        found = ApprovalRequest.objects.select_for_update().filter(
            subject_type=subject_type,
            subject_id=subject_id,
            version_hash=version_hash,
            state=ApprovalRequest.State.APPROVED,
            needed__gte=needed,
        )
        approved = found.order_by("-decided_at").first()
    if approved is None:
        people = "one other person has" if needed == 1 else f"{needed} other people have"
        raise NotApprovedError(f"This can go on when {people} approved exactly this version.")
    return approved


def _hold(request: ApprovalRequest) -> ApprovalRequest:
    held = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
    if held.state != ApprovalRequest.State.OPEN:
        raise RequestClosedError(f"This request is {held.get_state_display()}.")
    return held


def _check_person(*, held: ApprovalRequest, person: User) -> None:
    if person.pk == held.asked_by_id:
        raise OwnRequestError("Who asks for approval cannot give it: another person must.")
    if held.approvals.filter(person=person).exists():
        raise AlreadyDecidedError("You have decided about this before.")


def _decide(*, held: ApprovalRequest, person: User, decision: Decision, note: str, now: datetime) -> None:
    Approval.objects.create(
        request=held, person=person, asker_id=held.asked_by_id, at=now, decision=decision, note=note.strip()[:1_000]
    )
    rows = held.approvals.values_list("person_id", "decision")
    votes = [Vote(person=str(p), decision="approve" if d == "approve" else "reject") for p, d in rows]
    state = state_after(votes=votes, needed=held.needed, asker=str(held.asked_by_id))
    if state != "open":
        _close(held=held, state=ApprovalRequest.State(state), now=now)


def _close(*, held: ApprovalRequest, state: ApprovalRequest.State, now: datetime, reason: str = "") -> None:
    held.state, held.decided_at, held.void_reason = state, now, reason
    held.save(update_fields=["state", "decided_at", "void_reason"])
