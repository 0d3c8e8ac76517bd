"""What leads an edition to being published: checks, makers' previews and replies, dates, early access, signatures."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bluelamp.index.domain.checks import ASK, BLOCK, CHECKS
from bluelamp.index.domain.life import SIGNING_CAPACITIES
from bluelamp.index.domain.replies import JUDGED_RULES
from bluelamp.index.models.editions import ORIGINS, Edition


class Check(models.Model):
    """One finding of the automatic checks about an edition, or, of a published one, of the daily look at it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="checks")
    check_code = models.CharField(max_length=20, choices=[(c, c) for c in CHECKS])
    code = models.CharField(max_length=30)
    severity = models.CharField(max_length=5)
    subject = models.CharField(max_length=400, blank=True)
    values = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(severity__in=[ASK, BLOCK]), name="check_severity_known"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_reason="")
                | Q(acknowledged_at__isnull=False, severity=ASK, acknowledged_by__isnull=False)
                & ~Q(acknowledged_reason=""),
                name="check_acknowledged_by_somebody",
            ),
        ]


class MakerLink(models.Model):
    """An organisation that speaks for a maker of the catalogue, after somebody made sure; `ended_at` where no more.

    The maker is named by its key: a new catalogue replaces the rows of makers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    maker_key = models.CharField(max_length=120)
    how_known = models.CharField(max_length=200)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["linked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "maker_key"], condition=Q(ended_at__isnull=True), name="maker_link_once"
            ),
        ]


class Preview(models.Model):
    """What a maker is shown, privately, before a product of its is first named: until the end of `ends_on`.

    `told` says how a maker without an account was told. `evidence_hash` names the evidence that it was shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="previews")
    product_key = models.CharField(max_length=300)
    maker_key = models.CharField(max_length=120)
    evidence_hash = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField()
    told = models.CharField(max_length=200)
    first_seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["ends_on", "product_key"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "product_key", "evidence_hash"], name="preview_once"),
            models.CheckConstraint(condition=~Q(told=""), name="preview_says_how_told"),
        ]


class Reply(models.Model):
    """What a maker answers, word for word; nobody edits it. A person accepts it or refuses it by the published rules.

    `claims_error` says that the maker holds the evidence to be wrong; `error_found` that Bluelamp agrees, which blocks.
    `fix_on` is when the maker says that a fix will be there, `fix_outcome` what became of it.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "accepted"
        REFUSED = "refused", "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product_key = models.CharField(max_length=300)
    maker_key = models.CharField(max_length=120)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=12, default="live")
    text = models.TextField()
    language = models.CharField(max_length=2, default="en")
    claims_error = models.BooleanField(default=False)
    fix_on = models.DateField(null=True)
    sent_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refused_rule = models.CharField(max_length=20, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    error_found = models.BooleanField(null=True)
    error_reason = models.CharField(max_length=500, blank=True)
    fix_outcome = models.CharField(
        max_length=10, blank=True, choices=[("there", "the fix is there"), ("not-there", "it is not there")]
    )
    fix_noted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["product_key", "decision"], name="reply_product")]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="reply_origin_known"),
            models.CheckConstraint(condition=Q(language__in=["en", "cy"]), name="reply_language_known"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, refused_rule="")
                | Q(decision="accepted", decided_at__isnull=False, refused_rule="")
                | Q(decision="refused", decided_at__isnull=False, refused_rule__in=JUDGED_RULES)
                & ~Q(decision_reason=""),
                name="reply_decided_by_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("author")), name="reply_not_decided_by_author"
            ),
            models.CheckConstraint(
                condition=Q(error_found__isnull=True) | Q(claims_error=True) & ~Q(error_reason=""),
                name="reply_error_has_reason",
            ),
        ]


class Release(models.Model):
    """A date in the release calendar. It is announced ahead, and never removed: cancelled ones stay in the open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.OneToOneField(Edition, null=True, on_delete=models.PROTECT, related_name="release")
    kind = models.CharField(max_length=10, choices=[("regular", "regular edition"), ("correction", "correction")])
    on = models.DateField()
    origin = models.CharField(max_length=12, default="live")
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["on", "announced_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["regular", "correction"]), name="release_kind_known"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="release_origin_known"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_reason=""),
                name="release_cancelled_has_reason",
            ),
        ]


class ReleaseMove(models.Model):
    """A change of an announced date, with the reason that readers see."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="moves")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    old = models.DateField()
    new = models.DateField()
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="release_move_has_reason")]


class EarlyAccess(models.Model):
    """Who may see a draft before its release, why, and from when. Every look is in the audit log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="early_access")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "person"], condition=Q(ended_at__isnull=True), name="early_access_once"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="early_access_has_reason"),
            models.CheckConstraint(condition=~Q(given_by=F("person")), name="early_access_not_to_oneself"),
        ]


class Signature(models.Model):
    """In which capacity a person approved a draft: one of each capacity, by two people."""

    request_id = models.UUIDField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request_id", "capacity"], name="signature_once_per_capacity"),
            models.UniqueConstraint(fields=["request_id", "person"], name="signature_once_per_person"),
            models.CheckConstraint(condition=Q(capacity__in=SIGNING_CAPACITIES), name="signature_capacity_known"),
        ]
