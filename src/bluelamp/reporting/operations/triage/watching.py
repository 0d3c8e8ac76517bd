"""Being on duty: an officer says so, and citizens' danger pages may say that somebody reads now."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.reporting import permissions
from bluelamp.reporting.models import DutyWatch

LONGEST = timedelta(hours=8)


def go_on_duty(*, actor: Actor, now: datetime) -> DutyWatch:
    """Be on duty in one's own scope from now, for eight hours at most; pressed again it begins anew."""
    require(actor=actor, action=permissions.DUTY, scope=actor.scope, now=now)
    grant = Grant.objects.get(pk=str(actor.grant_id), person=actor.user_id)
    try:
        with transaction.atomic():
            _end(actor.user_id, now=now)
            made = DutyWatch.objects.create(
                person_id=grant.person_id,
                grant=grant,
                scope=actor.scope,
                started_at=now,
                ends_at=now + LONGEST,
            )
            note(actor=actor, action="reporting.on-duty", subject=f"watch:{made.pk}", now=now)
    except IntegrityError:
        # The same press twice, in the same moment.
        return DutyWatch.objects.get(person=actor.user_id, ended_at=None)
    return made


def go_off_duty(*, actor: Actor, now: datetime) -> bool:
    """Not on duty any more; whether the actor was."""
    with transaction.atomic():
        ended = _end(actor.user_id, now=now)
        if ended:
            note(actor=actor, action="reporting.off-duty", now=now)
    return bool(ended)


def signed_out(*, person: UUID, now: datetime) -> None:
    """Whoever signs out, or whose session ends, reads no more."""
    if _end(person, now=now):
        record(actor=f"user:{person}", action="reporting.off-duty", detail={"reason": "signed-out"}, now=now)


def _end(person: UUID | None, *, now: datetime) -> int:
    return DutyWatch.objects.filter(person=person, ended_at=None).update(ended_at=now)
