"""What the pages of the desk share: the actor, doing something and saying how it went."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import offers
from bluelamp.reporting import permissions
from bluelamp.reporting.operations.triage.common import ConflictError, MissingError, NoReportError, WrongStateError
from bluelamp.reporting.web.desk_words import problem_words
from bluelamp.ui.labels import Label
from bluelamp.ui.onward import own_address

_PLACES: tuple[tuple[str, Label, Action], ...] = (
    ("triage:queue", _("Queue"), permissions.QUEUE),
    ("triage:duties", _("Duties"), permissions.DUTY),
    ("triage:numbers", _("Crime numbers"), permissions.RECORD),
    ("triage:handovers", _("Hand-overs"), permissions.HAND_OVER),
    ("triage:campaigns", _("Campaigns"), permissions.LINK),
    ("triage:reviews", _("Reviews"), permissions.REVIEW),
    ("triage:benefits", _("What it brings"), permissions.SEE_BENEFITS),
    ("triage:figures", _("Public figures"), permissions.SEE_FIGURES),
    ("triage:shift", _("For the next shift"), permissions.QUEUE),
)


def actor_of(request: HttpRequest) -> Actor:
    """Who is at work."""
    actor: Actor = request.__dict__["actor"]
    return actor


def clock() -> datetime:
    """The time of a request."""
    return datetime.now(tz=UTC)


def show(request: HttpRequest, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the desk, with the places that this capacity can go to."""
    actor = actor_of(request)
    places = [(reverse(name), label) for name, label, action in _PLACES if offers(actor=actor, action=action)]
    shown = {"places": places, "code": (get_language() or "en")[:2], **context}
    return render(request, page, shown, status=status)


def text_of(request: HttpRequest, name: str, *, longest: int = 5_000) -> str:
    """A text that was posted, a little longer than it may be, so that the operation can say so."""
    return request.POST.get(name, "")[:longest].replace("\x00", "")


def do(request: HttpRequest, act: Callable[[], object], *, done: Label, back: str, **where: Any) -> HttpResponse:
    """Do something, say how it went, and go back to a page. A report that is not there is a 404 page."""
    try:
        act()
    except NoReportError as gone:
        raise Http404("There is nothing at this address.") from gone
    except ConflictError:
        return conflict(request, back=back, **where)
    except (MissingError, WrongStateError) as wrong:
        messages.error(request, str(problem_words(wrong.code)))
    else:
        messages.success(request, str(done))
    return _onward(request) or redirect(back, **where)


def conflict(request: HttpRequest, *, back: str, **where: Any) -> HttpResponse:
    """Somebody else was quicker: say so on a page of its own, with what was written."""
    kept = text_of(request, "text")
    context = {"address": reverse(back, kwargs=where), "kept": kept}
    return show(request, "triage/conflict.html", context, status=409)


def _onward(request: HttpRequest) -> HttpResponseRedirect | None:
    """The page that a form came from, where it says so."""
    following = own_address(request.POST.get("next", "")[:500])
    return HttpResponseRedirect(following) if following else None
