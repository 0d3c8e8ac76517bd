"""Programs that may use our APIs, their keys, their use by day, and what they sent under which key of theirs."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bluelamp.kernel.clients.domain.scopes import ORIGINS
from bluelamp.kernel.people.models import Organisation


class Client(models.Model):
    """One program of one organisation. Never deleted: what it sent names it.

    `origin` is that of everything it sends: `test` is a sandbox. `tokens` and `filled_at` are its bucket
    (domain/bucket.py), in its row so that several processes count as one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    scopes = models.JSONField(default=list)
    origin = models.CharField(max_length=12, choices=[(o, o) for o in ORIGINS])
    per_minute = models.PositiveIntegerField(default=60)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="client_origin_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("added_at")), name="client_expires_after_start"),
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="client_may_ask"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientKey(models.Model):
    """One key: its beginning, which finds it, and a digest. `ends_at` is set when another takes its place."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "id"]


class ClientDay(models.Model):
    """How often a program asked on one day (UTC), and how often it was told to slow down. Numbers only."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    uses = models.PositiveIntegerField(default=0)
    slowed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["client", "day"], name="client_day_once")]


class Call(models.Model):
    """What a program sent under a key of its choice, as a keyed digest: the same key must not bring other content."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="client_call_once")]
