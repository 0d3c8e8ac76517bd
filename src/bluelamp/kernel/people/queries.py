"""Reads of people and their grants."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import DateTimeField, Prefetch, Q, QuerySet, UUIDField
from django.utils import timezone

from bluelamp.kernel.people.domain.deciding import in_force
from bluelamp.kernel.people.models import Grant, Organisation, SecondFactorReset, User, Vetting
from bluelamp.kernel.prepared import Prepared, PreparedCounts, Slot

_USER_ID, _NOW = Slot("user_id", UUIDField()), Slot("now", DateTimeField())
_ACCOUNT = Prepared(lambda: User.objects.filter(pk=_USER_ID))
_OWN = Prepared(lambda: Grant.objects.filter(pk=Slot("grant_id", UUIDField()), person=_USER_ID).order_by())
_BY_ID = Prepared(
    lambda: Grant.objects.filter(pk=Slot("grant_id", UUIDField()), person=_USER_ID).select_related("person").order_by()
)
_UNREVOKED = Prepared(lambda: _unrevoked(_NOW).filter(person=_USER_ID))

_NUMBERS = PreparedCounts(
    accounts=lambda: User.objects.filter(is_active=True),
    administrators=lambda: _administrators(_NOW),
    resets=lambda: _open_resets(_NOW),
)


@dataclass(frozen=True)
class Numbers:
    """How many open accounts there are, people who can administer now, and resets that wait for a second person."""

    accounts: int
    administrators: int
    resets: int


def grants_in_force(*, user_id: UUID | None, now: datetime) -> Sequence[Grant]:
    """The grants that a person may use now, in a fixed order."""
    found = _UNREVOKED.rows(user_id=user_id, now=now) if user_id else []
    return [g for g in found if in_force(grant=g.facts(now=now), now=now).allowed]


def holders(*, capacity: str, scopes: Collection[str], now: datetime) -> list[User]:
    """The people who may use a capacity for one of some scopes now, each once, in a fixed order."""
    grants = _unrevoked(now).filter(capacity=capacity, scope__in=scopes)
    able = (g for g in grants if in_force(grant=g.facts(now=now), now=now).allowed)
    return sorted({g.person for g in able}, key=lambda person: person.pk)


def everyones_grants(*, people: Collection[UUID], now: datetime) -> Mapping[UUID, list[Grant]]:
    """The same for many people, in two looks."""
    grants, held = defaultdict(list), defaultdict(list)
    for vetting in Vetting.objects.filter(person__in=people, withdrawn_at=None, expires_on__gt=now.date()):
        held[vetting.person_id].append(vetting)
    for grant in _unrevoked(now).filter(person__in=people):
        if in_force(grant=grant.facts(now=now, held=held[grant.person_id]), now=now).allowed:
            grants[grant.person_id].append(grant)
    return grants


def grant_by_id(*, grant_id: UUID | None, user_id: UUID) -> Grant | None:
    """One grant of one person, in force or not, with the person's row."""
    return _BY_ID.first(grant_id=grant_id, user_id=user_id) if grant_id else None


def grant_of(*, person: User, grant_id: UUID | None) -> Grant | None:
    """One grant, in force or not, of a person whose row the caller has just read."""
    grant = _OWN.first(grant_id=grant_id, user_id=person.pk) if grant_id else None
    if grant:
        grant.person = person
    return grant


def account(*, user_id: UUID) -> User | None:
    """One account, open or closed, without what belongs to it: every request of somebody signed in asks for it."""
    return _ACCOUNT.first(user_id=user_id)


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
    return _open_resets(now).select_related("person", "asked_by")


def administrators(*, now: datetime) -> QuerySet[User]:
    """People who can administer now."""
    return _administrators(now)


def numbers(*, now: datetime) -> Numbers:
    """What the desk tells of accounts, in one look."""
    return Numbers(**_NUMBERS.read(now=now))


def _unrevoked(now: datetime | Slot) -> QuerySet[Grant]:
    found = Grant.objects.filter(revoked_at=None, starts_at__lte=now, ends_at__gt=now)
    return found.select_related("person").order_by("capacity", "scope", "id")


def _administrators(now: datetime | Slot) -> QuerySet[User]:
    grants = Grant.objects.filter(capacity="administrator", revoked_at=None, starts_at__lte=now, ends_at__gt=now)
    return User.objects.filter(is_active=True, pk__in=grants.values("person"))


def _open_resets(now: datetime | Slot) -> QuerySet[SecondFactorReset]:
    return SecondFactorReset.objects.filter(decided_at=None, expires_at__gt=now)
