"""Whom a notice may reach and how, the notices, and what became of each."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bluelamp.kernel.messaging.domain.hours import Hours


class Contact(models.Model):
    """One address of one person, sealed with a key of its own.

    `safe` has no default: whoever records a contact says whether the person told us that messages are safe. Unsure is
    not safe. `address_digest` is a keyed hash, the same for the same address, so that suppression and danger hold for
    an address wherever else it is kept. `account` is whose address of work it is, where it is that of an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=5, choices=[("email", "e-mail"), ("sms", "text message")])
    address_sealed = models.BinaryField()
    address_digest = models.CharField(max_length=64, blank=True, db_index=True)
    safe = models.BooleanField()
    hours_from = models.TimeField(null=True, blank=True)
    hours_to = models.TimeField(null=True, blank=True)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("cy", "Cymraeg")], default="en")
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_reason = models.CharField(max_length=60, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(erased_at__isnull=True), name="contact_one_of_an_account"
            ),
            models.CheckConstraint(condition=Q(kind__in=["email", "sms"]), name="contact_kind_known"),
            models.CheckConstraint(condition=Q(language__in=["en", "cy"]), name="contact_language_known"),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_to__isnull=True)
                | Q(hours_from__isnull=False, hours_to__isnull=False) & ~Q(hours_from=F("hours_to")),
                name="contact_hours_both_or_none",
            ),
            models.CheckConstraint(
                condition=Q(suppressed_at__isnull=True, suppressed_reason="")
                | Q(suppressed_at__isnull=False) & ~Q(suppressed_reason=""),
                name="contact_suppression_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def hours(self) -> Hours | None:
        """The hours in which the person may be contacted; None for any."""
        if self.hours_from is None or self.hours_to is None:
            return None
        return Hours(start=self.hours_from, end=self.hours_to)


class Message(models.Model):
    """One notice to one contact. Its text is not kept: it is the wording with `params`, which are neutral.

    `sending` is a claim that ends by itself at `claimed_until`, so that two workers never hand over the same message
    and a killed one loses none. The database refuses the claim for an unsafe contact (migration 0002). `held` waits for
    a person: the row comes from a backup, and the message may have been handed over since.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting to be sent"
        WAITING_HOURS = "waiting-hours", "waiting for the person's hours"
        SENDING = "sending", "being handed over"
        SENT = "sent", "handed over"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "failed"
        SUPPRESSED = "suppressed", "not sent: no messages wanted or possible"
        UNSAFE = "unsafe", "not sent: messages are not safe"
        HELD = "held", "held after a restore: it may have been sent"
        DROPPED = "dropped", "not sent again after a restore"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="messages")
    template = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=13, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=20, blank=True)
    provider_ref = models.CharField(max_length=200, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    origin = models.CharField(max_length=12)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        indexes = [models.Index(fields=["state", "due_at"], name="message_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued",
                        "waiting-hours",
                        "sending",
                        "sent",
                        "delivered",
                        "failed",
                        "suppressed",
                        "unsafe",
                        "held",
                        "dropped",
                    ]
                ),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["live", "exercise", "simulation", "test"]), name="message_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(origin="live") | Q(channel__in=["", "sink"]), name="message_only_live_leaves"
            ),
            models.CheckConstraint(
                condition=Q(state="sending", claimed_until__isnull=False)
                | ~Q(state="sending") & Q(claimed_until__isnull=True),
                name="message_claim_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False) & ~Q(channel=""),
                name="message_sent_has_time_and_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template}: {self.state}"


class MessageEvent(models.Model):
    """One step in the life of a message. Rows are only added: the database refuses to change one (migration 0002)."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    state = models.CharField(max_length=13, choices=Message.State.choices)
    attempt = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.state} at {self.at:%Y-%m-%d %H:%M}"
