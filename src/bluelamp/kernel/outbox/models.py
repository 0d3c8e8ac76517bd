"""What is to be told to whom, and what runs when."""

import uuid

from django.db import models
from django.db.models import Q

_LEASE_WHOLE = Q(lease_token__isnull=True, leased_until__isnull=True) | Q(
    lease_token__isnull=False, leased_until__isnull=False
)


class Delivery(models.Model):
    """One event for one handler.

    It waits until `due_at`; a worker takes it by a lease; then it is done, waits again, or is dead. A dead letter that
    staff discarded has both `dead_at` and `done_at`. An attempt counts when it begins, so that a handler that kills its
    worker comes to an end too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=60)
    payload = models.JSONField()
    handler = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(done_at=None, dead_at=None), name="delivery_waiting"),
            models.Index(fields=["dead_at"], condition=Q(done_at=None, dead_at__isnull=False), name="delivery_dead"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="delivery_done"),
        ]
        constraints = [
            models.CheckConstraint(condition=_LEASE_WHOLE, name="delivery_lease_whole"),
            models.CheckConstraint(
                condition=Q(lease_token=None) | Q(done_at=None, dead_at=None), name="delivery_ended_without_lease"
            ),
        ]


class ScheduledJob(models.Model):
    """When a job runs next and how the last run went. `failures` counts starts since the last good end."""

    name = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()
    last_started = models.DateTimeField(null=True)
    last_finished = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=_LEASE_WHOLE, name="job_lease_whole")]
