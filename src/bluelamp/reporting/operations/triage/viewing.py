"""A person's own views of the queue: a name for a set of filters."""

from datetime import datetime

from django.db import IntegrityError, transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.reporting import permissions
from bluelamp.reporting.models import SavedView
from bluelamp.reporting.operations.triage.common import NoReportError, person_of

MOST_VIEWS = 20


class ViewError(ValueError):
    """A view without a name, with a name that is taken, or one too many."""


def save_view(*, actor: Actor, name: str, query: str, now: datetime) -> SavedView:
    """Keep filters under a name; `query` holds codes only, never a reference or words. Raises ViewError."""
    require(actor=actor, action=permissions.QUEUE, scope=actor.scope, now=now)
    tidy = " ".join(name.split())
    own = SavedView.objects.filter(person=actor.user_id)
    if not tidy or len(tidy) > 60 or len(query) > 500 or own.count() >= MOST_VIEWS:
        raise ViewError(tidy)
    try:
        with transaction.atomic():
            made = SavedView.objects.create(person_id=person_of(actor), name=tidy, query=query)
            note(actor=actor, action="reporting.save-view", subject=f"view:{made.pk}", now=now)
            return made
    except IntegrityError as taken:
        raise ViewError(tidy) from taken


def remove_view(*, actor: Actor, view_id: int, now: datetime) -> None:
    """Remove one of the actor's own views. Raises NoReportError for another's."""
    require(actor=actor, action=permissions.QUEUE, scope=actor.scope, now=now)
    if not SavedView.objects.filter(person=actor.user_id, pk=view_id).delete()[0]:
        raise NoReportError(str(view_id))
