"""The demonstration's cast: anyone on this machine may play anyone. It exists only under `make demo`."""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.queries import everyones_grants
from bluelamp.project.desk.words import capacity_words, scope_words

BACKEND = "bluelamp.kernel.people.web.backend.Backend"


@require_http_methods(["GET", "HEAD", "POST"])
def cast(request: HttpRequest) -> HttpResponse:
    """The cast, and a button to act as one of them. Only people of origin `test`, only on this machine."""
    if not settings.BLUELAMP_DEMO or request.__dict__.get("outside", True):
        raise Http404("There is nothing at this address.")
    now = datetime.now(tz=UTC)
    members = User.objects.filter(origin="test", is_active=True).order_by("first_name")
    if request.method == "POST":
        chosen = members.filter(username=request.POST.get("who", "")[:100]).first()
        if chosen is not None:
            login(request, chosen, backend=BACKEND)
            record_authentication(request, chosen, method="mfa", type="demo")
            record(actor=f"user:{chosen.pk}", action="people.demo-sign-in", now=now)
            return redirect("desk:home")
    grants = everyones_grants(people=[member.pk for member in members], now=now)
    rows = [
        (member, [(capacity_words(g.capacity), scope_words(g.scope)) for g in grants.get(member.pk, ())])
        for member in members
    ]
    return render(request, "desk/demo.html", {"rows": rows})
