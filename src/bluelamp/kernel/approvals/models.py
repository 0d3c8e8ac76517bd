"""Requests for approval of one exact version of something, and what each person decided."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ApprovalRequest(models.Model):
    """A request that `needed` distinct people approve one version.

    The subject is named by text (`alert`, its id), because this package knows nothing of what lies above it.
    `version_hash` is SHA-256 (hexadecimal) of its canonical content. `void` also ends an approval that was given: the
    owner of the subject calls it with every change.
    """

    class State(models.TextChoices):
        OPEN = "open", "waiting for decisions"
        APPROVED = "approved", "approved"
        REJECTED = "rejected", "rejected"
        VOID = "void", "void: it was changed or withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=100)
    version_hash = models.CharField(max_length=64)
    needed = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals_asked")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["asked_at"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="approval_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"], condition=Q(state="open"), name="approval_one_open_request"
            ),
            models.CheckConstraint(condition=Q(needed__gte=1), name="approval_needs_somebody"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "rejected", "void"]), name="approval_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="approval_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="void") & ~Q(void_reason="") | ~Q(state="void") & Q(void_reason=""),
                name="approval_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.state}"


class Approval(models.Model):
    """What one person decided about a request, once. `asker_id` is the request's, so that the database can compare."""

    class Decision(models.TextChoices):
        APPROVE = "approve", "approves"
        REJECT = "reject", "rejects"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="approvals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals_given")
    asker_id = models.UUIDField()
    at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices)
    note = models.CharField(max_length=1_000, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="approval_once_per_person"),
            models.CheckConstraint(condition=~Q(person=F("asker_id")), name="approval_not_by_asker"),
            models.CheckConstraint(condition=Q(decision__in=["approve", "reject"]), name="approval_decision_known"),
            models.CheckConstraint(condition=Q(decision="approve") | ~Q(note=""), name="approval_rejection_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} at {self.at:%Y-%m-%d %H:%M}"
