"""Files of many reports between their check and their sending."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from bluelamp.reporting.models.common import ORIGINS


class Upload(models.Model):
    """A file of reports, sealed with a key that only the cookie of its browser holds: nobody here can read it.

    `rows` counts the reports in it. `by` and `organisation_id` are those of somebody signed in who reports for others.
    `done_at`: everything good in it was sent; what stays until `expires_at` are the words of what was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("cy", "Cymraeg")])
    origin = models.CharField(max_length=12, default="live")
    rows = models.PositiveIntegerField()
    sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organisation_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="upload_origin_known"),
            models.CheckConstraint(condition=Q(language__in=["en", "cy"]), name="upload_language_known"),
        ]


class UploadSent(models.Model):
    """One row of an upload that became a report: its reference, and its words sealed like the upload."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="sent")
    row = models.PositiveIntegerField()
    reference = models.CharField(max_length=11)
    sealed = models.BinaryField()

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["upload", "row"], name="upload_row_once")]
