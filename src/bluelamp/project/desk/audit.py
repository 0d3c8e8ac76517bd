"""The audit log for the auditor: search and export."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bluelamp.kernel.audit import queries
from bluelamp.kernel.audit.queries import AuditFilters
from bluelamp.kernel.people.models import User
from bluelamp.project.desk.forms import AuditForm
from bluelamp.project.desk.words import end_of, start_of

PAGE = 100


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, 100 a page."""
    form = AuditForm(request.GET)
    valid = form.is_valid()
    before = request.GET.get("before", "")
    filters = _filters(form, before=int(before) if before.isdecimal() and len(before) < 19 else None, limit=PAGE + 1)
    found = list(queries.search(filters=filters)) if valid else []
    entries, more = found[:PAGE], len(found) > PAGE
    older = f"{_query(form)}&before={entries[-1].pk}" if more else ""
    context = {"form": form, "entries": entries, "older": older, "names": _names([e.actor for e in entries])}
    return render(request, "desk/audit.html", {**context, "query": _query(form), "head": queries.newest_head()})


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The sealed entries as JSON Lines that a stranger can check."""
    form = AuditForm(request.GET)
    if not form.is_valid():
        return search(request)
    lines: Iterator[str] = (json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(form))
    response = StreamingHttpResponse(lines, content_type="application/jsonl")
    name = f"bluelamp-audit-{datetime.now(tz=UTC):%Y%m%dT%H%MZ}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(form: AuditForm) -> Iterator[dict[str, object]]:
    return queries.export(filters=_filters(form, before=None, limit=None))


def _filters(form: AuditForm, *, before: int | None, limit: int | None) -> AuditFilters:
    wanted = form.cleaned_data
    first, last = wanted.get("from_day"), wanted.get("to_day")
    return AuditFilters(
        actor=wanted.get("actor", ""),
        action=wanted.get("action", ""),
        subject=wanted.get("subject", ""),
        outcome=wanted.get("outcome", ""),
        start=start_of(first) if first else None,
        end=end_of(last) if last else None,
        before=before,
        limit=limit,
    )


def _query(form: AuditForm) -> str:
    return urlencode([(name, value) for name, value in form.data.items() if name != "before"])


def _names(actors: list[str]) -> dict[str, str]:
    """The names behind actors' ids, looked up now: the log itself holds none."""
    ids = {a.removeprefix("user:") for a in actors if a.startswith("user:")}
    return {f"user:{u.pk}": str(u) for u in User.objects.filter(pk__in=ids)}
