"""The log: entries, the chain over them, its signed heads. The database refuses to change or remove any of them.

Writing an entry does not touch the chain, so that writers do not wait for each other; one sealer links what is
committed.
"""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """Who did, saw or was refused what, when, in which capacity and why.

    `actor` and `subject` are ids in text (`user:<uuid>`, `report:<uuid>`). No personal data stands in any field.
    """

    class Outcome(models.TextChoices):
        DONE = "done", "done"
        REFUSED = "refused", "refused"
        FAILED = "failed", "failed"

    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    capacity = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    scope = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    detail = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["done", "refused", "failed"]), name="audit_outcome_known"),
            models.CheckConstraint(condition=~Q(actor="") & ~Q(action=""), name="audit_actor_and_action"),
        ]
        indexes = [
            models.Index(fields=["actor", "id"], name="audit_by_actor"),
            models.Index(fields=["subject", "id"], name="audit_by_subject"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor} at {self.at.isoformat()}"


class Link(models.Model):
    """An entry's place in the chain. `seq` counts from 1 without a gap; `hash` is that of domain/chain.py."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="link")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]


class SignedHead(models.Model):
    """The end of the chain on one day (UTC), signed with Ed25519. Key and signature are hexadecimal."""

    day = models.DateField(unique=True)
    signed_at = models.DateTimeField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["day"]


class Sealer(models.Model):
    """The one row that a sealer locks. It spares looking at the whole log each time.

    Entries with an id up to `settled` were looked at when it was at least an hour old as `next_settled`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    settled = models.BigIntegerField(default=0)
    next_settled = models.BigIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
