"""The open API of the Index: the same figures as the pages, typed, with ETags and problem documents."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils.http import quote_etag
from django.utils.translation import override
from django.views.decorators.http import condition
from ninja import Path, Query, Router
from ninja.decorators import decorate_view
from ninja.errors import HttpError

from bluelamp import __version__
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.changes import compared_with, product_changes
from bluelamp.index.operations.export import note_of
from bluelamp.index.operations.reason_words import reason_words
from bluelamp.index.queries import named_rows, visible_stamp
from bluelamp.index.web import compare as compare_web
from bluelamp.index.web import filters as choice
from bluelamp.index.web import history, reads, schemas
from bluelamp.index.web.statements import listed_sightings, no_evidence
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
from bluelamp.kernel.catalogue.search import did_you_mean
from bluelamp.ui import labels

router = Router(tags=["Index"])
_PROBLEMS: dict[Any, Any] = dict.fromkeys((400, 404, 422), schemas.Problem)
_FIGURES = (
    "category", "group", "support", "dates", "dates_before", "dates_ever", "rate", "shrunk", "low", "high",
    "jeffreys_low", "jeffreys_high", "band", "rank_low", "rank_high", "trend", "trend_low", "trend_high", "monthly",
    "first_seen", "last_seen", "ebgm", "eb05", "leaning_on", "dates_without", "base_dates", "since_base", "base_trend",
    "base_low", "base_high",
)  # fmt: skip
Language = Annotated[schemas.Language, Query(description="The language of names of categories and of statements.")]


def _etag(request: HttpRequest, **_arguments: Any) -> str:
    """Changes with the edition, makers' replies, the catalogue, the program, the address and its query."""
    stamp = visible_stamp(outside=reads.outside(request))
    parts = (stamp, __version__, request.path, request.META.get("QUERY_STRING", ""))
    return quote_etag(hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:32])


def _edition(request: HttpRequest) -> Edition:
    edition = reads.shown_edition(request)
    if edition is None:
        raise Http404("There is no edition to show.")
    return edition


@router.get(
    "/editions/current",
    response={200: schemas.EditionOut, **_PROBLEMS},
    summary="The newest edition",
    description="What the newest edition covers, its parameters and its sources. 404 where there is none to show.",
)
@decorate_view(condition(etag_func=_etag))
def current_edition(request: HttpRequest) -> Any:
    """The newest edition that this reader may see."""
    edition = _edition(request)
    own = ("id", "number", "status", "origin", "period_start", "period_end", "built_at", "figures_hash")
    chosen = ("period_months", "level", "high_threshold")
    return {
        **{name: getattr(edition, name) for name in (*own, "code_version")},
        **{name: edition.parameters[name] for name in chosen},
        "note": note_of(edition=edition),
        "coverage": edition.coverage,
        "sources": [{k: s[k] for k in schemas.SourceOut.model_fields} for s in edition.coverage["sources"]],
    }


@router.get(
    "/products",
    response={200: schemas.ProductsOut, **_PROBLEMS},
    summary="Products with evidence",
    description="The products that the newest edition may name, with filters, an order and pages.",
)
@decorate_view(condition(etag_func=_etag))
def products(request: HttpRequest, query: Annotated[schemas.ProductsQuery, Query()]) -> Any:
    """One page of the products that may be named."""
    for name, value, known in (("group", query.group, GROUPS), ("category", query.category, CATEGORIES)):
        if value and value not in known:
            raise HttpError(422, f"{name}: there is no {value[:40]!r}. See /api/v1/categories.")
    edition = _edition(request)
    filters = choice.Filters(
        group=query.group,
        category=query.category,
        maker=query.maker,
        band=query.band or "",
        text=query.q,
        sort=query.sort,
        time=history.WHOLE if query.time == history.WHOLE else "",
    )
    base = history.whole_rows(edition=edition) if filters.time else named_rows(edition=edition)
    found = Paginator(choice.apply_filters(base, filters), query.per_page)
    rows = list(found.page(query.page)) if query.page <= found.num_pages else []
    with override(query.language):
        listed = _figures(edition, rows)
    return {
        "status": edition.status,
        "note": note_of(edition=edition),
        "total": found.count,
        "page": query.page,
        "pages": found.num_pages,
        "products": listed,
    }


@router.get(
    "/products/{key}",
    response={200: schemas.ProductDetailOut, **_PROBLEMS},
    summary="One product",
    description="Any product of the catalogue by its key; without evidence, `figures` is null and `statement` says so.",
)
@decorate_view(condition(etag_func=_etag))
def one_product(
    request: HttpRequest,
    key: Annotated[str, Path(pattern=schemas.NO_NUL, description="`maker:product`.")],
    language: Language = "en",
) -> Any:
    """One product of the catalogue, with its figures and sightings where there are any."""
    found = reads.shown_product(key=key)
    if found is None:
        raise Http404(f"There is no product {key[:100]!r}.")
    edition = _edition(request)
    row = reads.shown_row(edition=edition, product_key=found.key)
    with override(language):
        return {
            "key": found.key,
            "name": found.name,
            "maker_key": found.maker_id,
            "maker": found.maker.name,
            "category": found.category,
            "category_name": str(labels.category_singular(found.category)),
            "support": found.support,
            "statement": note_of(edition=edition) if row else no_evidence(),
            "figures": _figures(edition, [row])[0] if row else None,
            "sightings": [{k: s[k] for k in schemas.SightingOut.model_fields} for s in listed_sightings(row=row)]
            if row
            else [],
            **_changes(edition, key),
        }


