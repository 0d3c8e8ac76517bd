"""Downloads of one edition, under the same rule of who may see it as the pages."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bluelamp.index.models import Edition
from bluelamp.index.operations.export import export_csv, export_json
from bluelamp.index.web.reads import downloadable_edition


@require_safe
def as_csv(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The edition's named products as CSV; `specimen` stands in the name, a header and every row."""
    return _file(
        request, edition_id, write=lambda e: export_csv(edition=e), kind="csv", media="text/csv; charset=utf-8"
    )


@require_safe
def as_json(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The edition's named products as JSON; `specimen` stands in the name, a header and every row."""
    return _file(request, edition_id, write=lambda e: export_json(edition=e), kind="json", media="application/json")


def _file(
    request: HttpRequest, edition_id: UUID, *, write: Callable[[Edition], str], kind: str, media: str
) -> HttpResponse:
    edition = downloadable_edition(request, edition_id=edition_id)
    if edition is None:
        raise Http404
    response = HttpResponse(write(edition), content_type=media)
    name = f"bluelamp-{edition.status}-{edition.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Bluelamp-Status"] = edition.status
    return response
