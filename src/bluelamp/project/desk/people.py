"""People, invitations, organisations, and requests to remove a second factor."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.kernel.people import queries
from bluelamp.kernel.people.operations import accounts, recovery
from bluelamp.kernel.people.operations.accounts import AccountError
from bluelamp.project.desk.forms import InviteForm, OrganisationForm
from bluelamp.project.desk.words import capacity_words

PAGE = 50
_form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Accounts, with a search by name or address."""
    text = request.GET.get("q", "")[:100]
    page = Paginator(queries.people(text=text), PAGE).get_page(request.GET.get("page"))
    rows = [(p, [capacity_words(g.capacity) for g in getattr(p, "current_grants", [])]) for p in page]
    return render(request, "desk/people.html", {"page": page, "rows": rows, "text": text})


@_form_page
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person; then show the one-time link to pass on."""
    form = InviteForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        now = datetime.now(tz=UTC)
        try:
            made = accounts.invite(
                actor=request.__dict__["actor"],
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                now=now,
            )
        except AccountError as problem:
            context["problem"] = str(problem)
        else:
            link = request.build_absolute_uri(accounts.sign_in_path(user=made))
            return render(request, "desk/link.html", {"person": made, "link": link})
    return render(request, "desk/invite.html", context)


@_form_page
def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations, and a form to add one."""
    form = OrganisationForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        now = datetime.now(tz=UTC)
        try:
            accounts.add_organisation(actor=request.__dict__["actor"], name=form.cleaned_data["name"], now=now)
        except AccountError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The organisation was added."))
            return redirect("desk:organisations")
    page = Paginator(queries.organisations(), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/organisations.html", {"page": page, "form": form, "problem": problem})


@_form_page
def resets(request: HttpRequest) -> HttpResponse:
    """Requests to remove a second factor that wait for a second person."""
    now = datetime.now(tz=UTC)
    problem = ""
    if request.method == "POST":
        approve = request.POST.get("decision") == "approve"
        try:
            recovery.decide_reset(
                actor=request.__dict__["actor"], reset_id=_uuid(request.POST.get("reset")), approve=approve, now=now
            )
        except AccountError as refused:
            problem = str(refused)
        else:
            messages.success(
                request,
                _("The second factor was removed. The person sets up a new one when signing in.")
                if approve
                else _("The request was refused. Nothing was changed."),
            )
            return redirect("desk:resets")
    return render(request, "desk/resets.html", {"waiting": queries.open_resets(now=now), "problem": problem})


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError as bad:
        raise AccountError("Choose one of the requests.") from bad
