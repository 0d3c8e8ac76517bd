"""Editions of the Security Index: the frozen input's hash, the parameters, and the published figures."""

import uuid

from django.db import models
from django.db.models import Q


class Edition(models.Model):
    """One built Index. Its input (product x month x kind x source, integers) is a file named by `input_hash`.

    `base` is the edition whose period trends are also
    held against. A specimen is made from a public authority's list, is unsigned, and cannot be published.
    """

    class Status(models.TextChoices):
        SPECIMEN = "specimen", "specimen"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SPECIMEN)
    origin = models.CharField(max_length=12, default="live")
    period_start = models.DateField()
    period_end = models.DateField()
    built_at = models.DateTimeField(unique=True)
    input_hash = models.CharField(max_length=64)
    products_hash = models.CharField(max_length=64)
    figures_hash = models.CharField(max_length=64)
    parameters = models.JSONField()
    code_version = models.CharField(max_length=80)
    lock_hash = models.CharField(max_length=64)
    coverage = models.JSONField()
    narrower = models.JSONField(default=list)
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="compared_with_it")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(origin__in=["live", "exercise", "simulation", "test"]), name="edition_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(period_start__lte=models.F("period_end")), name="edition_period_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} edition {self.number}"


class EditionRow(models.Model):
    """One product's figures in one edition; rates are dates a year, `low` and `high` the shrunk 90 % interval.

    The meaning of each figure is that of `index.domain.method.Figure`.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rows")
    product_key = models.CharField(max_length=300)
    maker_key = models.CharField(max_length=120)
    product_name = models.CharField(max_length=300)
    maker_name = models.CharField(max_length=300)
    category = models.CharField(max_length=40)
    group = models.CharField(max_length=20)
    support = models.CharField(max_length=10, blank=True)
    dates = models.PositiveIntegerField()
    dates_before = models.PositiveIntegerField()
    dates_ever = models.PositiveIntegerField()
    recorded_crimes = models.PositiveIntegerField()
    rate = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    shrunk = models.FloatField()
    jeffreys_low = models.FloatField()
    jeffreys_high = models.FloatField()
    band = models.CharField(max_length=12)
    rank_low = models.PositiveIntegerField()
    rank_high = models.PositiveIntegerField()
    trend = models.CharField(max_length=20)
    trend_low = models.FloatField(null=True)
    trend_high = models.FloatField(null=True)
    monthly = models.JSONField()
    first_seen = models.DateField()
    last_seen = models.DateField()
    sightings = models.JSONField()
    named = models.BooleanField()
    ebgm = models.FloatField(default=0)
    eb05 = models.FloatField(default=0)
    leaning_on = models.CharField(max_length=60, blank=True)
    dates_without = models.PositiveIntegerField(default=0)
    base_dates = models.PositiveIntegerField(null=True)
    base_trend = models.CharField(max_length=20, blank=True)
    base_low = models.FloatField(null=True)
    base_high = models.FloatField(null=True)
    units = models.PositiveBigIntegerField(default=0)
    crime_rate = models.FloatField(null=True)
    crime_low = models.FloatField(null=True)
    crime_high = models.FloatField(null=True)
    crime_ratio = models.FloatField(null=True)

    class Meta:
        ordering = ["edition", "product_key"]
        indexes = [models.Index(fields=["edition", "category", "-last_seen"])]
        constraints = [
            models.UniqueConstraint(fields=["edition", "product_key"], name="edition_row_once"),
            models.CheckConstraint(condition=Q(band__in=["high", "low", "cannot-tell"]), name="edition_band_known"),
        ]
