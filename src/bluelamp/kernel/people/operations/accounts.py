"""Accounts: the first administrator, invitations, closing, vetting, organisations."""

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people import permissions
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.domain.vetting import LEVELS
from bluelamp.kernel.people.models import LANGUAGES, Grant, Organisation, User, Vetting
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.kernel.people.queries import administrators

FIRST_GRANT = timedelta(days=365)


class AccountError(ValueError):
    """An account cannot be made or changed so; the message says what to do."""


def sign_in_path(*, user: User) -> str:
    """The path of a one-time link with which a person chooses a password. It works for a day, until it is used."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )


def first_administrator(*, email: str, name: str, now: datetime) -> User:
    """Make the first administrator. Raises AccountError where there is one already."""
    if administrators(now=now).exists():
        raise AccountError("There is an administrator already: further people are invited at the desk.")
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email).first() or new_account(email=email, name=name)
        Grant.objects.create(
            person=user,
            capacity="administrator",
            scope="national",
            purpose="First administrator",
            starts_at=now,
            ends_at=now + FIRST_GRANT,
            given_at=now,
        )
        record(actor="system", action="people.first-administrator", subject=f"user:{user.pk}", now=now)
    return user


def new_account(*, email: str, name: str, origin: str = "live") -> User:
    """A new account without a password. Raises AccountError for a bad or a known address."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as bad:
        raise AccountError(f"{email!r} is no e-mail address.") from bad
    first, _, last = name.strip().partition(" ")
    user = User(
        username=secrets.token_hex(15), email=address, first_name=first[:150], last_name=last[:150], origin=origin
    )
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            # The administrator vouches for the address: the link goes there and nowhere else.
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    except IntegrityError as known:
        raise AccountError(f"There is an account for {address} already.") from known
    return user


def invite(*, actor: Actor, email: str, name: str, now: datetime) -> User:
    """Make an account for a person. Raises NotPermittedError, AccountError."""
    require(actor=actor, action=permissions.INVITE, now=now)
    with transaction.atomic():
        user = new_account(email=email, name=name)
        note(actor=actor, action="people.invite", subject=f"user:{user.pk}", now=now)
    return user


def choose_language(*, actor: Actor, language: str, now: datetime) -> None:
    """Choose the language of one's own notices. Raises AccountError for one that there is not."""
    if language not in LANGUAGES:
        raise AccountError("Notices are in English (en) or Welsh (cy).")
    if actor.user_id is None:
        raise AccountError("Nobody is signed in.")
    with transaction.atomic():
        User.objects.filter(pk=actor.user_id).update(language=language)
        note(actor=actor, action="people.choose-language", subject=f"user:{actor.user_id}", now=now)


def new_link(*, actor: Actor, user_id: UUID, now: datetime) -> str:
    """The path of a new one-time link for a person who lost the password. Raises NotPermittedError, AccountError.

    The second factor stays, so that whoever passes the link on cannot use it.
    """
    require(actor=actor, action=permissions.INVITE, subject=f"user:{user_id}", now=now)
    user = _other(actor=actor, user_id=user_id)
    note(actor=actor, action="people.link", subject=f"user:{user_id}", now=now)
    return sign_in_path(user=user)


def set_open(*, actor: Actor, user_id: UUID, is_open: bool, now: datetime) -> None:
    """Close an account, ending its sessions, or open it again. Raises NotPermittedError, AccountError."""
    require(actor=actor, action=permissions.CLOSE, subject=f"user:{user_id}", now=now)
    user = _other(actor=actor, user_id=user_id)
    with transaction.atomic():
        user.is_active = is_open
        user.save(update_fields=["is_active"])
        if not is_open:
            end_sessions(user=user)
        note(actor=actor, action="people.open" if is_open else "people.close", subject=f"user:{user_id}", now=now)


def end_sessions(*, user: User) -> None:
    """End every session of a person."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def record_vetting(*, actor: Actor, user_id: UUID, level: str, expires_on: date, now: datetime) -> Vetting:
    """Record a clearance. Raises NotPermittedError, AccountError (own account, unknown level, past date)."""
    require(actor=actor, action=permissions.VET, subject=f"user:{user_id}", now=now)
    user = _other(actor=actor, user_id=user_id)
    if level not in LEVELS:
        raise AccountError(f"{level!r} is no vetting level. Known are: {', '.join(LEVELS)}.")
    if expires_on <= now.date():
        raise AccountError("The clearance has expired: give a day in the future.")
    with transaction.atomic():
        made = Vetting.objects.create(
            person=user, level=level, expires_on=expires_on, recorded_by_id=actor.user_id, recorded_at=now
        )
        note(actor=actor, action="people.vet", subject=f"user:{user_id}", level=level, now=now)
    return made


def withdraw_vetting(*, actor: Actor, vetting_id: UUID, now: datetime) -> None:
    """End a clearance now. Raises NotPermittedError; an unknown or withdrawn one changes nothing."""
    require(actor=actor, action=permissions.VET, subject=f"vetting:{vetting_id}", now=now)
    with transaction.atomic():
        if Vetting.objects.filter(pk=vetting_id, withdrawn_at=None).update(withdrawn_at=now):
            note(actor=actor, action="people.withdraw-vetting", subject=f"vetting:{vetting_id}", now=now)


def add_organisation(*, actor: Actor, name: str, now: datetime) -> Organisation:
    """Add an organisation. Raises NotPermittedError, AccountError for an empty or known name."""
    require(actor=actor, action=permissions.ORGANISE, now=now)
    if not name.strip():
        raise AccountError("Give the organisation's name.")
    try:
        with transaction.atomic():
            made = Organisation.objects.create(name=name.strip(), added_at=now)
            note(actor=actor, action="people.organise", subject=f"organisation:{made.pk}", now=now)
    except IntegrityError as known:
        raise AccountError(f"There is an organisation named {name.strip()} already.") from known
    return made


def _other(*, actor: Actor, user_id: UUID) -> User:
    if user_id == actor.user_id:
        raise AccountError("This must be done by another administrator: it is about your own account.")
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise AccountError("There is no such account.")
    return user
