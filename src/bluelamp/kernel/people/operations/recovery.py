"""A lost second factor: removed only when two people agree, neither of them the one who lost it."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people import permissions
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, SecondFactorReset, User
from bluelamp.kernel.people.operations.accounts import AccountError, end_sessions
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.kernel.people.operations.secrets import erase_secrets
from bluelamp.kernel.people.queries import administrators

FRESH = timedelta(hours=24)
# One administrator alone could appoint an account of their own and agree with it: others have so long to notice.
SETTLED = timedelta(days=3)


def ask_reset(*, actor: Actor, user_id: UUID, how_known: str, now: datetime) -> SecondFactorReset:
    """Ask that a person's second factor be removed, saying how you know who is asking.

    Raises NotPermittedError, AccountError (own account, no such account, nothing to remove, asked already).
    """
    require(actor=actor, action=permissions.RESET, subject=f"user:{user_id}", now=now)
    if user_id == actor.user_id:
        raise AccountError("Another administrator must ask for you.")
    if not how_known.strip():
        raise AccountError("Say how you made sure who is asking.")
    if not Authenticator.objects.filter(user=user_id).exists():
        raise AccountError("This account has no second factor to remove.")
    try:
        with transaction.atomic():
            SecondFactorReset.objects.filter(person=user_id, decided_at=None, expires_at__lte=now).update(
                decided_at=now, approved=False
            )
            asked = SecondFactorReset.objects.create(
                person_id=user_id,
                asked_by_id=cast("UUID", actor.user_id),
                asked_at=now,
                how_known=how_known.strip()[:200],
                expires_at=now + FRESH,
            )
            note(actor=actor, action="people.ask-reset", subject=f"user:{user_id}", now=now)
    except IntegrityError as known:
        raise AccountError("This has been asked already and waits for a second person.") from known
    return asked


def decide_reset(*, actor: Actor, reset_id: UUID, approve: bool, now: datetime) -> None:
    """Agree or refuse, as a second person. Agreeing removes every second factor and ends every session.

    Raises NotPermittedError, AccountError (asked by yourself, about yourself, decided, too old, or agreed
    to by somebody who has been administrator for less than three days).
    """
    require(actor=actor, action=permissions.RESET, subject=f"reset:{reset_id}", now=now)
    with transaction.atomic():
        waiting = SecondFactorReset.objects.select_for_update().filter(pk=reset_id, decided_at=None).first()
        if waiting is None or waiting.expires_at <= now:
            raise AccountError("This request has been decided or is older than a day. Ask again.")
        if actor.user_id in (waiting.asked_by_id, waiting.person_id):
            raise AccountError("A second person must decide: not the one who asked, nor the one it is for.")
        if approve and not _settled(actor=actor, now=now):
            raise AccountError("Who became administrator less than three days ago cannot agree yet: ask another.")
        waiting.decided_by_id = actor.user_id
        waiting.decided_at, waiting.approved = now, approve
        waiting.save()
        if approve:
            remove_factors(user=waiting.person, now=now)
        outcome = "approve-reset" if approve else "refuse-reset"
        note(actor=actor, action=f"people.{outcome}", subject=f"user:{waiting.person_id}", now=now)


def _settled(*, actor: Actor, now: datetime) -> bool:
    if actor.grant_id is None:
        return False
    return Grant.objects.filter(pk=actor.grant_id, given_at__lte=now - SETTLED).exists()


def recover_administrator(*, email: str, now: datetime) -> User:
    """Remove the second factor of the only administrator, from the machine itself.

    Raises AccountError where a second administrator could decide, or where the person is no administrator.
    """
    able = list(administrators(now=now))
    user = next((u for u in able if u.email == email.strip().lower()), None)
    if user is None:
        raise AccountError(f"{email} is no administrator.")
    if len(able) > 1:
        raise AccountError("There are other administrators: two of them can remove the second factor at the desk.")
    with transaction.atomic():
        remove_factors(user=user, now=now)
        record(actor="system", action="people.recover-administrator", subject=f"user:{user.pk}", now=now)
    return user


def remove_factors(*, user: User, now: datetime) -> None:
    """Remove a person's second factors with the keys of their secrets, and end the sessions."""
    factors = Authenticator.objects.filter(user=user)
    erase_secrets(values=[value for factor in factors for value in factor.data.values()], now=now)
    factors.delete()
    end_sessions(user=user)
