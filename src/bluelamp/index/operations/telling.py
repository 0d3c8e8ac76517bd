"""Telling makers: a preview was opened, a reply was decided, an edition that names their product is out or is not.

Handlers of events (project/wiring.py). What goes out is a neutral notice to everybody who acts for an organisation that
is linked to the maker; what it is about they read at the desk. Where nobody is linked nobody is told here: the desk
shows it to the analysts, who tell the maker as they wrote down.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from bluelamp.index.models import Edition, MakerLink, Preview, Reply
from bluelamp.index.queries import named_rows
from bluelamp.kernel.events import (
    EditionCorrected,
    EditionPublished,
    EditionWithdrawn,
    PreviewOpened,
    ReplyAccepted,
    ReplyRefused,
)
from bluelamp.kernel.messaging.domain.addresses import AddressError
from bluelamp.kernel.messaging.operations.contacts import account_contact
from bluelamp.kernel.messaging.operations.notices import queue
from bluelamp.kernel.people.queries import holders

_CAPACITY = "maker"


def tell_of_preview(*, event: PreviewOpened, now: datetime) -> int:
    """Tell that there is something to look at until a day: once for all previews of an edition that end on it."""
    preview = Preview.objects.select_related("edition").filter(pk=event.preview).first()
    if preview is None or preview.edition.status != Edition.Status.DRAFT:
        return 0
    if preview.ends_on < timezone.localdate(now):
        return 0
    return _tell(
        organisations=_linked(makers=[preview.maker_key]),
        template="look-until",
        params={"day": preview.ends_on.isoformat()},
        about=f"preview:{preview.edition_id}:{preview.ends_on}",
        origin=preview.edition.origin,
        now=now,
    )


def tell_of_reply(*, event: ReplyAccepted | ReplyRefused, now: datetime) -> int:
    """Tell whoever replied that a person has decided; which way, and why, stands at the desk."""
    reply = Reply.objects.filter(pk=event.reply).exclude(decision="").first()
    if reply is None:
        return 0
    return _tell(
        organisations=[reply.organisation_id],
        template="something-new",
        params={},
        about=f"reply:{reply.pk}",
        origin=reply.origin,
        now=now,
    )


def tell_of_edition(*, event: EditionPublished, now: datetime) -> int:
    """Tell the makers whose products an edition names. Of a correction `tell_of_correction` tells."""
    edition = Edition.objects.get(pk=event.edition)
    return 0 if edition.replaces_id else _tell_of(edition, makers=_named(edition), what="published", now=now)


def tell_of_correction(*, event: EditionCorrected, now: datetime) -> int:
    """Tell the makers whose products a correction names, or what it corrects named."""
    edition = Edition.objects.get(pk=event.edition)
    makers = _named(edition) | _named(Edition.objects.get(pk=event.replaced))
    return _tell_of(edition, makers=makers, what="corrected", now=now)


def tell_of_withdrawal(*, event: EditionWithdrawn, now: datetime) -> int:
    """Tell the makers whose products a withdrawn edition named."""
    edition = Edition.objects.get(pk=event.edition)
    return _tell_of(edition, makers=_named(edition), what="withdrawn", now=now)


def _named(edition: Edition) -> set[str]:
    return set(named_rows(edition=edition).values_list("maker_key", flat=True).distinct())


def _linked(*, makers: Collection[str]) -> list[UUID]:
    """The organisations that speak for some makers."""
    links = MakerLink.objects.filter(ended_at=None, maker_key__in=makers)
    return sorted(set(links.values_list("organisation_id", flat=True)))


def _tell_of(edition: Edition, *, makers: Collection[str], what: str, now: datetime) -> int:
    return _tell(
        organisations=_linked(makers=makers),
        template="something-new",
        params={},
        about=f"{what}:{edition.pk}",
        origin=edition.origin,
        now=now,
    )


def _tell(
    *, organisations: Collection[UUID], template: str, params: dict[str, str], about: str, origin: str, now: datetime
) -> int:
    """Queue one notice for each person, once whatever happens (the key names what it is about); give their number."""
    told = 0
    for person in holders(capacity=_CAPACITY, scopes=[f"organisation:{o}" for o in organisations], now=now):
        try:
            contact = account_contact(user=person, now=now)
        except AddressError:
            # An account of somebody who signs in elsewhere may have no address that mail could reach.
            continue
        queue(
            contact=contact,
            template=template,
            params=params,
            dedupe_key=f"index:{about}:{person.pk}",
            # An invented person is written to no more than an invented edition leaves.
            origin=origin if person.origin == "live" else person.origin,
            now=now,
        )
        told += 1
    return told
