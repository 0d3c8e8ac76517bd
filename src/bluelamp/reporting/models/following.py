"""What a reporter can see and do after sending: steps, posts both ways, contacts, and an open tracking page."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from bluelamp.kernel.messaging.models import Contact
from bluelamp.reporting.domain.life import POST_KINDS
from bluelamp.reporting.models.reports import Report


class Follow(models.Model):
    """One browser that a reporter opened the tracking page in. `full`: not quiet, or their own word was right."""

    token_digest = models.CharField(max_length=64, primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    full = models.BooleanField()
    opened_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)


class Step(models.Model):
    """One step in the life of a report. Rows are only added. `shown`: the reporter reads it.

    `role` is the capacity that acted, `reporter` or `system`; `by` the audit id, which no reporter sees. `detail` holds
    codes and days, never words.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    act = models.CharField(max_length=30)
    role = models.CharField(max_length=40)
    by = models.CharField(max_length=60)
    shown = models.BooleanField()
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]


class Post(models.Model):
    """Words from or to the reporter, sealed with the report (operations/steps.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in POST_KINDS])
    from_reporter = models.BooleanField()
    sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=POST_KINDS), name="post_kind_known"),
            models.CheckConstraint(
                condition=Q(from_reporter=True, by__isnull=True) | Q(from_reporter=False), name="post_reporter_unknown"
            ),
        ]


class ReportContact(models.Model):
    """A way to reach the reporter by messages. `code_digest`: of a one-time code that proves it, until `code_until`.

    `verified_at`: the code came back, so that it may help to recover lost words.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="contacts")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
