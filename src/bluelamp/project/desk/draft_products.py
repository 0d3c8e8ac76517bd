"""What an edition is to show, product by product: for the desk, for the access list, for a product's maker.

It is the public page of a product in another frame, so that who signs or replies sees all that readers will.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bluelamp.index.draft_queries import shown_in
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations import releasing
from bluelamp.index.operations.drafting import EditionError
from bluelamp.index.web.product_page import draft_context
from bluelamp.index.web.words import STATUSES
from bluelamp.project.desk.edition_page import edition_at_the_desk

PAGE = 25


class ProductsForm(forms.Form):
    """Which products to list."""

    q = forms.CharField(label=_("Product"), max_length=100, required=False)


@require_safe
def products(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Every product that an edition shows, for those who work on it."""
    found = edition_at_the_desk(edition_id)
    listed = product_list(request, edition=found)
    return render(request, "desk/products.html", {"found": found, "status": STATUSES[found.status], **listed})


@require_safe
def product(request: HttpRequest, edition_id: UUID, key: str) -> HttpResponse:
    """One product as readers will see it, for those who work on the edition."""
    return _page(request, edition_at_the_desk(edition_id), key, back="desk:edition-products")


@require_safe
def look(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """A draft, for somebody on its access list."""
    found = _on_the_list(request, edition_id)
    return render(request, "desk/look.html", {"found": found, **product_list(request, edition=found)})


@require_safe
def look_at_product(request: HttpRequest, edition_id: UUID, key: str) -> HttpResponse:
    """One product of a draft as readers will see it, for somebody on its access list."""
    return _page(request, _on_the_list(request, edition_id), key, back="desk:look")


def product_list(request: HttpRequest, *, edition: Edition) -> dict[str, Any]:
    """What the table of an edition's products needs: some at a time."""
    form = ProductsForm(request.GET)
    rows = shown_in(edition=edition, text=form.cleaned_data["q"] if form.is_valid() else "")
    return {"products_form": form, "page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}


def framed(request: HttpRequest, *, edition: Edition, row: EditionRow, frame: str, **more: Any) -> HttpResponse:
    """The public page of a product around what is not public. Who may see it was checked before."""
    return render(request, "index/product.html", {**draft_context(edition=edition, row=row), "frame": frame, **more})


def _page(request: HttpRequest, edition: Edition, key: str, *, back: str) -> HttpResponse:
    row = shown_in(edition=edition).filter(product_key=key).first()
    if row is None:
        raise Http404("The edition does not show this product.")
    return framed(request, edition=edition, row=row, frame="desk/product_frame.html", back=back)


def _on_the_list(request: HttpRequest, edition_id: UUID) -> Edition:
    """The draft that somebody on its access list looks at; every look is written down. Raises Http404."""
    actor, now = request.__dict__["actor"], datetime.now(tz=UTC)
    try:
        return releasing.look_before_release(actor=actor, edition_id=edition_id, now=now)
    except EditionError as gone:
        raise Http404(str(gone)) from gone
