"""Reads of people and their grants."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from bluelamp.kernel.people.domain.deciding import in_force
from bluelamp.kernel.people.models import Grant, Organisation, SecondFactorReset, User, Vetting


def grants_in_force(*, user_id: UUID | None, now: datetime) -> Sequence[Grant]:
    """The grants that a person may use now, in a fixed order."""
    grants = Grant.objects.filter(person=user_id, revoked_at=None, starts_at__lte=now, ends_at__gt=now)
    found = grants.select_related("person").order_by("capacity", "scope", "id")
    return [g for g in found if in_force(grant=g.facts(now=now), now=now).allowed]


def grant_by_id(*, grant_id: UUID | None, user_id: UUID) -> Grant | None:
    """One grant of one person, in force or not."""
    if grant_id is None:
        return None
    mine = Grant.objects.filter(pk=grant_id, person=user_id)
    return mine.select_related("person").first()


def people(*, text: str = "") -> QuerySet[User]:
    """Accounts by name, with their grants; `text` is looked for in names and addresses."""
    found = User.objects.order_by("last_name", "first_name", "email", "id")
    if text:
        found = found.filter(Q(first_name__icontains=text) | Q(last_name__icontains=text) | Q(email__icontains=text))
    unrevoked = Grant.objects.filter(revoked_at=None, ends_at__gt=timezone.now()).order_by("capacity")
    return found.prefetch_related(Prefetch("grants", queryset=unrevoked, to_attr="current_grants"))


def person_by_id(*, user_id: UUID) -> User | None:
    """One account with its grants and vettings."""
    grants = Grant.objects.select_related("given_by", "revoked_by")
    vettings = Vetting.objects.select_related("recorded_by")
    every = User.objects.prefetch_related(Prefetch("grants", queryset=grants), Prefetch("vettings", queryset=vettings))
    return every.filter(pk=user_id).first()


def organisations() -> QuerySet[Organisation]:
    """Organisations by name."""
    return Organisation.objects.all()


def organisation_names() -> dict[str, str]:
    """The name of each organisation by its scope."""
    return {f"organisation:{o.pk}": o.name for o in Organisation.objects.all()}


def open_resets(*, now: datetime) -> QuerySet[SecondFactorReset]:
    """Requests to remove a second factor that nobody has decided on and that are still fresh."""
    waiting = SecondFactorReset.objects.filter(decided_at=None, expires_at__gt=now)
    return waiting.select_related("person", "asked_by")


def administrators(*, now: datetime) -> QuerySet[User]:
    """People who can administer now."""
    grants = Grant.objects.filter(capacity="administrator", revoked_at=None, starts_at__lte=now, ends_at__gt=now)
    return User.objects.filter(is_active=True, pk__in=grants.values("person"))
