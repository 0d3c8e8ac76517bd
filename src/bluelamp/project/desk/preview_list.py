"""The makers' previews of a draft at the desk, some at a time: a first edition has hundreds."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bluelamp.index.models import Edition, Preview

PAGE = 25


class PreviewForm(forms.Form):
    """Which previews to list."""

    q = forms.CharField(label=_("Product or maker"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=_("Which"),
        choices=[
            ("", _("All")),
            ("running", _("Still running")),
            ("over", _("Over")),
            ("unseen", _("Nobody has looked")),
            ("seen", _("Looked at")),
        ],
        required=False,
    )


def preview_list(request: HttpRequest, *, edition: Edition, today: date) -> dict[str, Any]:
    """What the template of an edition shows of its previews: how many there are, the form, one page of those chosen."""
    form = PreviewForm(request.GET)
    form.is_valid()  # a state that is none of ours is told beside the field, and does not narrow the list
    names = edition.rows.filter(product_key=OuterRef("product_key")).values("product_name")[:1]
    named = edition.previews.annotate(product_name=Coalesce(Subquery(names), "product_key"))
    found = _chosen(named.order_by("ends_on", Lower("product_name"), "pk"), form.cleaned_data, today)
    return {
        "preview_form": form,
        "preview_count": edition.previews.aggregate(n=Count("pk"), seen=Count("first_seen_at")),
        "previews": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }


def _chosen(previews: QuerySet[Preview], wanted: dict[str, str], today: date) -> QuerySet[Preview]:
    states = {
        "running": Q(ends_on__gte=today),
        "over": Q(ends_on__lt=today),
        "unseen": Q(first_seen_at=None),
        "seen": Q(first_seen_at__isnull=False),
    }
    found = previews.filter(states.get(wanted.get("state", ""), Q()))
    # A key begins with the maker's.
    word = wanted.get("q")
    return found.filter(Q(product_key__icontains=word) | Q(product_name__icontains=word)) if word else found
