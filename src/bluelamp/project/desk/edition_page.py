"""The page of one edition at the desk: what stands in the way, and everything that can be done."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bluelamp.index import publishing_queries, queries
from bluelamp.index.domain.life import obstacles
from bluelamp.index.draft_queries import withheld_of
from bluelamp.index.models import Edition
from bluelamp.index.operations import publishing
from bluelamp.index.sign_off_queries import past_sign_offs, standing_signatures, why_not_signing
from bluelamp.index.web.reason_words import changes_context
from bluelamp.index.web.words import STATUSES
from bluelamp.kernel.approvals.models import ApprovalRequest
from bluelamp.kernel.people.models import User
from bluelamp.project.desk.check_groups import check_groups
from bluelamp.project.desk.doing import may_open
from bluelamp.project.desk.preview_list import preview_list
from bluelamp.project.desk.publishing_words import NOT_SIGNING, obstacle_words, void_words

_ACTIONS = (
    "redraft", "checks", "acknowledge", "open-previews", "ask-sign-off", "sign", "publish", "correct", "withdraw",
    "withhold", "take-date", "early-access",
)  # fmt: skip
_EARLY = ("outreach-author", "outreach-approver", "cyber-authority-approver", "partner-analyst")


@require_safe
def edition(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """One edition."""
    found = edition_at_the_desk(edition_id)
    is_draft, today = found.status == Edition.Status.DRAFT, timezone.localdate()
    kind = "correction" if found.replaces_id else "regular"
    may = may_open(request, *_ACTIONS)
    context = {
        "found": found,
        "status": STATUSES[found.status],
        "is_draft": is_draft,
        "may": may,
        **check_groups(edition=found, may_acknowledge=may["acknowledge"]),
        "release": getattr(found, "release", None),
        "releases": publishing_queries.free_releases(kind=kind, origin=found.origin),
        "named": queries.named_rows(edition=found).count(),
        "held": withheld_of(edition=found),
        "access": found.early_access.filter(ended_at=None).select_related("person"),
        "people": User.objects.filter(is_active=True, grants__capacity__in=_EARLY, grants__revoked_at=None).distinct(),
        **_sign_off(request, found, may_sign=may["sign"]),
        **changes_context(edition=found),
    }
    if is_draft:
        stands = obstacles(facts=publishing.readiness(edition=found), today=today)
        context |= {"obstacles": obstacle_words(stands), **preview_list(request, edition=found, today=today)}
    return render(request, "desk/edition.html", context)


def edition_at_the_desk(edition_id: UUID) -> Edition:
    """An edition that the desk works on: anything but a specimen. Raises Http404."""
    found = Edition.objects.select_related("previous", "replaces").filter(pk=edition_id).first()
    if found is None or found.status == Edition.Status.SPECIMEN:
        raise Http404("There is no such edition.")
    return found


def _sign_off(request: HttpRequest, found: Edition, *, may_sign: bool) -> dict[str, Any]:
    """The request that stands with its signatures, apart from those that count no more; whether the reader may sign."""
    standing = publishing_queries.sign_off_request(edition=found)
    is_draft = found.status == Edition.Status.DRAFT
    asked = is_draft and may_sign and standing is not None and standing.state == ApprovalRequest.State.OPEN
    why_not = why_not_signing(request=standing, actor=request.__dict__["actor"]) if asked and standing else ""
    return {
        "request_open": standing,
        "signatures": standing_signatures(request=standing),
        "past_sign_offs": [(past, void_words(past)) for past in past_sign_offs(edition=found)],
        "version": publishing_queries.content_hash(edition=found) if is_draft else found.version_hash,
        "may_sign": asked and not why_not,
        "not_signing": NOT_SIGNING.get(why_not, ""),
    }
