"""One person: grants, vetting, link, second factor, closing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations import accounts, grants, recovery
from bluelamp.kernel.people.operations.accounts import AccountError
from bluelamp.kernel.people.operations.grants import GrantError
from bluelamp.kernel.people.queries import person_by_id
from bluelamp.project.desk.forms import GrantForm, ReasonForm, ResetForm, VettingForm
from bluelamp.project.desk.menu import open_to
from bluelamp.project.desk.words import capacity_words, end_of, scope_words, start_of

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Everything about one account."""
    found, now = _person(user_id), datetime.now(tz=UTC)
    rows = [
        {
            "grant": g,
            "capacity": capacity_words(g.capacity),
            "scope": scope_words(g.scope),
            "state": _state(g, now),
            "open": g.revoked_at is None and now < g.ends_at,
        }
        for g in found.grants.all()
    ]
    actor = request.__dict__["actor"]
    context = {
        "person": found,
        "audit_id": Actor(user_id=found.pk).audit_id,
        "rows": rows,
        "today": now.date(),
        "own": found.pk == actor.user_id,
        "may_change": open_to(view_name="desk:grant", capacity=actor.capacity) and found.pk != actor.user_id,
    }
    return render(request, "desk/person.html", context)


@_form_page
def grant(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a capacity."""

    def act(data: dict[str, Any]) -> None:
        grants.give(
            actor=request.__dict__["actor"],
            user_id=user_id,
            capacity=data["capacity"],
            scope=data["scope"],
            purpose=data["purpose"],
            starts_at=start_of(data["starts_on"]),
            ends_at=end_of(data["ends_on"]),
            now=datetime.now(tz=UTC),
        )

    form = GrantForm(request.POST if request.method == "POST" else None)
    return _form(request, user_id, form, act, title=_("Give a capacity"), done=_("The capacity was given."))


@_form_page
def revoke(request: HttpRequest, user_id: UUID, grant_id: UUID) -> HttpResponse:
    """Revoke a capacity."""

    def act(data: dict[str, Any]) -> None:
        now = datetime.now(tz=UTC)
        grants.revoke(actor=request.__dict__["actor"], grant_id=grant_id, reason=data["reason"], now=now)

    form = ReasonForm(request.POST if request.method == "POST" else None)
    return _form(request, user_id, form, act, title=_("Revoke a capacity"), done=_("The capacity was revoked."))


@_form_page
def vet(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Record a clearance."""

    def act(data: dict[str, Any]) -> None:
        accounts.record_vetting(
            actor=request.__dict__["actor"],
            user_id=user_id,
            level=data["level"],
            expires_on=data["expires_on"],
            now=datetime.now(tz=UTC),
        )

    form = VettingForm(request.POST if request.method == "POST" else None)
    return _form(request, user_id, form, act, title=_("Record vetting"), done=_("The vetting was recorded."))


@_form_page
def ask_reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Ask that a lost second factor be removed."""

    def act(data: dict[str, Any]) -> None:
        now = datetime.now(tz=UTC)
        recovery.ask_reset(actor=request.__dict__["actor"], user_id=user_id, how_known=data["how_known"], now=now)

    form = ResetForm(request.POST if request.method == "POST" else None)
    title, done = _("Remove a lost second factor"), _("A second administrator must now agree, within a day.")
    return _form(request, user_id, form, act, title=title, done=done)


@require_POST
def withdraw_vetting(request: HttpRequest, user_id: UUID, vetting_id: UUID) -> HttpResponse:
    """Withdraw a clearance."""
    now = datetime.now(tz=UTC)
    accounts.withdraw_vetting(actor=request.__dict__["actor"], vetting_id=vetting_id, now=now)
    messages.success(request, _("The vetting was withdrawn."))
    return redirect("desk:person", user_id=user_id)


@require_POST
def set_open(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Close or open an account."""
    is_open = request.POST.get("open") == "yes"
    try:
        accounts.set_open(actor=request.__dict__["actor"], user_id=user_id, is_open=is_open, now=datetime.now(tz=UTC))
        messages.success(request, _("The account was opened.") if is_open else _("The account was closed."))
    except AccountError as problem:
        messages.error(request, str(problem))
    return redirect("desk:person", user_id=user_id)


@require_POST
def link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Make a new one-time link for a forgotten password and show it to pass on."""
    try:
        path = accounts.new_link(actor=request.__dict__["actor"], user_id=user_id, now=datetime.now(tz=UTC))
    except AccountError as problem:
        messages.error(request, str(problem))
        return redirect("desk:people")
    return render(request, "desk/link.html", {"person": _person(user_id), "link": request.build_absolute_uri(path)})


def _form(
    request: HttpRequest,
    user_id: UUID,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    *,
    title: str,
    done: str,
) -> HttpResponse:
    found = _person(user_id)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            act(form.cleaned_data)
        except (AccountError, GrantError) as refused:
            problem = str(refused)
        else:
            messages.success(request, done)
            return redirect("desk:person", user_id=user_id)
    return render(request, "desk/form.html", {"form": form, "title": title, "person": found, "problem": problem})


def _person(user_id: UUID) -> User:
    found = person_by_id(user_id=user_id)
    if found is None:
        raise Http404("There is no such account.")
    return found


def _state(grant: Any, now: datetime) -> str:
    if grant.revoked_at is not None:
        return _("revoked")
    if now < grant.starts_at:
        return _("not yet in force")
    return _("ended") if now >= grant.ends_at else _("in force")
