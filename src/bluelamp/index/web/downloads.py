"""Downloads of one edition, under the same rule of who may see it as the pages and with the table's filters."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.export import export_csv, export_json
from bluelamp.index.operations.package import zipped_package
from bluelamp.index.operations.printing import printed
from bluelamp.index.queries import named_rows
from bluelamp.index.web import filters, reads
from bluelamp.index.web.history import whole_rows


@require_safe
def as_csv(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The products that the query's filters keep as CSV; `specimen` stands in the name, a header and every row."""
    edition, rows = _chosen(request, edition_id)
    return _file(edition, export_csv(edition=edition, rows=rows), kind="csv", media="text/csv; charset=utf-8")


@require_safe
def as_json(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The products that the query's filters keep as JSON; `specimen` stands in the name, a header and every row."""
    edition, rows = _chosen(request, edition_id)
    return _file(edition, export_json(edition=edition, rows=rows), kind="json", media="application/json")


@require_safe
def as_package(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The whole edition as a data package in one ZIP file."""
    edition = _edition(request, edition_id)
    return _file(edition, zipped_package(edition=edition), kind="zip", media="application/zip")


@require_safe
def as_pdf(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The whole edition to print, tagged for assistive technology, in the reader's language."""
    edition = _edition(request, edition_id)
    return _file(
        edition, printed(edition=edition, language=get_language() or "en"), kind="pdf", media="application/pdf"
    )


def _edition(request: HttpRequest, edition_id: UUID) -> Edition:
    edition = reads.downloadable_edition(request, edition_id=edition_id)
    if edition is None:
        raise Http404
    return edition


def _chosen(request: HttpRequest, edition_id: UUID) -> tuple[Edition, list[EditionRow]]:
    """A file cannot tell that a filter was left out, so an unknown one is refused."""
    edition = _edition(request, edition_id)
    query = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    chosen, problems = filters.read_filters(query, makers=reads.makers_named(edition=edition))
    if problems:
        raise BadRequest("A filter of the download is not one of the choices.")
    base = whole_rows(edition=edition) if chosen.time else named_rows(edition=edition)
    rows = filters.apply_filters(base, chosen)
    return edition, list(rows if "sort" in query else rows.order_by("product_key"))


def _file(edition: Edition, content: str | bytes, *, kind: str, media: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    name = f"bluelamp-{edition.status}-{edition.label}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Bluelamp-Status"] = edition.status
    return response
