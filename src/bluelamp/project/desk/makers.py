"""A maker's pages: what is to be said of its products, its replies; and which organisation speaks for which maker."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.index import publishing_queries
from bluelamp.index.draft_queries import names_of
from bluelamp.index.models import MakerLink
from bluelamp.index.operations import previews
from bluelamp.index.operations.drafting import EditionError
from bluelamp.index.operations.previews import ReplyRefusedError
from bluelamp.index.web.words import REPLY_RULES, reply_problem
from bluelamp.kernel.people.queries import organisation_names
from bluelamp.project.desk.draft_products import framed
from bluelamp.project.desk.forms import DayField

_form_page = require_http_methods(["GET", "HEAD", "POST"])


class ReplyForm(forms.Form):
    """What a maker says about one product."""

    # How long it may be is a rule of form: the operation says which are broken, and the text is kept to be mended.
    text = forms.CharField(
        label=gettext_lazy("Your reply, shown complete"),
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write your reply.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("en", gettext_lazy("English")), ("cy", gettext_lazy("Welsh"))]
    )
    claims_error = forms.BooleanField(label=gettext_lazy("The evidence is wrong"), required=False)
    fix_on = DayField(label=gettext_lazy("A fix will be there on (if there is one)"), required=False)


class LinkForm(forms.Form):
    """An organisation that speaks for a maker."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"))
    maker_key = forms.CharField(
        label=gettext_lazy("Maker"), help_text=gettext_lazy("As in the address of its page."), max_length=120
    )
    how_known = forms.CharField(label=gettext_lazy("How did you make sure?"), max_length=200)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
        field.choices = [(scope.partition(":")[2], name) for scope, name in sorted(organisation_names().items())]


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Previews that are open, and what the organisation replied."""
    organisation = request.__dict__["actor"].scope.partition(":")[2]
    sent = list(publishing_queries.replies_of(organisation=organisation))
    shown = list(publishing_queries.previews_of(organisation=organisation))
    context = {
        "previews": shown,
        "replies": [(reply, REPLY_RULES.get(reply.refused_rule, "")) for reply in sent],
        "names": names_of(keys={reply.product_key for reply in sent} | {preview.product_key for preview in shown}),
    }
    return render(request, "desk/previews.html", context)


@_form_page
def preview(request: HttpRequest, preview_id: UUID) -> HttpResponse:
    """What is to be said of one product, exactly, and a form to reply."""
    actor, now = request.__dict__["actor"], datetime.now(tz=UTC)
    found = previews.look_at_preview(actor=actor, preview_id=preview_id, now=now)
    if found is None:
        raise Http404("There is no such preview.")
    shown, row = found
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            previews.reply(actor=actor, product_key=shown.product_key, now=now, **form.cleaned_data)
        except ReplyRefusedError as broken:
            form.add_error("text", [reply_problem(rule) for rule in broken.broken])
        except EditionError as refused:
            form.add_error(None, _(str(refused)))
        else:
            messages.success(request, _("Your reply was received. A person decides about it by the published rules."))
            return redirect("desk:previews")
    return framed(request, edition=shown.edition, row=row, frame="desk/preview.html", preview=shown, form=form)


@_form_page
def links(request: HttpRequest) -> HttpResponse:
    """Which organisation speaks for which maker."""
    form = LinkForm(request.POST if request.method == "POST" and "end" not in request.POST else None)
    actor, now, problem = request.__dict__["actor"], datetime.now(tz=UTC), ""
    if request.method == "POST":
        try:
            if "end" in request.POST:
                previews.end_link(actor=actor, link_id=_uuid(request.POST["end"]), now=now)
            elif form.is_valid():
                wanted = form.cleaned_data
                previews.link_maker(
                    actor=actor,
                    organisation_id=_uuid(wanted["organisation"]),
                    maker_key=wanted["maker_key"],
                    how_known=wanted["how_known"],
                    now=now,
                )
            if not form.errors:
                messages.success(request, _("It was written down."))
                return redirect("desk:maker-links")
        except EditionError as refused:
            problem = str(refused)
    standing = MakerLink.objects.filter(ended_at=None).select_related("organisation")
    return render(request, "desk/maker_links.html", {"links": standing, "form": form, "problem": problem})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as bad:
        raise EditionError(_("Choose one of the list.")) from bad
