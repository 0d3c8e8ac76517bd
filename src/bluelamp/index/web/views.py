"""The public pages of the Index. Every one works without scripts and says what it does not know."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from bluelamp.index.models import Edition
from bluelamp.index.queries import backtest_summary, named_rows, newest_withdrawn, next_due
from bluelamp.index.web import backtest, examples, history, reads
from bluelamp.index.web import filters as choice
from bluelamp.index.web.page import Crumb, render_page
from bluelamp.index.web.product_page import history_context, product_context
from bluelamp.index.web.statements import no_evidence
from bluelamp.kernel.advice.queries import helplines
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
from bluelamp.kernel.catalogue.domain.watched import smells_of_being_watched
from bluelamp.kernel.catalogue.models import Maker
from bluelamp.kernel.catalogue.queries import moved_keys
from bluelamp.ui import labels
from bluelamp.ui.plots import round_up

PAGE = 25
NEWEST = 8
NEWEST_HOME = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What was confirmed, newest first; homes and small offices before all else."""
    edition = reads.shown_edition(request)
    ahead: dict[str, Any] = {"due": next_due(), "today": timezone.localdate(), "withdrawn": newest_withdrawn()}
    if edition is None:
        return render_page(request, "index/home.html", edition=None, **ahead)
    groups = reads.category_cards(edition=edition)
    products = {group: sum(card.products for card in cards) for group, cards in groups}
    kinds = reads.frequent_kinds(cards=dict(groups).get("home", []))
    return render_page(
        request,
        "index/home.html",
        edition=edition,
        newest=reads.newest_rows(edition=edition, most=NEWEST),
        newest_home=reads.newest_rows(edition=edition, most=NEWEST_HOME, group="home"),
        groups=groups,
        kinds=kinds,
        other_kinds=products.get("home", 0) - sum(card.products for card in kinds),
        named=sum(products.values()),
        named_home=products.get("home", 0),
        **ahead,
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Products by any name that people write for them, typing errors forgiven, whether there is evidence or not."""
    edition = reads.shown_edition(request)
    text, was_cut = choice.cut(request.GET.get("q", ""))
    watched = smells_of_being_watched(text)
    found, more, suggestion = reads.search_products(text=text, edition=edition)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    response = render_page(
        request,
        "index/search.html",
        edition=edition,
        text=text,
        problems=[choice.too_long()] if was_cut else [],
        page=page,
        more=more,
        suggestion=suggestion,
        watched=watched,
        helplines=helplines(language=get_language() or "en") if watched else (),
        makers=[] if watched else reads.search_makers(text=text),
        categories=[] if watched else _categories_like(text),
        no_evidence=no_evidence(),
    )
    if watched:
        # What somebody feared stands in the address: no cache keeps the page, and no other page is told the address.
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
    return response


def _categories_like(text: str) -> list[str]:
    word = text.casefold()
    if len(word) < 3:
        return []
    return [c for c, names in labels.CATEGORIES.items() if any(word in str(n).casefold() for n in names)]


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Every product that may be named, with filters and sorting."""
    return _table(request, edition=reads.shown_edition(request), category="", crumbs=((gettext("All products"), ""),))


@require_safe
def category(request: HttpRequest, code: str) -> HttpResponse:
    """One category's products."""
    if code not in CATEGORIES:
        raise Http404
    crumbs = ((str(labels.category_plural(code)), ""),)
    return _table(request, edition=reads.shown_edition(request), category=code, crumbs=crumbs)


def _table(request: HttpRequest, *, edition: Edition | None, category: str, crumbs: tuple[Crumb, ...]) -> HttpResponse:
    context: dict[str, Any] = {"category": category, "group": CATEGORIES[category].group if category else ""}
    context["advice"] = reads.advice_on(category=category)
    if edition is None:
        return render_page(request, "index/table.html", edition=None, crumbs=crumbs, **context)
    makers = reads.makers_named(edition=edition)
    query = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    if category:
        query = {**query, "category": category, "group": ""}
    filters, problems = choice.read_filters(query, makers=makers)
    base = history.whole_rows(edition=edition) if filters.time else named_rows(edition=edition)
    page = Paginator(choice.apply_filters(base, filters), PAGE).get_page(request.GET.get("page"))
    whole = history.with_history(rows=list(page), edition=edition) if filters.time else []
    return render_page(
        request,
        "index/table.html",
        edition=edition,
        crumbs=crumbs,
        filters=filters,
        problems=problems,
        narrowed=filters.narrowed
        and not (category and filters == choice.Filters(category=category, sort=filters.sort, time=filters.time)),
        page=page,
        its_kind=reads.kinds_of(edition).get(category),
        whole=whole,
        highest=max((n for row in whole for n in row.totals), default=0),
        since=history.whole_time(edition=edition).start,
        time=filters.time,
        top=round_up(max((r.figure.high for r in whole) if whole else (r.high for r in page), default=1.0)),
        threshold=edition.parameters["high_threshold"],
        sort_sentence=(choice.WHOLE_SENTENCES if filters.time else choice.SORT_SENTENCES)[filters.sort],
        sorts=choice.SORT_LABELS,
        bands=labels.BANDS,
        download_query=urlencode({name: value for name, value in asdict(filters).items() if value}),
        all_groups=[(g, [c for c in CATEGORIES.values() if c.group == g]) for g in GROUPS],
        makers=makers,
        **context,
    )


@require_safe
def product(request: HttpRequest, key: str) -> HttpResponse:
    """What was seen of one product, when, by whom, how sure; or that we hold nothing."""
    found = reads.shown_product(key=key)
    if found is None:
        raise Http404
    if found.key != key:
        # Renamed, or joined with another: links to the old address hold for ever.
        return HttpResponsePermanentRedirect(reverse("index:product", args=[found.key]))
    edition = reads.shown_edition(request)
    rows = reads.standing_rows(edition=edition, keys=[key]).get(key, [])
    context = product_context(product=found, edition=edition, rows=rows)
    crumbs = [(found.maker.name, reverse("index:maker", args=[found.maker_id])), (found.name, "")]
    if found.category:
        plural = str(labels.category_plural(found.category))
        crumbs.insert(0, (plural, reverse("index:category", args=[found.category])))
    return render_page(
        request,
        "index/product.html",
        edition=edition,
        crumbs=tuple(crumbs),
        reply=reads.shown_reply(edition=edition, product_key=key) if rows else None,
        **context,
    )


@require_safe
def maker(request: HttpRequest, key: str) -> HttpResponse:
    """One maker's products, with and without evidence."""
    found = Maker.objects.filter(key=key).first()
    named = found.products.exclude(name="").order_by("name", "key") if found else None
    if found is None or named is None or not named.exists():
        raise Http404
    edition = reads.shown_edition(request)
    time = history.WHOLE if request.GET.get("time") == history.WHOLE else ""
    context: dict[str, Any] = {"rows": []}
    if edition is not None:
        every = list(history.whole_rows(edition=edition).filter(maker_key=key).order_by("-last_seen", "product_name"))
        context = {
            "rows": [r for r in every if r.dates or time],
            "time": time,
            **history_context(rows=every, edition=edition),
        }
    moved = moved_keys()
    others = named.exclude(key__in=[moved.get(r.product_key, r.product_key) for r in context["rows"]])
    return render_page(
        request,
        "index/maker.html",
        edition=edition,
        crumbs=((found.name, ""),),
        maker=found,
        page=Paginator(others, PAGE * 2).get_page(request.GET.get("page")),
        **context,
    )


@require_safe
def methods(request: HttpRequest) -> HttpResponse:
    """How the figures are made, what they cover and what they do not."""
    edition = reads.shown_edition(request)
    context: dict[str, Any] = {}
    if edition is not None:
        families = reads.narrower_families(edition=edition)
        high, stay = reads.high_under_narrower(families=families)
        summary = backtest_summary()
        context = {
            "example": examples.worked_example(),
            "families": families,
            "narrower_high": high,
            "narrower_stay": stay,
            "backtest": summary,
            "charts": backtest.charts_of(summary),
            "shortfall": backtest.shortfall_of(summary),
            "sources": edition.coverage.get("sources", []),
            "kinds": reads.kinds_of(edition).values(),
        }
    return render_page(
        request, "index/methods.html", edition=edition, crumbs=((gettext("How it is made"), ""),), **context
    )


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Downloads, the API, licences and sources."""
    edition = reads.shown_edition(request)
    sources = edition.coverage.get("sources", []) if edition else []
    return render_page(request, "index/data.html", edition=edition, crumbs=((gettext("Data"), ""),), sources=sources)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done and tested for readers, and what is not yet."""
    crumbs = ((gettext("Accessibility"), ""),)
    return render_page(request, "index/accessibility.html", edition=reads.shown_edition(request), crumbs=crumbs)