def _changes(edition: Edition, key: str) -> dict[str, Any]:
    """Why a product differs from the edition before, in the language in use."""
    before = compared_with(edition=edition)
    if before is None:
        return {"changes_since": "", "changes": []}
    found = product_changes(edition=edition, before=before, product_key=key)
    told = [{**asdict(reason), "statement": reason_words(reason, number=before.label)} for reason in found]
    return {"changes_since": before.label, "changes": told}


@router.get(
    "/compare",
    response={200: schemas.ComparisonOut, **_PROBLEMS},
    summary="Compare products",
    description="Two to four products with their figures, and for each pair whether the evidence can tell them apart.",
)
@decorate_view(condition(etag_func=_etag))
def compare(request: HttpRequest, query: Annotated[schemas.CompareQuery, Query()]) -> Any:
    """Products side by side, as the page has them."""
    chosen, unknown = compare_web.read_products(query.p)
    edition = _edition(request)
    rows = reads.shown_rows(edition=edition, keys=[p.key for p in chosen])
    with override(query.language):
        figures = dict(zip(rows, _figures(edition, list(rows.values())), strict=True))
        names = {p.key: p.name for p in chosen}
        return {
            "status": edition.status,
            "note": note_of(edition=edition),
            "unknown": unknown,
            "products": [
                {
                    "key": p.key,
                    "name": p.name,
                    "maker": p.maker.name,
                    "statement": note_of(edition=edition) if p.key in figures else no_evidence(),
                    "figures": figures.get(p.key),
                }
                for p in chosen
            ],
            "pairs": [
                {
                    "first": pair.first,
                    "second": pair.second,
                    "finding": pair.finding,
                    "statement": compare_web.pair_words(pair, names=names),
                }
                for pair in compare_web.pairs_of(products=chosen, rows=rows)
            ],
        }


@router.get(
    "/search",
    response={200: schemas.SearchOut, **_PROBLEMS},
    summary="Search the catalogue",
    description="Products of the catalogue by any name, with and without evidence; typing errors are forgiven.",
)
@decorate_view(condition(etag_func=_etag))
def search(request: HttpRequest, query: Annotated[schemas.SearchQuery, Query()]) -> Any:
    """The products that a text means, best first."""
    hits, known = reads.search_hits(text=query.q, edition=reads.shown_edition(request))
    with override(query.language):
        nothing = str(no_evidence())
    return {
        "suggestion": did_you_mean(hits),
        "products": [
            {
                "key": h.product_key,
                "name": h.name,
                "maker": h.maker,
                "score": h.score,
                "matched": h.matched,
                "why": h.why,
                "statement": "" if h.product_key in known else nothing,
            }
            for h in hits[: query.limit]
        ],
    }


@router.get(
    "/categories",
    response={200: list[schemas.CategoryOut], **_PROBLEMS},
    summary="Categories",
    description="Every category in the order of the pages, with how many of its products the newest edition names.",
)
@decorate_view(condition(etag_func=_etag))
def categories(request: HttpRequest, language: Language = "en") -> Any:
    """Every category, with or without evidence."""
    cards = {c.category: c for _, of_group in reads.category_cards(edition=_edition(request)) for c in of_group}
    with override(language):
        return [
            {
                "code": c.code,
                "group": c.group,
                "group_name": str(labels.group_label(c.group)),
                "singular": str(labels.category_singular(c.code)),
                "plural": str(labels.category_plural(c.code)),
                "products": cards[c.code].products if c.code in cards else 0,
                "newest": cards[c.code].newest if c.code in cards else None,
            }
            for c in CATEGORIES.values()
        ]


def _figures(edition: Edition, rows: Sequence[EditionRow]) -> list[dict[str, Any]]:
    since = history.whole_time(edition=edition).start
    return [
        {
            "status": edition.status,
            "edition": edition.number,
            "key": row.product_key,
            "name": row.product_name,
            "maker_key": row.maker_key,
            "maker": row.maker_name,
            "category_name": str(labels.category_singular(row.category)),
            "group_name": str(labels.group_label(row.group)),
            "whole_since": since,
            "whole_rate": whole.rate,
            "whole_low": whole.low,
            "whole_high": whole.high,
            **{name: getattr(row, name) for name in _FIGURES},
            **row.crime_rates,
        }
        for row, whole in zip(rows, history.figures_of(rows=rows, edition=edition), strict=True)
    ]
