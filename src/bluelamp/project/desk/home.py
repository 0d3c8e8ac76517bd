"""The desk's first page by capacity, the choice of capacity, and one's own account."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.accounts import AccountError, choose_language
from bluelamp.kernel.people.operations.permit import note
from bluelamp.kernel.people.queries import grants_in_force
from bluelamp.project.desk.cards import cards_for
from bluelamp.project.desk.words import capacity_words, scope_words
from bluelamp.project.gate import choose_grant
from bluelamp.ui.onward import own_address


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person in this capacity."""
    now = datetime.now(tz=UTC)
    actor: Actor = request.__dict__["actor"]
    cards = cards_for(actor=actor, now=now)
    return render(request, "desk/home.html", {"cards": cards, "capacity": capacity_words(actor.capacity)})


@require_http_methods(["GET", "HEAD", "POST"])
def capacity(request: HttpRequest) -> HttpResponse:
    """Choose in which capacity to act."""
    now = datetime.now(tz=UTC)
    actor: Actor = request.__dict__["actor"]
    able = grants_in_force(user_id=actor.user_id, now=now)
    following = own_address(request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "POST":
        chosen = next((g for g in able if str(g.pk) == request.POST.get("grant")), None)
        if chosen is not None:
            choose_grant(request, chosen)
            note(actor=actor, action="people.choose-capacity", subject=f"grant:{chosen.pk}", now=now)
            messages.success(request, _("You now act as: %(name)s.") % {"name": capacity_words(chosen.capacity)})
            return redirect(following or "desk:home")
        messages.error(request, _("Choose one of your capacities."))
    rows = [(g, capacity_words(g.capacity), scope_words(g.scope)) for g in able]
    return render(request, "desk/capacity.html", {"rows": rows, "next": following})


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: language of notices, password, second factors, sessions, capacities."""
    actor: Actor = request.__dict__["actor"]
    if request.method == "POST":
        try:
            choose_language(actor=actor, language=request.POST.get("language", ""), now=datetime.now(tz=UTC))
        except AccountError:
            messages.error(request, _("Choose English or Welsh."))
        else:
            messages.success(request, _("Notices will come in this language."))
        return redirect("desk:account")
    grants = grants_in_force(user_id=actor.user_id, now=datetime.now(tz=UTC))
    rows = [(g, capacity_words(g.capacity), scope_words(g.scope)) for g in grants]
    return render(request, "desk/account.html", {"rows": rows, "person": request.user})


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Before anything else: set up a passkey or an authenticator app."""
    return render(request, "desk/second_factor.html")
