"""Programs that may use our APIs. Administrators give and end their keys, and see no report."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bluelamp.kernel.clients import operations
from bluelamp.kernel.clients.operations import ClientError
from bluelamp.kernel.clients.queries import clients, state_of
from bluelamp.kernel.people.queries import organisation_names

PAGE = 50
SCOPES = {
    "reports:send": gettext_lazy("Send reports"),
    "reports:status": gettext_lazy("Ask for the state of a report whose words it holds"),
    "reports:read-own": gettext_lazy("List the reports that it sent itself: reference, state and day"),
}
STATES = {
    "open": gettext_lazy("Open"),
    "expired": gettext_lazy("Its time is over"),
    "revoked": gettext_lazy("Shut out"),
}


class ClientForm(forms.Form):
    """A program to let in."""

    name = forms.CharField(label=gettext_lazy("Name of the program"), max_length=100)
    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"), required=False)
    origin = forms.ChoiceField(
        label=gettext_lazy("What it sends"),
        choices=[("test", gettext_lazy("Tests only (a sandbox)")), ("live", gettext_lazy("Real reports"))],
    )
    send = forms.BooleanField(label=SCOPES["reports:send"], required=False)
    status = forms.BooleanField(label=SCOPES["reports:status"], required=False)
    read_own = forms.BooleanField(label=SCOPES["reports:read-own"], required=False)
    days = forms.IntegerField(label=gettext_lazy("For how many days"), min_value=1, max_value=730, initial=365)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        named = [(scope.partition(":")[2], name) for scope, name in sorted(organisation_names().items())]
        field.choices = [("", gettext_lazy("None")), *named]

    @property
    def scopes(self) -> list[str]:
        """The scopes that were ticked."""
        ticked = {"send": "reports:send", "status": "reports:status", "read_own": "reports:read-own"}
        return [scope for name, scope in ticked.items() if self.cleaned_data.get(name)]


@require_http_methods(["GET", "HEAD", "POST"])
def programs(request: HttpRequest) -> HttpResponse:
    """Every program, and a form to let one in; then its key, once."""
    form, problem, now = ClientForm(request.POST or None), "", datetime.now(tz=UTC)
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        try:
            made, key = operations.add_client(
                actor=request.__dict__["actor"],
                name=held["name"],
                scopes=form.scopes,
                origin=held["origin"],
                organisation=UUID(held["organisation"]) if held["organisation"] else None,
                lives=timedelta(days=held["days"]),
                now=now,
            )
        except ClientError as refused:
            problem = str(refused)
        else:
            return render(request, "desk/client_key.html", {"client": made, "key": key})
    page = Paginator(clients(now=now), PAGE).get_page(request.GET.get("page"))
    rows = [(c, STATES[state_of(client=c, now=now)], [SCOPES[s] for s in c.scopes if s in SCOPES]) for c in page]
    return render(request, "desk/clients.html", {"page": page, "rows": rows, "form": form, "problem": problem})


@require_POST
def change(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Give a program a new key, or shut it out."""
    actor, now = request.__dict__["actor"], datetime.now(tz=UTC)
    try:
        if request.POST.get("what") == "rotate":
            key = operations.rotate(actor=actor, client_id=client_id, now=now)
            found = clients(now=now).filter(pk=client_id).first()
            return render(request, "desk/client_key.html", {"client": found, "key": key, "rotated": True})
        if request.POST.get("what") == "revoke":
            operations.revoke(actor=actor, client_id=client_id, now=now)
            messages.success(request, _("The program was shut out. What it sent stays."))
        else:
            raise Http404("There is no such act.")
    except ClientError as refused:
        messages.error(request, str(refused))
    return redirect("desk:clients")
