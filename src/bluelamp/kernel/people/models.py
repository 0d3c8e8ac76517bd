"""Users, organisations, grants of capacities, vetting, and the recovery of a lost second factor."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from bluelamp.kernel.people.domain.capacities import CAPACITIES
from bluelamp.kernel.people.domain.deciding import GrantFacts
from bluelamp.kernel.people.domain.vetting import LEVELS
from bluelamp.kernel.prepared import Prepared, Slot

ORIGINS = ["live", "exercise", "simulation", "test"]
# In which an account may be written to.
LANGUAGES = ["en", "cy"]


class User(AbstractUser):
    """A person with an account. Citizens who report have none: they hold a receipt.

    `language` is that of the notices which the person gets; pages have that of their address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    origin = models.CharField(max_length=12, default="live")
    language = models.CharField(max_length=2, default="en")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_once"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="user_origin_known"),
            models.CheckConstraint(condition=Q(language__in=LANGUAGES), name="user_language_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.username


class Organisation(models.Model):
    """A force's partner: charity, maker, firm, university, employer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    origin = models.CharField(max_length=12, default="live")

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="organisation_name_once"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="organisation_origin_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Vetting(models.Model):
    """One vetting clearance of a person; it counts until the day in `expires_on` has begun."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vettings")
    level = models.CharField(max_length=8, choices=list(LEVELS.items()))
    expires_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-expires_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(level__in=list(LEVELS)), name="vetting_level_known")]


_CLEARANCES = Prepared(
    lambda: Vetting.objects.filter(
        person=Slot("person", models.UUIDField()), withdrawn_at=None, expires_on__gt=Slot("today", models.DateField())
    ).order_by()
)


class Grant(models.Model):
    """A capacity given to a person for a scope and a purpose, for a time. Never deleted; it can be revoked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    capacity = models.CharField(max_length=40, choices=[(c.code, c.title) for c in CAPACITIES.values()])
    scope = models.CharField(max_length=60)
    purpose = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-given_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__in=list(CAPACITIES)), name="grant_capacity_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="grant_ends_after_start"),
            models.CheckConstraint(condition=~Q(purpose=""), name="grant_has_purpose"),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("person")), name="grant_not_to_oneself"
            ),
        ]

    def facts(self, *, now: datetime, held: Iterable[Vetting] | None = None) -> GrantFacts:
        """What a decision needs of this grant; reads the person's vettings where the capacity needs any.

        A caller who has read those that are valid today passes them as `held`.
        """
        if held is None:
            needed = self.capacity in CAPACITIES and bool(CAPACITIES[self.capacity].vetting)
            held = _CLEARANCES.rows(person=self.person_id, today=now.date()) if needed else ()
        return GrantFacts(
            capacity=self.capacity,
            scope=self.scope,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            revoked=self.revoked_at is not None,
            active=self.person.is_active,
            vetting=frozenset(v.level for v in held),
        )


class SecondFactorReset(models.Model):
    """A lost second factor: one person asks that it be removed, another one agrees after knowing who is asking."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="resets")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    how_known = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~(Q(decided_by=F("asked_by")) | Q(decided_by=F("person"))),
                name="reset_by_two_people",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("person")), name="reset_asked_by_another"),
            models.UniqueConstraint(fields=["person"], condition=Q(decided_at__isnull=True), name="reset_open_once"),
        ]
