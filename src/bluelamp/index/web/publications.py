"""The public pages about publishing: editions and their corrections, the release calendar, the feed of both."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from bluelamp.index.domain.replies import FORM_RULES, JUDGED_RULES
from bluelamp.index.domain.revising import is_own
from bluelamp.index.models import Edition
from bluelamp.index.operations.feed import atom_feed
from bluelamp.index.publishing_queries import calendar
from bluelamp.index.queries import lacks_kinds, named_rows, out_editions
from bluelamp.index.web import reads
from bluelamp.index.web.page import render_page
from bluelamp.index.web.reason_words import changes_context
from bluelamp.index.web.words import CHANGES, FIELDS, REPLY_RULES, STATUSES
from bluelamp.ui.labels import KINDS_OF_EVIDENCE

PAGE = 100


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Everything that was ever published, with every correction and why it was made."""
    found = [
        {
            "edition": e,
            "status": STATUSES[e.status],
            "changed": len({c["product_key"] for c in e.changes if is_own(c)}),
        }
        for e in out_editions()
    ]
    return _page(request, "index/editions.html", crumb=gettext("Editions and corrections"), editions=found)


@require_safe
def edition(request: HttpRequest, number: int, revision: int) -> HttpResponse:
    """One edition: what it was made of, what it corrected, and whether it still stands."""
    found = out_editions().filter(number=number, revision=revision).first()
    if found is None:
        raise Http404
    by = Edition.objects.filter(replaces=found, status__in=["published", "replaced"]).first()
    shown = found.status != Edition.Status.WITHDRAWN
    rows = named_rows(edition=found).order_by("product_name") if shown else found.rows.none()
    return _page(
        request,
        "index/edition.html",
        crumb=gettext("Edition %(number)s") % {"number": found.label},
        found=found,
        status=STATUSES[found.status],
        replaced_by=by,
        lacks=[KINDS_OF_EVIDENCE[kind] for kind in lacks_kinds(edition=found)],
        **(_corrected(found) if shown else {}),
        page=Paginator(rows, PAGE).get_page(request.GET.get("page")),
        **(changes_context(edition=found) if shown else {"compared": None}),
    )


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """The release calendar with every change of a date, and the rules for makers' replies."""
    return _page(
        request,
        "index/releases.html",
        crumb=gettext("Release calendar"),
        releases=list(calendar()),
        form_rules=[REPLY_RULES[rule] for rule in FORM_RULES],
        judged_rules=[REPLY_RULES[rule] for rule in JUDGED_RULES],
    )


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Editions, corrections, withdrawals and changes of the calendar as an Atom feed."""
    base = f"{request.scheme}://{request.get_host()}"
    text = atom_feed(base=base, path=request.path, language=get_language() or "en")
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


def _corrected(edition: Edition) -> dict[str, Any]:
    """Each product whose own evidence, name or band a correction changed, and how many others only compare anew."""
    own: dict[str, dict[str, Any]] = {}
    for change in filter(is_own, edition.changes):
        product = own.setdefault(change["product_key"], {"name": change["product_name"], "changes": []})
        product["changes"].append({**change, "kind": CHANGES[change["kind"]], "field": FIELDS.get(change["field"], "")})
    return {"corrected": list(own.values()), "moved": len({c["product_key"] for c in edition.changes} - own.keys())}


def _page(request: HttpRequest, template: str, *, crumb: str, **context: Any) -> HttpResponse:
    return render_page(request, template, edition=reads.shown_edition(request), crumbs=((crumb, ""),), **context)
