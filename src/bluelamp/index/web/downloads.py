"""Downloads of one edition, under the same rule of who may see it as the pages and with the table's filters."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.export import export_csv, export_json
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


def _chosen(request: HttpRequest, edition_id: UUID) -> tuple[Edition, list[EditionRow]]:
    """A file cannot tell that a filter was left out, so an unknown one is refused."""
    edition = reads.downloadable_edition(request, edition_id=edition_id)
    if edition is None:
        raise Http404
    query = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    chosen, problems = filters.read_filters(query, makers=reads.makers_named(edition=edition))
    if problems:
        raise BadRequest("A filter of the download is not one of the choices.")
    base = whole_rows(edition=edition) if chosen.time else named_rows(edition=edition)
    rows = filters.apply_filters(base, chosen)
    return edition, list(rows if "sort" in query else rows.order_by("product_key"))


def _file(edition: Edition, text: str, *, kind: str, media: str) -> HttpResponse:
    response = HttpResponse(text, content_type=media)
    name = f"bluelamp-{edition.status}-{edition.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Bluelamp-Status"] = edition.status
    return response
