"""A citizen's report, its flags, the duty that they make, and the products that it names."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from bluelamp.reporting.domain.life import CHANNELS, CLOSED, STATES
from bluelamp.reporting.models.common import ORIGINS

URGENT, NEWEST = ("-priority", "received_at", "id"), ("-received_at", "-id")
QUEUE_FILTERS = ("decided_at", "kinds", "channel", "burst", "assigned_to")


class Report(models.Model):
    """One report. What a person wrote is sealed in the vault, in three parts that go at different times:

    `content` under `report:<id>`, `safety` (for those who see to safety) under `report-safety:<id>`, `contact` under
    `report-contact:<id>`. What stands here in the clear names nobody: codes for the queue and for counts; an erasure
    empties it. `scope` is who works on it (`force:<slug>` or `national`), `body` where it was routed to.

    `draft` and (`client`, `client_key`) make sending the same thing twice one report. `words_digest` opens it to its
    reporter, in quiet mode as "received" and no more, unless they also give the word whose digest is `own_word`.
    `receipt` is signed and tells no answer. `answers_given` is how many answers it holds. `burst`: more came from one
    address than usual; it waits behind others and loses nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=11, unique=True)
    draft = models.UUIDField(null=True, unique=True)
    client = models.CharField(max_length=60, blank=True)
    client_key = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=8, choices=[(c, c) for c in CHANNELS])
    origin = models.CharField(max_length=12)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=12, choices=[(s, s) for s in STATES], default="received")
    scope = models.CharField(max_length=60)
    body = models.CharField(max_length=60)
    route_reason = models.CharField(max_length=40)
    alternatives = models.JSONField(default=list)
    boundary = models.BooleanField(default=False)
    kinds = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField(default=0)
    anonymous = models.BooleanField()
    watched = models.BooleanField()
    quiet = models.BooleanField()
    own_word = models.CharField(max_length=64, blank=True)
    burst = models.BooleanField(default=False)
    words_digest = models.CharField(max_length=64, null=True, unique=True)
    shelf_version = models.CharField(max_length=64)
    content = models.BinaryField()
    safety = models.BinaryField()
    contact = models.BinaryField()
    receipt = models.BinaryField(default=b"")
    answers_given = models.PositiveSmallIntegerField(default=0)
    organisation_id = models.UUIDField(null=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_index=True)
    registered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    review_on = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            # The desk's orders, and all that it filters by: a page of the queue is found without touching a report.
            models.Index(fields=["scope", "state", *URGENT, *QUEUE_FILTERS], name="report_state"),
            models.Index(fields=["state", *URGENT, *QUEUE_FILTERS], name="report_state_national"),
            models.Index(
                fields=["scope", *URGENT, *QUEUE_FILTERS],
                condition=Q(closed_at__isnull=True),
                name="report_open",
            ),
            models.Index(
                fields=[*URGENT, *QUEUE_FILTERS],
                condition=Q(closed_at__isnull=True),
                name="report_open_national",
            ),
            models.Index(fields=["scope", *NEWEST, *QUEUE_FILTERS, "priority"], name="report_every"),
            models.Index(fields=[*NEWEST, *QUEUE_FILTERS, "priority"], name="report_every_national"),
            models.Index(fields=["scope", "review_on"], condition=Q(review_on__isnull=False), name="report_review_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="report_origin_known"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="report_state_known"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="report_channel_known"),
            models.CheckConstraint(condition=Q(language__in=["en", "cy"]), name="report_language_known"),
            # RED-LINES 8: who may be watched is in quiet mode unless they say otherwise with a word of their own.
            models.CheckConstraint(condition=Q(watched=False) | Q(quiet=True) | ~Q(own_word=""), name="report_quiet"),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | ~Q(state__in=CLOSED) & Q(closed_at__isnull=True),
                name="report_closed_has_time",
            ),
            models.UniqueConstraint(
                fields=["client", "client_key"], condition=~Q(client_key=""), name="report_once_for_a_client"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ReportProduct(models.Model):
    """A product of the catalogue that a report names; text, since a product can be renamed under it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="products")
    product_key = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "product_key"], name="report_product_once")]


class ReportFlag(models.Model):
    """A sign that somebody may need help sooner. Rows are only added: nothing lowers or closes a flag.

    `source` names what raised it, by which rule, on which page (`words:...`), or the audit id of a person; `reason` is
    the id of the rule, which has a sentence.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="flags")
    code = models.CharField(max_length=30)
    level = models.CharField(max_length=10)
    source = models.CharField(max_length=120)
    reason = models.CharField(max_length=60)
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "code", "source"], name="report_flag_once")]


class Duty(models.Model):
    """Something that a person must look at by a time: danger, abuse, a child, a call back, a complaint, a hand-over.

    Acknowledged is not done: both have a person and a time. `escalated` counts how often it was told further up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=10)
    scope = models.CharField(max_length=60)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    escalated = models.PositiveSmallIntegerField(default=0)
    escalated_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_how = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["scope", "done_at", "due_at"], name="duty_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind"], condition=Q(done_at__isnull=True), name="duty_open_once"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(acknowledged_at__isnull=False), name="duty_done_was_acknowledged"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.report_id}"
