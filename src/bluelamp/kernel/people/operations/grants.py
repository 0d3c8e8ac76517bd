"""Giving and revoking capacities."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people import permissions
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.domain.capacities import CAPACITIES, FORCE, ORGANISATION
from bluelamp.kernel.people.domain.scopes import ScopeError, scope_kind
from bluelamp.kernel.people.models import Grant, Organisation, User
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.kernel.places.queries import is_force


class GrantError(ValueError):
    """A capacity cannot be given so; the message says why and what to do."""


def give(
    *,
    actor: Actor,
    user_id: UUID,
    capacity: str,
    scope: str,
    purpose: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Grant:
    """Give a person a capacity. Raises NotPermittedError, GrantError.

    Nobody gives to themselves; capacities that must stay apart (administrator, auditor) are refused to one person.
    """
    require(actor=actor, action=permissions.GRANT, subject=f"user:{user_id}", now=now)
    if user_id == actor.user_id:
        raise GrantError("Another administrator must give you a capacity.")
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=user_id).first()
        if person is None:
            raise GrantError("There is no such account.")
        check_grant(
            person=person, capacity=capacity, scope=scope, purpose=purpose, starts_at=starts_at, ends_at=ends_at
        )
        made = Grant.objects.create(
            person=person,
            capacity=capacity,
            scope=scope,
            purpose=purpose.strip(),
            starts_at=starts_at,
            ends_at=ends_at,
            given_by_id=actor.user_id,
            given_at=now,
        )
        note(actor=actor, action="people.grant", subject=f"user:{user_id}", given=capacity, given_scope=scope, now=now)
    return made


def check_grant(
    *, person: User, capacity: str, scope: str, purpose: str, starts_at: datetime, ends_at: datetime
) -> None:
    """Raise GrantError where the parts of a grant do not fit together."""
    known = CAPACITIES.get(capacity)
    if known is None:
        raise GrantError("Choose a capacity.")
    try:
        kind = scope_kind(scope)
    except ScopeError as bad:
        raise GrantError(str(bad)) from bad
    if kind not in known.scopes:
        raise GrantError(f"{known.title} is given for: {', '.join(sorted(known.scopes))}.")
    if not _exists(scope):
        raise GrantError("There is no such force or organisation.")
    if not purpose.strip():
        raise GrantError("Say what the capacity is for.")
    if ends_at <= starts_at:
        raise GrantError("The end must come after the start.")
    overlapping = Grant.objects.filter(person=person, revoked_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at)
    clash = overlapping.filter(capacity__in=known.apart_from).first()
    if clash:
        raise GrantError(
            f"One person may not be {known.title} and {CAPACITIES[clash.capacity].title} at the same time."
        )


def revoke(*, actor: Actor, grant_id: UUID, reason: str, now: datetime) -> None:
    """End a grant now. Raises NotPermittedError, GrantError without a reason; an ended one changes nothing."""
    require(actor=actor, action=permissions.GRANT, subject=f"grant:{grant_id}", now=now)
    if not reason.strip():
        raise GrantError("Say why the capacity is revoked.")
    with transaction.atomic():
        ended = Grant.objects.filter(pk=grant_id, revoked_at=None).update(
            revoked_at=now, revoked_by_id=actor.user_id, reason=reason.strip()[:200]
        )
        if ended:
            note(actor=actor, action="people.revoke", subject=f"grant:{grant_id}", now=now)


def _exists(scope: str) -> bool:
    kind, _, name = scope.partition(":")
    if kind == FORCE:
        return is_force(name)
    return kind != ORGANISATION or Organisation.objects.filter(pk=name).exists()
