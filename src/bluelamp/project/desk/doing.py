"""How the pages of editions act: do one thing, tell how it went, go back; what forms say, read with care."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext

from bluelamp.index.domain.calendar import CalendarError
from bluelamp.index.operations.drafting import EditionError
from bluelamp.index.operations.editions import NoEvidenceError
from bluelamp.index.operations.publishing import NotReadyError
from bluelamp.kernel.approvals.operations import ApprovalError
from bluelamp.project.desk.menu import open_to
from bluelamp.project.desk.publishing_words import obstacle_words


def parse_day(text: str) -> date | None:
    """A day of a form; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def may_open(request: HttpRequest, *names: str) -> dict[str, bool]:
    """Which of some pages are open to the capacity in use; names with underscores, for templates."""
    capacity = request.__dict__["actor"].capacity
    return {name.replace("-", "_"): open_to(view_name=f"desk:{name}", capacity=capacity) for name in names}


def form_text(request: HttpRequest, name: str) -> str:
    """What was written into a field, cut."""
    return request.POST.get(name, "")[:5000]


def parse_uuid(text: str) -> UUID | None:
    """An id of a form; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def do_on(request: HttpRequest, edition_id: UUID, call: Callable[..., Any], done: str, **more: Any) -> HttpResponse:
    """Do one thing with an edition and go back to its page."""

    def act(**common: Any) -> None:
        call(edition_id=edition_id, **common, **more)

    return do(request, act, done, "desk:edition", edition_id=edition_id)


def do(request: HttpRequest, act: Callable[..., None], done: str, back: str, **where: Any) -> HttpResponse:
    """Do one thing, tell how it went, and go back to the page."""
    try:
        act(actor=request.__dict__["actor"], now=datetime.now(tz=UTC))
    except NotReadyError as problem:
        for words in obstacle_words(problem.obstacles):
            messages.error(request, str(words))
    except (EditionError, ApprovalError, CalendarError, NoEvidenceError) as problem:
        # The operations say it in English; the catalogue has the Welsh of what it knows.
        messages.error(request, gettext(str(problem)))
    else:
        messages.success(request, done)
    answer: HttpResponse = redirect(back, **where)
    return answer
