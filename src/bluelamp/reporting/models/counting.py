"""What is counted of reports and outlives them: sightings, how the journey goes, public figures."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bluelamp.reporting.models.reports import Report


class ReportSighting(models.Model):
    """That a report, or a crime recorded from it, named a product: what becomes evidence. An erasure leaves it.

    `on` is the day on which we heard of it (London); `place` a force's slug, "" where no geography may be told.
    """

    class Kind(models.TextChoices):
        REPORT = "citizen_report", "citizens' report"
        CRIME = "recorded_crime", "recorded crime"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sightings")
    product_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    on = models.DateField()
    place = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["on", "product_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "product_key", "kind"], name="report_sighting_once"),
            models.CheckConstraint(condition=Q(kind__in=["citizen_report", "recorded_crime"]), name="sighting_kind"),
        ]


class JourneyCount(models.Model):
    """How often something happened on a page of the journey on a day: a number, tied to nobody."""

    day = models.DateField()
    page = models.CharField(max_length=40)
    what = models.CharField(max_length=12)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "page", "what"], name="journey_count_once")]
        indexes = [models.Index(fields=["what", "day"], name="journey_count_what")]


class PublicFigures(models.Model):
    """The public counts of one quarter, frozen when it was over, so that no two publications can be subtracted.

    `tables` hold only what may be shown (reporting/domain/suppression.py). An analyst checks, another person publishes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quarter = models.CharField(max_length=7, unique=True)
    tables = models.JSONField()
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-quarter"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(checked_by__isnull=False) & ~Q(published_by=F("checked_by")),
                name="figures_two_people",
            ),
        ]
