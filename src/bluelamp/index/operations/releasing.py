"""The release calendar, and who may see a draft before its release."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bluelamp.index import permissions
from bluelamp.index.domain.calendar import CORRECTION, REGULAR, check_date, check_move
from bluelamp.index.models import EarlyAccess, Edition, Release, ReleaseMove
from bluelamp.index.operations.drafting import EditionError, hold_draft, own_id, said
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.permit import NotPermittedError, note, require


def announce_release(*, actor: Actor, kind: str, on: date, origin: str = "live", today: date, now: datetime) -> Release:
    """Put a date into the public calendar. `today` is the day in London. Raises NotPermittedError, CalendarError."""
    require(actor=actor, action=permissions.CALENDAR, now=now)
    check_date(kind=kind, on=on, today=today)
    with transaction.atomic():
        made = Release.objects.create(kind=kind, on=on, origin=origin, announced_at=now, announced_by_id=own_id(actor))
        note(actor=actor, action=permissions.CALENDAR.code, subject=f"release:{made.pk}", on=str(on), now=now)
    return made


def move_release(*, actor: Actor, release_id: UUID, on: date, reason: str, today: date, now: datetime) -> None:
    """Move an announced date; the old one and the reason stay in the open.

    Raises NotPermittedError, EditionError, CalendarError.
    """
    require(actor=actor, action=permissions.CALENDAR, subject=f"release:{release_id}", now=now)
    with transaction.atomic():
        held = _hold(release_id)
        check_move(old=held.on, new=on, today=today, reason=reason)
        ReleaseMove.objects.create(
            release=held, at=now, by_id=own_id(actor), old=held.on, new=on, reason=" ".join(reason.split())[:300]
        )
        held.on = on
        held.save(update_fields=["on"])
        note(actor=actor, action="index.move-release", subject=f"release:{held.pk}", on=str(on), now=now)


def cancel_release(*, actor: Actor, release_id: UUID, reason: str, now: datetime) -> None:
    """Cancel an announced date; it stays in the calendar with its reason. Raises NotPermittedError, EditionError."""
    require(actor=actor, action=permissions.CALENDAR, subject=f"release:{release_id}", now=now)
    reason = said(reason, "Say why it is cancelled: readers see it.")[:300]
    with transaction.atomic():
        held = _hold(release_id)
        held.cancelled_at, held.cancelled_reason = now, reason
        held.save(update_fields=["cancelled_at", "cancelled_reason"])
        note(actor=actor, action="index.cancel-release", subject=f"release:{held.pk}", now=now)


def take_date(*, actor: Actor, edition_id: UUID, release_id: UUID, now: datetime) -> None:
    """Give a draft a date of the calendar, in the place of the one that it had.

    A regular edition takes a regular date, a correction one for corrections. Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.DRAFT, subject=f"edition:{edition_id}", now=now)
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        held = _hold(release_id)
        wanted = CORRECTION if edition.replaces_id else REGULAR
        if held.edition_id not in (None, edition.pk):
            raise EditionError("Another edition has this date.")
        if (held.kind, held.origin) != (wanted, edition.origin):
            raise EditionError("This date was announced for another kind of release.")
        Release.objects.filter(edition=edition).exclude(pk=held.pk).update(edition=None)
        held.edition = edition
        held.save(update_fields=["edition"])
        subject = f"edition:{edition.pk}"
        note(actor=actor, action="index.take-date", subject=subject, release=str(held.pk), on=str(held.on), now=now)


def give_early_access(
    *, actor: Actor, edition_id: UUID, user_id: UUID, why: str, starts_at: datetime, now: datetime
) -> EarlyAccess:
    """Put a person on the access list of a draft. Raises NotPermittedError, EditionError."""
    require(actor=actor, action=permissions.ACCESS, subject=f"edition:{edition_id}", now=now)
    why = said(why, "Say why the person may see it before its release.")[:200]
    if user_id == actor.user_id:
        raise EditionError("Another person must put you on the list.")
    try:
        with transaction.atomic():
            edition = hold_draft(edition_id=edition_id)
            if not User.objects.filter(pk=user_id, is_active=True).exists():
                raise EditionError("There is no such account.")
            made = EarlyAccess.objects.create(
                edition=edition,
                person_id=user_id,
                why=why,
                starts_at=starts_at,
                given_by_id=own_id(actor),
                given_at=now,
            )
            subject = f"edition:{edition.pk}"
            note(actor=actor, action=permissions.ACCESS.code, subject=subject, person=str(user_id), now=now)
    except IntegrityError as known:
        raise EditionError("This person is on the list already.") from known
    return made


def end_early_access(*, actor: Actor, access_id: UUID, now: datetime) -> None:
    """Take a person off the access list; that it was on it stays on record. Raises NotPermittedError."""
    require(actor=actor, action=permissions.ACCESS, subject=f"early-access:{access_id}", now=now)
    with transaction.atomic():
        if EarlyAccess.objects.filter(pk=access_id, ended_at=None).update(ended_at=now):
            note(actor=actor, action="index.end-access", subject=f"early-access:{access_id}", now=now)


def look_before_release(*, actor: Actor, edition_id: UUID, now: datetime) -> Edition:
    """The draft that somebody on its access list looks at. Every look, and every refusal, is in the audit log.

    Raises NotPermittedError, EditionError where there is no such draft.
    """
    subject = f"edition:{edition_id}"
    require(actor=actor, action=permissions.LOOK, subject=subject, now=now)
    edition = Edition.objects.filter(pk=edition_id, status=Edition.Status.DRAFT).first()
    if edition is None:
        raise EditionError("This is no draft: it is published, a specimen, or gone.")
    listed = EarlyAccess.objects.filter(edition=edition, person=actor.user_id, ended_at=None, starts_at__lte=now)
    if not listed.exists():
        code, reason = permissions.LOOK.code, "not-on-the-list"
        note(actor=actor, action=code, subject=subject, outcome="refused", reason=reason, now=now)
        raise NotPermittedError(action=code, reason=reason)
    note(actor=actor, action=permissions.LOOK.code, subject=subject, number=edition.label, now=now)
    return edition


def _hold(release_id: UUID) -> Release:
    """A date that can still be changed, held."""
    held = Release.objects.select_for_update().filter(pk=release_id, cancelled_at=None).first()
    if held is None or (held.edition is not None and held.edition.status != Edition.Status.DRAFT):
        raise EditionError("There is no such date, it is cancelled, or its edition is out.")
    return held
