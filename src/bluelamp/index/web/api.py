"""The Index's part of the open API: the same named products as the pages, read only."""

import hashlib
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Query, Router, Schema
from ninja.errors import HttpError, ValidationError

from bluelamp.index.models import Edition
from bluelamp.index.queries import named_rows, visible_edition
from bluelamp.index.web import reads
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES

router = Router(tags=["Security Index"])
PROBLEM = "application/problem+json"
MOST = 100


class EditionOut(Schema):
    """The visible edition."""

    id: str
    number: int
    status: str
    note: str
    period_start: date
    period_end: date
    figures_hash: str
    coverage: dict[str, Any]


class ProductOut(Schema):
    """A product with evidence in the period; rates are confirmed dates a year."""

    status: str
    product_key: str
    product_name: str
    maker_name: str
    category: str
    dates: int
    rate: float
    low: float
    high: float
    band: str
    rank_low: int
    rank_high: int
    trend: str
    first_seen: date
    last_seen: date


class ProductsOut(Schema):
    """One page of products."""

    total: int
    offset: int
    products: list[ProductOut]


class CategoryOut(Schema):
    """A category and how many of its products have evidence in the period."""

    code: str
    group: str
    name: str
    products: int


class ProductQuery(Schema):
    """Filters, order and page."""

    category: str = ""
    group: str = ""
    band: str = ""
    maker: str = ""
    q: str = ""
    sort: str = "confirmed"
    limit: int = 50
    offset: int = 0


def register_problem_handlers(api: NinjaAPI) -> None:
    """Answer every error of the API as problem+json (RFC 9457)."""

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
        detail = "; ".join(f"{e['loc'][-1]}: {e['msg']}" for e in exc.errors)
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)

    @api.exception_handler(HttpError)
    def failed(request: HttpRequest, exc: HttpError) -> HttpResponse:
        return _problem(HTTPStatus(exc.status_code), str(exc))


def _problem(status: HTTPStatus, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return JsonResponse(body, status=status.value, content_type=PROBLEM)


def _visible(request: HttpRequest) -> Edition:
    edition = visible_edition(outside=getattr(request, "outside", True))
    if edition is None:
        raise HttpError(404, "No edition is published here yet.")
    return edition


def _answer(request: HttpRequest, edition: Edition, body: dict[str, Any] | list[dict[str, Any]]) -> HttpResponse:
    """JSON with an ETag of the edition and the question; 304 where the caller has it."""
    sign = hashlib.sha256(f"{edition.id}{edition.figures_hash}{request.get_full_path()}".encode()).hexdigest()[:32]
    etag = f'"{sign}"'
    held = [t.strip().removeprefix("W/") for t in request.headers.get("If-None-Match", "").split(",")]
    fresh = etag in held or "*" in held
    response = HttpResponse(status=304) if fresh else JsonResponse(body, safe=False)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response


@router.get("/editions/current", response=EditionOut, summary="The visible edition")
def current_edition(request: HttpRequest) -> HttpResponse:
    """The edition that the pages show."""
    edition = _visible(request)
    note = "One list, the authority's; it contains no UK crime data and counts no crimes. Not official statistics."
    fields = ("number", "status", "figures_hash", "coverage", "period_start", "period_end")
    return _answer(request, edition, {"id": str(edition.id), "note": note, **{f: getattr(edition, f) for f in fields}})


@router.get("/products", response=ProductsOut, summary="Products with evidence in the period")
def products(request: HttpRequest, query: Annotated[ProductQuery, Query()]) -> HttpResponse:
    """Filter, sort (`confirmed`, `name`, `dates`, `low`) and page; at most 100 at a time."""
    edition = _visible(request)
    if query.sort not in reads.ORDERS:
        raise HttpError(422, f"sort: use one of {', '.join(reads.ORDERS)}")
    if not 1 <= query.limit <= MOST or not 0 <= query.offset <= 1_000_000:
        raise HttpError(422, f"limit: from 1 to {MOST}; offset: from 0 to 1,000,000")
    if "\x00" in "".join((query.category, query.group, query.band, query.maker, query.q)):
        raise HttpError(422, "A filter holds a NUL character.")
    rows = reads.filtered_rows(edition=edition, wanted={k: str(v) for k, v in query.dict().items()})
    page = rows[query.offset : query.offset + query.limit]
    return _answer(
        request,
        edition,
        {"total": rows.count(), "offset": query.offset, "products": [_product(edition, r) for r in page]},
    )


@router.get("/products/{key}", response=ProductOut, summary="One product")
def product(request: HttpRequest, key: str) -> HttpResponse:
    """A product with evidence in the period, by its key `maker:product`."""
    edition = _visible(request)
    row = None if "\x00" in key else named_rows(edition=edition).filter(product_key=key).first()
    if row is None:
        raise HttpError(404, "We hold no evidence about this product. That is not a sign that it is safe.")
    return _answer(request, edition, _product(edition, row))


@router.get("/categories", response=list[CategoryOut], summary="Categories")
def categories(request: HttpRequest) -> HttpResponse:
    """Every category, with the number of its products that have evidence in the period."""
    edition = _visible(request)
    counts: dict[str, int] = {}
    for code in named_rows(edition=edition).values_list("category", flat=True):
        counts[code] = counts.get(code, 0) + 1
    body = [
        {"code": c.code, "group": c.group, "name": c.plural, "products": counts.get(c.code, 0)}
        for c in CATEGORIES.values()
    ]
    return _answer(request, edition, body)


def _product(edition: Edition, row: Any) -> dict[str, Any]:
    return {name: edition.status if name == "status" else getattr(row, name) for name in ProductOut.model_fields}
