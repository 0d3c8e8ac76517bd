"""The queue of work: what waits, what was given up, what runs when."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bluelamp.kernel.outbox import operations, queries
from bluelamp.kernel.outbox.operations import NoDeadLetterError
from bluelamp.kernel.people.operations.permit import note

MOST = 200


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """The backlog, dead letters and the schedule."""
    now = datetime.now(tz=UTC)
    dead = queries.dead_letters()
    context = {"backlog": queries.backlog(now=now), "dead": dead[:MOST], "jobs": queries.schedule(now=now)}
    return render(request, "desk/work.html", context)


@require_POST
def revive(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Try a dead letter again."""
    return _mend(request, delivery_id, again=True)


@require_POST
def discard(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Give a dead letter up for good."""
    return _mend(request, delivery_id, again=False)


def _mend(request: HttpRequest, delivery_id: UUID, *, again: bool) -> HttpResponse:
    now = datetime.now(tz=UTC)
    try:
        (operations.revive if again else operations.discard)(delivery_id=delivery_id, now=now)
    except NoDeadLetterError:
        messages.error(request, _("Somebody else has dealt with this one."))
    else:
        action = "outbox.revive" if again else "outbox.discard"
        note(actor=request.__dict__["actor"], action=action, subject=f"delivery:{delivery_id}", now=now)
        messages.success(request, _("It will be tried again.") if again else _("It was discarded."))
    return redirect("desk:work")
