"""The manifest of evidence: which files of sightings and records exist, from which source, and what was put aside."""

import uuid

from django.db import models
from django.db.models import Q


class Source(models.Model):
    """Who says so, under which licence, how often."""

    id = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    licence = models.CharField(max_length=200)
    url = models.URLField(max_length=300, blank=True)
    cadence = models.CharField(max_length=40)
    authority = models.BooleanField(default=False)
    derived_from = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.title


class Load(models.Model):
    """One file taken in. Its row in this table, not the file in the folder, makes the evidence visible.

    `content_hash` is of what came in, `file_hash` of the Parquet file that holds the rows (both SHA-256, hexadecimal).
    `repeated` rows stood in this file, or in another of the source, already, and are counted once.
    """

    class Status(models.TextChoices):
        VISIBLE = "visible", "in use"
        SUPERSEDED = "superseded", "replaced by a newer load"
        REFUSED = "refused", "refused: too many bad rows"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="loads")
    feed_id = models.CharField(max_length=60)
    table = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=Status.choices)
    content_hash = models.CharField(max_length=64)
    catalogue_version = models.CharField(max_length=64)
    file_hash = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    to_product = models.PositiveIntegerField(default=0)
    maker_only = models.PositiveIntegerField(default=0)
    unmapped = models.PositiveIntegerField(default=0)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    origin = models.CharField(max_length=12, default="live")
    marking = models.CharField(max_length=20, default="TLP:CLEAR")
    publish = models.CharField(max_length=10, default="full")
    added_at = models.DateTimeField(unique=True)

    class Meta:
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed_id", "content_hash"], condition=Q(status="visible"), name="load_visible_once"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["live", "exercise", "simulation", "test"]), name="load_origin_known"
            ),
            models.CheckConstraint(condition=Q(publish__in=["never", "aggregate", "full"]), name="load_publish_known"),
        ]


class QuarantinedRow(models.Model):
    """A row that could not be taken, with the reason and what it said (cut at 2,000 characters)."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="quarantine")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    raw = models.TextField()

    class Meta:
        ordering = ["load", "line"]
