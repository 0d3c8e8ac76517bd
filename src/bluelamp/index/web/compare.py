"""Up to four products side by side; which they are stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bluelamp.index.domain.bands import Interval
from bluelamp.index.domain.comparing import Measured, Pair, compare
from bluelamp.index.domain.whole_time import WholeFigure
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.web import filters, history, reads
from bluelamp.index.web.page import render_page
from bluelamp.index.web.statements import no_evidence
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import named_products
from bluelamp.kernel.catalogue.search import search_products
from bluelamp.ui.plots import round_up

MOST = 4
_OFFERED = 8
_READ = 20


@dataclass(frozen=True)
class Compared:
    """One product of a comparison: its row where there is a confirmed date at any time, and the page without it."""

    product: Product
    row: EditionRow | None
    whole: WholeFigure | None
    without: str


def read_products(keys: Sequence[str]) -> tuple[list[Product], list[str]]:
    """The first four products of some keys, in their order, and those keys that are of no product with a name."""
    found = named_products(keys=set(keys))
    products = {found[key].key: found[key] for key in keys if key in found}
    return list(products.values())[:MOST], [key for key in dict.fromkeys(keys) if key not in found]


def pairs_of(*, products: Sequence[Product], rows: Mapping[str, EditionRow]) -> tuple[Pair, ...]:
    """What can be said of each pair of products."""
    return compare(products=[_measured(p, rows.get(p.key)) for p in products])


def pair_words(pair: Pair, *, names: Mapping[str, str]) -> str:
    """One pair in words."""
    told = {"first": names[pair.first], "second": names[pair.second]}
    if pair.finding == "second-more":
        told = {"first": told["second"], "second": told["first"]}
    if pair.finding in ("first-more", "second-more"):
        return _("%(first)s was confirmed exploited more often than %(second)s: their intervals do not overlap.") % told
    if pair.finding == "no-evidence":
        return _("%(first)s and %(second)s cannot be compared, because we hold no evidence from the period.") % told
    return _("%(first)s and %(second)s cannot be told apart: their intervals overlap.") % told


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """Products side by side, and a form to add one."""
    edition = reads.shown_edition(request)
    keys = [key for keys in request.GET.getlist("p")[:_READ] for key in keys.split()[:_READ]]
    products, unknown = read_products(keys)
    text, was_cut = filters.cut(request.GET.get("q", ""))
    rows = reads.shown_rows(edition=edition, keys=[p.key for p in products])
    names = {p.key: p.name for p in products}
    chosen = [p.key for p in products]
    pairs = pairs_of(products=products, rows=rows) if edition else ()
    compared = _compared(products, rows, edition)
    return render_page(
        request,
        "index/compare.html",
        edition=edition,
        crumbs=((_("Compare"), ""),),
        problems=_problems(keys, unknown=unknown, was_cut=was_cut),
        compared=compared,
        pairs=[pair_words(pair, names=names) for pair in pairs if pair.finding != "no-evidence"],
        left_out=[p.name for p in products if p.key not in rows or not rows[p.key].dates] if pairs else [],
        chosen=" ".join(chosen),
        full=len(chosen) >= MOST,
        text=text,
        offered=_offered(text, chosen) if text and len(chosen) < MOST else [],
        top=round_up(max((max(c.row.high, c.row.jeffreys_high) for c in compared if c.row), default=1.0)),
        threshold=edition.parameters["high_threshold"] if edition else 0,
        since=history.whole_time(edition=edition).start if edition else None,
        no_evidence=no_evidence(),
    )


def _compared(products: list[Product], rows: Mapping[str, EditionRow], edition: Edition | None) -> list[Compared]:
    seen = {p.key: rows[p.key] for p in products if p.key in rows}
    figures = history.figures_of(rows=list(seen.values()), edition=edition) if edition and seen else ()
    whole = dict(zip(seen, figures, strict=True))
    keys = [p.key for p in products]
    return [
        Compared(p, rows.get(p.key), whole.get(p.key), _address([key for key in keys if key != p.key]))
        for p in products
    ]


def _offered(text: str, chosen: list[str]) -> list[tuple[str, str]]:
    """(name, address of the page with it) of the products that a text may mean."""
    found = search_products(text=text, limit=_OFFERED)
    return [(hit.name, _address([*chosen, hit.product_key])) for hit in found if hit.product_key not in chosen]


def _address(keys: list[str]) -> str:
    return f"?{urlencode([('p', key) for key in keys])}"


def _problems(keys: list[str], *, unknown: list[str], was_cut: bool) -> list[str]:
    problems = [filters.too_long()] if was_cut else []
    problems += [filters.not_known(key) for key in unknown[:1]]
    known = set(keys) - set(unknown)
    if len(known) > MOST:
        problems.append(_("Only the first %(most)d products were kept.") % {"most": MOST})
    return problems


def _measured(product: Product, row: EditionRow | None) -> Measured:
    if row is None or not row.dates:
        return Measured(key=product.key, shrunk=None, jeffreys=None)
    return Measured(
        key=product.key,
        shrunk=Interval(low=row.low, high=row.high),
        jeffreys=Interval(low=row.jeffreys_low, high=row.jeffreys_high),
    )
