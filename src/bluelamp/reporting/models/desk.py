"""Who is on duty at the desk, and what officers note about a report."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bluelamp.kernel.people.models import Grant
from bluelamp.reporting.models.reports import Report


class DutyWatch(models.Model):
    """A person who said "I am on duty", in the capacity and scope of a grant. It ends by itself, or at sign-out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [models.Index(fields=["scope", "ended_at", "ends_at"], name="duty_watch_now")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="duty_watch_open_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="duty_watch_ends"),
        ]


class OfficerNote(models.Model):
    """An officer's words about a report, sealed with it. No reporter sees them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
