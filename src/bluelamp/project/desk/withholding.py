"""Withholding at the desk: a page of its own with two forms, so that nothing changes by a button pressed untouched."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from bluelamp.index.draft_queries import CRIMES, PRODUCT, withheld_of
from bluelamp.index.models import Edition
from bluelamp.index.operations import withholding
from bluelamp.index.operations.drafting import EditionError
from bluelamp.index.operations.withholding import NothingChangesError
from bluelamp.index.queries import nameable_rows
from bluelamp.project.desk.edition_page import edition_at_the_desk

_WHAT = {PRODUCT: _("The product"), CRIMES: _("Its count of crimes")}


class WithholdForm(forms.Form):
    """What readers are not to see, and why."""

    product = forms.ChoiceField(label=_("Product"), error_messages={"required": _("Choose a product.")})
    what = forms.ChoiceField(
        label=_("What"),
        choices=[("", _("Choose")), *_WHAT.items()],
        error_messages={"required": _("Choose what is withheld.")},
    )
    reason = forms.CharField(
        label=_("Why (at least 10 characters)"),
        max_length=300,
        error_messages={"required": _("Say why it is withheld.")},
    )

    def __init__(self, data: Any, edition: Edition) -> None:
        super().__init__(data, prefix="withhold")
        rows = nameable_rows(edition=edition).order_by("product_name", "product_key")
        _choices(self, "product", rows.values_list("product_key", "product_name"))


class ShowAgainForm(forms.Form):
    """What readers are to see again. `shown` is what was withheld and the product's key."""

    shown = forms.ChoiceField(
        label=_("What is withheld"), error_messages={"required": _("Choose what is shown again.")}
    )

    def __init__(self, data: Any, edition: Edition) -> None:
        super().__init__(data, prefix="again")
        _choices(
            self,
            "shown",
            [(f"{what}|{key}", f"{name}: {_WHAT[what]}") for what, key, name, _w in withheld_of(edition=edition)],
        )


@require_http_methods(["GET", "HEAD", "POST"])
def withhold(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Withhold a product or its count of crimes, or show it again."""
    found = edition_at_the_desk(edition_id)
    if found.status != Edition.Status.DRAFT:
        raise Http404("Only a draft is changed.")
    again = request.method == "POST" and request.POST.get("do") == "show-again"
    data = request.POST if request.method == "POST" else None
    hide_form, again_form = WithholdForm(None if again else data, found), ShowAgainForm(data if again else None, found)
    form = again_form if again else hide_form
    if data is not None and form.is_valid() and _done(request, found, form):
        messages.success(request, gettext("The draft was changed. Run the checks again and ask anew for sign-off."))
        return redirect("desk:edition", edition_id=found.pk)
    context = {
        "found": found,
        "form": form,
        "hide_form": hide_form,
        "again_form": again_form,
        "held": withheld_of(edition=found),
    }
    return render(request, "desk/withhold.html", context)


def _done(request: HttpRequest, edition: Edition, form: forms.Form) -> bool:
    """Do it; where it is refused, put the reason at the field that it is about."""
    common = {"actor": request.__dict__["actor"], "edition_id": edition.pk, "now": datetime.now(tz=UTC)}
    wanted = form.cleaned_data
    try:
        if isinstance(form, ShowAgainForm):
            what, _bar, key = wanted["shown"].partition("|")
            withholding.show_again(product_key=key, what=what, **common)
        else:
            withholding.withhold(product_key=wanted["product"], what=wanted["what"], reason=wanted["reason"], **common)
    except NothingChangesError as nothing:
        form.add_error("shown" if isinstance(form, ShowAgainForm) else "what", gettext(str(nothing)))
    except EditionError as refused:
        form.add_error("reason" if "reason" in form.fields else None, gettext(str(refused)))
    return not form.errors


def _choices(form: forms.Form, name: str, choices: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker what stands above
    field.choices = [("", _("Choose")), *choices]
