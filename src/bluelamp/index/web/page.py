"""What every page of the Index has."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from bluelamp.index.models import Edition
from bluelamp.index.web import reads

Crumb = tuple[str, str]


def render_page(
    request: HttpRequest, template: str, *, edition: Edition | None, crumbs: tuple[Crumb, ...] = (), **context: Any
) -> HttpResponse:
    """A page with the edition's note, the way home and the publishers behind it."""
    base = {
        "edition": edition,
        "outside": reads.outside(request),
        "crumbs": ((gettext("Home"), reverse("index:home")), *crumbs) if template != "index/home.html" else (),
        "publishers": reads.publishers_of(edition) if edition else [],
    }
    return render(request, template, {**base, **context})
