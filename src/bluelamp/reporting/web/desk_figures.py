"""Figures at the desk: what the service brings, and the public counts that wait for two people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bluelamp.kernel.people.operations.permit import offers
from bluelamp.reporting import permissions
from bluelamp.reporting.operations import publishing_figures
from bluelamp.reporting.operations.publishing_figures import FiguresError
from bluelamp.reporting.queries.benefits import benefits, funnel
from bluelamp.reporting.queries.figures import waiting_figures
from bluelamp.reporting.web.desk_common import show
from bluelamp.reporting.web.figures import KINDS, shown_tables

PERIODS = {"30": 30, "90": 90, "365": 365}


@require_safe
def benefits_page(request: HttpRequest) -> HttpResponse:
    """How long decisions take, what was sent on, what nobody typed again; where people leave the journey."""
    days = PERIODS.get(request.GET.get("days", ""), 90)
    now, today = datetime.now(tz=UTC), timezone.localdate()
    since, scope = today - timedelta(days=days), request.__dict__["actor"].scope
    context = {
        "found": benefits(since=since, now=now, scope=scope),
        "pages": funnel(since=since, until=today),
        "days": days,
        "periods": PERIODS.values(),
        "scope": scope,
    }
    return show(request, "triage/benefits.html", context)


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """Frozen figures, as readers will see them, with what may be done."""
    quarters = [(found, [(kind, shown_tables(found, kind)) for kind in KINDS]) for found in waiting_figures()]
    actor = request.__dict__["actor"]
    allowed = {
        "check": offers(actor=actor, action=permissions.CHECK_FIGURES),
        "publish": offers(actor=actor, action=permissions.PUBLISH_FIGURES),
    }
    return show(request, "triage/figures.html", {"quarters": quarters, "may": allowed})


@require_POST
def check(request: HttpRequest, figures_id: UUID) -> HttpResponse:
    """Stand by frozen figures."""
    return _do(request, publishing_figures.check_figures, figures_id, _("You checked these figures."))


@require_POST
def publish(request: HttpRequest, figures_id: UUID) -> HttpResponse:
    """Publish what somebody else checked."""
    return _do(request, publishing_figures.publish_figures, figures_id, _("These figures are public now."))


def _do(request: HttpRequest, act: Callable[..., Any], figures_id: UUID, done: str) -> HttpResponse:
    try:
        act(actor=request.__dict__["actor"], figures_id=figures_id, now=datetime.now(tz=UTC))
        messages.success(request, done)
    except FiguresError as problem:
        messages.error(request, str(problem))
    return redirect("triage:figures")
