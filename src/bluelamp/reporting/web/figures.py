"""The public figures of reports and recorded crimes, and their download."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bluelamp.kernel.catalogue.queries import named_products
from bluelamp.kernel.places.queries import force_by_slug, is_force
from bluelamp.reporting.domain.figures import OTHERS
from bluelamp.reporting.domain.suppression import LEAST, ROUNDED_TO
from bluelamp.reporting.models import PublicFigures
from bluelamp.reporting.queries.figures import published_figures
from bluelamp.ui.labels import category_plural

KINDS = ("reports", "crimes")
Row = tuple[str, int | None]


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Every published quarter, newest first."""
    quarters = [(found, [(kind, shown_tables(found, kind)) for kind in KINDS]) for found in published_figures()]
    return render(request, "figures/figures.html", {"quarters": quarters, "least": LEAST, "rounded": ROUNDED_TO})


@require_safe
def figures_csv(_request: HttpRequest, quarter: str) -> HttpResponse:
    """One quarter as CSV: what is hidden is written "fewer than 10 or hidden"."""
    found = published_figures().filter(quarter=quarter).first()
    if found is None:
        raise Http404("There are no such figures.")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["quarter", "what", "table", "group", "name", "number"])
    for kind in KINDS:
        for row in _flat(found.tables[kind]):
            writer.writerow([found.quarter, kind, *row])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bluelamp-reports-{found.quarter}.csv"'
    return response


def shown_tables(found: PublicFigures, kind: str) -> dict[str, Any]:
    """The tables of one kind with names in the reader's language."""
    held = found.tables[kind]
    names = _names(key for parts in held["categories"].values() for key in parts["counts"])
    return {
        "total": held["months"]["total"],
        "months": sorted(held["months"]["counts"].items()),
        "forces": sorted((_force(slug), n) for slug, n in held["forces"]["counts"].items()),
        "categories": sorted(
            (str(_("Other") if code == OTHERS else category_plural(code)), parts["total"], _families(parts, names))
            for code, parts in held["categories"].items()
        ),
    }


def _families(parts: dict[str, Any], names: dict[str, str]) -> list[Row]:
    named = sorted((names.get(key, key), number) for key, number in parts["counts"].items() if key != OTHERS)
    return named if any(number for _name, number in named) else []


def _names(keys: Iterator[str]) -> dict[str, str]:
    return {key: product.name for key, product in named_products(keys=set(keys)).items()}


def _force(slug: str) -> str:
    if not is_force(slug):
        return slug
    force = force_by_slug(slug)
    return (force.name_cy if get_language() == "cy" else "") or force.name


def _flat(held: dict[str, Any]) -> Iterator[tuple[str, str, str, int | str]]:
    hidden = f"fewer than {LEAST} or hidden"
    for table in ("months", "forces"):
        for name, number in held[table]["counts"].items():
            yield table, "", name, hidden if number is None else number
        total = held[table]["total"]
        yield table, "", "total", hidden if total is None else total
    for category, parts in held["categories"].items():
        for name, number in (*parts["counts"].items(), ("total", parts["total"])):
            yield "categories", category, name, hidden if number is None else number
