"""Editions of the Security Index and their figures, product by product."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from bluelamp.index.domain.checks import KINDS
from bluelamp.index.domain.period import months_since
from bluelamp.index.domain.units import public_crimes

ORIGINS = ["live", "exercise", "simulation", "test"]
_OUT = ["published", "replaced", "withdrawn"]
CRIME_RATES = ("crime_rate", "crime_low", "crime_high", "crime_ratio")


class Edition(models.Model):
    """One built Index. Its input (product x month x kind x source, integers) is a file named by `input_hash`.

    `base` is the edition whose period trends are also held against. A specimen is made from a public authority's list,
    is unsigned, and cannot be published. A correction has the number of the edition that it `replaces`, and the next
    `revision`; `changes` says what it changed, product by product. `evidence` are the loads that it was built from,
    `previous` the edition that its checks compare it with; `version_hash` is what was signed and published.
    """

    class Status(models.TextChoices):
        SPECIMEN = "specimen", "specimen"
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        REPLACED = "replaced", "replaced by a correction"
        WITHDRAWN = "withdrawn", "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField()
    revision = models.PositiveSmallIntegerField(default=0)
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
    evidence = models.JSONField(default=list)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="checked_against_it")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(max_length=500, blank=True)
    changes = models.JSONField(default=list)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    version_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["number", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["number", "revision"], name="edition_revision_once"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(status="published"), name="edition_one_published_revision"
            ),
            models.CheckConstraint(condition=Q(status__in=["specimen", "draft", *_OUT]), name="edition_status_known"),
            # Nothing but live, signed content ever leaves; a specimen has nobody who drafted it.
            models.CheckConstraint(
                condition=~Q(status__in=_OUT)
                | Q(origin="live", published_at__isnull=False, drafted_by__isnull=False) & ~Q(version_hash=""),
                name="edition_out_is_live_and_signed",
            ),
            models.CheckConstraint(
                condition=~Q(status="specimen") | Q(drafted_by__isnull=True, published_at__isnull=True),
                name="edition_specimen_never_out",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn") & Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")
                | ~Q(status="withdrawn") & Q(withdrawn_at__isnull=True),
                name="edition_withdrawn_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="replaced") | Q(replaced_at__isnull=False), name="edition_replaced_has_time"
            ),
            models.CheckConstraint(
                condition=Q(revision=0, replaces__isnull=True)
                | Q(revision__gt=0, replaces__isnull=False) & ~Q(reason=""),
                name="edition_correction_has_reason",
            ),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="edition_origin_known"),
            models.CheckConstraint(
                condition=Q(period_start__lte=models.F("period_end")), name="edition_period_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} edition {self.label}"

    @property
    def label(self) -> str:
        """The number, with the revision where it is a correction: 3, 3.1, 3.2."""
        return f"{self.number}.{self.revision}" if self.revision else str(self.number)

    @property
    def months_since_base(self) -> int:
        """The whole months since the base edition's period ended that trends are reckoned from, at most a period's."""
        since = months_since(end=self.period_end, before=self.base.period_end) if self.base else 0
        return min(since, int(self.parameters["period_months"]))

    @property
    def copies(self) -> frozenset[str]:
        """The ids of its sources that repeat another one."""
        return frozenset(s["id"] for s in self.coverage.get("sources", []) if s.get("derived_from"))

    @property
    def lacks(self) -> list[str]:
        """The kinds of evidence that it does not have."""
        return [kind for kind in KINDS if kind not in self.coverage.get("kinds", ["exploited"])]


class EditionRow(models.Model):
    """One product's figures in one edition; rates are dates a year, `low` and `high` the shrunk 90 % interval.

    The meaning of each figure is that of `index.domain.figures.Figure`.
    `withheld` says why a draft does not show the product (a proven error), `crimes_withheld` the same of its count of
    crimes; "" where it shows them.
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
    since_base = models.PositiveIntegerField(null=True)
    base_trend = models.CharField(max_length=20, blank=True)
    base_low = models.FloatField(null=True)
    base_high = models.FloatField(null=True)
    units = models.PositiveBigIntegerField(default=0)
    crime_rate = models.FloatField(null=True)
    crime_low = models.FloatField(null=True)
    crime_high = models.FloatField(null=True)
    crime_ratio = models.FloatField(null=True)
    withheld = models.CharField(max_length=300, blank=True)
    crimes_withheld = models.CharField(max_length=300, blank=True)

    @property
    def public_crimes(self) -> str:
        """What is published of the count of crimes: "", "5-9" or the number rounded to five (RED-LINES 7)."""
        return "" if self.crimes_withheld else public_crimes(crimes=self.recorded_crimes)

    @property
    def crime_rates(self) -> dict[str, float | None]:
        """The crimes by units in use as they are published: nothing where the count of crimes was withheld."""
        return {name: None if self.crimes_withheld else getattr(self, name) for name in CRIME_RATES}

    class Meta:
        ordering = ["edition", "product_key"]
        indexes = [models.Index(fields=["edition", "category", "-last_seen"])]
        constraints = [
            models.UniqueConstraint(fields=["edition", "product_key"], name="edition_row_once"),
            models.CheckConstraint(condition=Q(band__in=["high", "low", "cannot-tell"]), name="edition_band_known"),
        ]
