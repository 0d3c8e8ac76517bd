"""The Index's pages. Rendered on the server; none needs JavaScript."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bluelamp.index.models import Edition
from bluelamp.index.operations.export import export_csv, export_json
from bluelamp.index.queries import backtest_summary, named_rows, visible_edition
from bluelamp.index.web import reads
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
from bluelamp.kernel.catalogue.models import Maker, Product

PAGE_SIZE = 25


def _edition(request: HttpRequest) -> Edition | None:
    return visible_edition(outside=getattr(request, "outside", True))


def _page(request: HttpRequest, template: str, edition: Edition | None, context: dict[str, Any]) -> HttpResponse:
    specimen = edition is not None and edition.status == Edition.Status.SPECIMEN
    return render(request, f"index/{template}.html", {"edition": edition, "specimen": specimen, **context})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What was confirmed, newest first; a card per category; search."""
    edition = _edition(request)
    if edition is None:
        return _page(request, "empty", None, {})
    newest = named_rows(edition=edition).order_by("-last_seen", "product_name")[:6]
    return _page(request, "home", edition, {"newest": newest, "groups": reads.cards_by_group(edition=edition)})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Products of the catalogue by what people type."""
    edition = _edition(request)
    text = request.GET.get("q", "").strip()
    found = reads.search_products(text=text)
    keys = [p.key for p in found]
    rows = {r.product_key: r for r in named_rows(edition=edition).filter(product_key__in=keys)} if edition else {}
    results = [(product, rows.get(product.key)) for product in found]
    too_long = len(text) > reads.LONGEST_SEARCH
    return _page(request, "search", edition, {"text": text[: reads.LONGEST_SEARCH], "results": results, "too_long": too_long})


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Every named product, with filters."""
    return _table(request, code="")


@require_safe
def category(request: HttpRequest, code: str) -> HttpResponse:
    """One category's products."""
    if code not in CATEGORIES:
        raise Http404
    return _table(request, code=code)


def _table(request: HttpRequest, *, code: str) -> HttpResponse:
    edition = _edition(request)
    if edition is None:
        return _page(request, "empty", None, {})
    wanted = {name: request.GET.get(name, "") for name in ("group", "category", "band", "maker", "q", "sort")}
    if code:
        wanted["category"] = code
    rows = reads.filtered_rows(edition=edition, wanted=wanted)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    most = max((row.high for row in page), default=1.0)
    context = {
        "category": CATEGORIES.get(code), "page": page, "wanted": wanted, "most": most,
        "categories": sorted(CATEGORIES.values(), key=lambda c: c.plural), "groups": GROUPS,
    }
    return _page(request, "table", edition, context)


@require_safe
def product(request: HttpRequest, key: str) -> HttpResponse:
    """One product: what was seen, when, by whom, how sure; or that there is no evidence."""
    found = Product.objects.select_related("maker").exclude(name="").filter(key=key).first()
    if found is None:
        raise Http404
    edition = _edition(request)
    row = reads.row_of(edition=edition, key=key)
    start = str(edition.period_start) if edition else ""
    seen = row.sightings if row else []
    context = {
        "product": found,
        "category": CATEGORIES.get(found.category),
        "row": row,
        "inside": [s for s in seen if s["on"] >= start],
        "earlier": [s for s in seen if s["on"] < start],
        "months": reads.month_table(edition=edition, row=row) if edition and row else [],
        "models": found.models.exclude(name="").order_by("name")[:40],
    }
    return _page(request, "product", edition, context)


@require_safe
def maker(request: HttpRequest, key: str) -> HttpResponse:
    """One maker's products with evidence in the period."""
    found = Maker.objects.filter(key=key).first()
    if found is None:
        raise Http404
    edition = _edition(request)
    rows = named_rows(edition=edition).filter(maker_key=key).order_by("-last_seen", "product_name") if edition else []
    most = max((row.high for row in rows), default=1.0)
    return _page(request, "maker", edition, {"maker": found, "page": rows, "most": most})


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """How the figures are made, what they cannot say, and how the forecast fared in aggregate."""
    edition = _edition(request)
    narrow = [dict(zip(("model", "product", "dates", "band"), n, strict=True)) for n in edition.narrower] if edition else []
    high = [n for n in narrow if n["band"] == "high"]
    families = named_rows(edition=edition).filter(band="high").count() if edition else 0
    context = {"backtest": backtest_summary(), "narrow": narrow, "narrow_high": high, "families_high": families}
    return _page(request, "methods", edition, context)


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Downloads, sources and licences."""
    return _page(request, "data", _edition(request), {})


@require_safe
def download(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The visible edition as CSV or JSON; a specimen says so in its name."""
    edition = _edition(request)
    if edition is None or edition.number != number or form not in ("csv", "json"):
        raise Http404
    text, kind = (export_csv(edition=edition), "text/csv") if form == "csv" else (export_json(edition=edition), "application/json")
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bluelamp-{edition.status}-{edition.number}.{form}"'
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested, and what to do where a page cannot be used."""
    return _page(request, "accessibility", _edition(request), {})
