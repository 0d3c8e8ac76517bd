"""What officers do with a report: decisions, crime numbers, hand-overs, disclosures, links, campaigns."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bluelamp.kernel.people.models import Organisation
from bluelamp.reporting.domain.life import OUTCOMES
from bluelamp.reporting.models.reports import Report


class Campaign(models.Model):
    """Reports of one wave, decided once and answered each. The title names what is done, never anybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    scope = models.CharField(max_length=60)
    origin = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reports = models.ManyToManyField(Report, related_name="campaigns")

    class Meta:
        ordering = ["-opened_at", "id"]

    def __str__(self) -> str:
        return self.title


class Decision(models.Model):
    """What was decided, and the reason that the reporter reads (sealed with the report). The newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=12, choices=[(o, o) for o in OUTCOMES])
    reason = models.CharField(max_length=40)
    sealed = models.BinaryField()
    offence = models.CharField(max_length=20, blank=True)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="decision_outcome_known")]


class CrimeRecord(models.Model):
    """A crime that a registrar recorded from a report, with the force's number for it."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="crime")
    force = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    offence = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["force", "number"], name="crime_number_once")]


class HandOver(models.Model):
    """A report given to another body. Until it is acknowledged it is ours; not acknowledged in time, it comes back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="handovers")
    to = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    their_reference = models.CharField(max_length=60, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_why = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(acknowledged_at__isnull=True, returned_at__isnull=True),
                name="handover_open_once",
            ),
        ]


class Disclosure(models.Model):
    """What an organisation was given of a report, for what, and until when. No reporter sees it (it may be an abuser's
    own organisation that was asked)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="disclosures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    parts = models.JSONField()
    purpose = models.CharField(max_length=40)
    basis = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Fingerprint(models.Model):
    """What linking knows of a report: keyed hashes, days and codes (reporting/domain/linking.py), never words."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="fingerprint")
    facts = models.JSONField()


class FingerprintKey(models.Model):
    """One key under which alike reports are found."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "report"], name="fingerprint_key_once")]


class ReportLink(models.Model):
    """Two reports that may belong together, with the reasons; a person decides."""

    class State(models.TextChoices):
        SUGGESTED = "suggested", "suggested"
        LINKED = "linked", "linked"
        DUPLICATE = "duplicate", "the same report again"
        APART = "apart", "not the same"

    one = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="links_to_later")
    other = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="links_to_earlier")
    score = models.FloatField()
    reasons = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUGGESTED)
    suggested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="report_link_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="report_link_of_two"),
        ]


class SavedView(models.Model):
    """A person's own name for a set of filters of the queue."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_once")]
