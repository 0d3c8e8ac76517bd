"""Editions at the desk: drafts, checks, previews, replies, sign-off, publishing, corrections; the calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.index import publishing_queries, queries
from bluelamp.index.domain.calendar import CalendarError
from bluelamp.index.domain.life import obstacles
from bluelamp.index.domain.replies import JUDGED_RULES
from bluelamp.index.models import Edition
from bluelamp.index.operations import checking, drafting, previews, publishing, releasing, signing
from bluelamp.index.operations.drafting import EditionError
from bluelamp.index.operations.editions import NoEvidenceError
from bluelamp.index.operations.publishing import NotReadyError
from bluelamp.index.web.reason_words import changes_context
from bluelamp.index.web.words import REPLY_RULES, STATUSES
from bluelamp.kernel.approvals.operations import ApprovalError
from bluelamp.kernel.people.models import User
from bluelamp.project.desk.menu import open_to
from bluelamp.project.desk.preview_list import preview_list
from bluelamp.project.desk.publishing_words import finding_words, obstacle_words

_ACTIONS = (
    "redraft", "checks", "acknowledge", "open-previews", "ask-sign-off", "sign", "publish", "correct", "withdraw",
    "withhold", "take-date", "early-access",
)  # fmt: skip


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Drafts, what is out, replies and fixes that wait, and what happened to evidence since."""
    context = {
        "drafts": publishing_queries.drafts(),
        "out": [(e, STATUSES[e.status]) for e in queries.out_editions()],
        "replies": publishing_queries.waiting_replies(),
        "fixes": publishing_queries.due_fixes(today=timezone.localdate()),
        "findings": [_told(c) for c in publishing_queries.watched_findings()],
        "rules": [(rule, REPLY_RULES[rule]) for rule in JUDGED_RULES],
        "may": _may(request, "draft", "acknowledge"),
    }
    return render(request, "desk/editions.html", context)


@require_safe
def edition(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """One edition: what stands in the way, and everything that can be done."""
    found = Edition.objects.select_related("previous", "replaces").filter(pk=edition_id).first()
    if found is None or found.status == Edition.Status.SPECIMEN:
        raise Http404("There is no such edition.")
    is_draft, today = found.status == Edition.Status.DRAFT, timezone.localdate()
    stands = obstacles(facts=publishing.readiness(edition=found), today=today) if is_draft else ()
    release = getattr(found, "release", None)
    kind = "correction" if found.replaces_id else "regular"
    context = {
        "found": found,
        "status": STATUSES[found.status],
        "obstacles": obstacle_words(stands),
        "checks": [_told(c) for c in found.checks.select_related("acknowledged_by")],
        **(preview_list(request, edition=found, today=today) if is_draft else {}),
        "release": release,
        "releases": publishing_queries.free_releases(kind=kind, origin=found.origin),
        "request_open": publishing_queries.sign_off_request(edition=found) if is_draft else None,
        "signatures": found.signatures.select_related("person"),
        "version": publishing_queries.content_hash(edition=found) if is_draft else found.version_hash,
        "rows": queries.named_rows(edition=found).order_by("product_name"),
        "withheld": found.rows.exclude(withheld="", crimes_withheld=""),
        "access": found.early_access.filter(ended_at=None).select_related("person"),
        "people": User.objects.filter(is_active=True, grants__capacity__in=_EARLY, grants__revoked_at=None).distinct(),
        "is_draft": is_draft,
        **changes_context(edition=found),
        "may": _may(request, *_ACTIONS),
    }
    return render(request, "desk/edition.html", context)


_EARLY = ("outreach-author", "outreach-approver", "cyber-authority-approver", "partner-analyst")


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the next edition."""
    made: list[Edition] = []

    def act(**common: Any) -> None:
        origin = "test" if getattr(request.user, "origin", "live") == "test" else "live"
        made.append(drafting.draft(origin=origin, **common))

    answer = _do(request, act, _("The draft was made. Open the makers' previews and run the checks."), "desk:editions")
    return redirect("desk:edition", edition_id=made[0].pk) if made else answer


@require_POST
def redraft(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Build a draft anew."""
    return _on(request, edition_id, drafting.redraft, _("It is built from the evidence as it is now."))


@require_POST
def checks(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Run the checks."""
    return _on(request, edition_id, checking.run_checks, _("The checks were run."))


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge chosen findings with one reason."""
    ids = [int(i) for i in request.POST.getlist("check")[:2000] if i.isdecimal() and len(i) < 19]

    def act(**common: Any) -> None:
        checking.acknowledge(check_ids=ids, reason=_text(request, "reason"), **common)

    back = request.POST.get("edition", "")
    done = _("The findings were acknowledged.")
    if back and (uuid := _uuid(back)):
        return _do(request, act, done, "desk:edition", edition_id=uuid)
    return _do(request, act, done, "desk:editions")


@require_POST
def open_previews(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Open makers' previews."""
    more = {"told": _text(request, "told"), "today": timezone.localdate()}
    return _on(request, edition_id, previews.open_previews, _("The previews are open for ten working days."), **more)


@require_POST
def ask_sign_off(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Ask for sign-off."""
    return _on(request, edition_id, signing.ask_sign_off, _("Two others must now sign it."))


@require_POST
def sign(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Sign what was shown, or reject it."""
    if request.POST.get("decision") == "reject":
        reason = {"reason": _text(request, "reason")}
        return _on(request, edition_id, signing.reject, _("You rejected the draft."), **reason)
    shown = {"version_hash": _text(request, "version")}
    return _on(request, edition_id, signing.sign, _("You signed this version."), **shown)


@require_POST
def publish(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Publish."""
    return _on(request, edition_id, publishing.publish, _("It is published."), today=timezone.localdate())


@require_POST
def correct(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Begin a correction."""
    reason = _text(request, "reason")
    return _on(request, edition_id, drafting.correct, _("The correction is among the drafts."), reason=reason)


@require_POST
def withdraw(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Withdraw what is out."""
    return _on(request, edition_id, publishing.withdraw, _("It was withdrawn."), reason=_text(request, "reason"))


@require_POST
def withhold(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Withhold a product or its count of crimes, or show it again."""
    more = {
        "product_key": _text(request, "product"),
        "what": _text(request, "what"),
        "reason": _text(request, "reason"),
    }
    return _on(request, edition_id, drafting.withhold, _("The draft was changed."), **more)


@require_POST
def take_date(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Give a draft an announced date."""
    release = _uuid(_text(request, "release")) or edition_id
    return _on(request, edition_id, releasing.take_date, _("The draft has this date."), release_id=release)


@require_POST
def early_access(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Put somebody on the access list, or take them off."""
    entry = _uuid(_text(request, "end"))
    if entry:

        def end(**common: Any) -> None:
            releasing.end_early_access(access_id=entry, **common)

        return _do(request, end, _("The access list was changed."), "desk:edition", edition_id=edition_id)
    more: dict[str, Any] = {"user_id": _uuid(_text(request, "person")) or edition_id, "why": _text(request, "why")}
    more["starts_at"] = datetime.now(tz=UTC)
    return _on(request, edition_id, releasing.give_early_access, _("The access list was changed."), **more)


@require_POST
def decide_reply(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Accept or refuse a maker's reply, or note what became of a fix."""
    decision = request.POST.get("decision", "")
    error = {"yes": True, "no": False}.get(request.POST.get("error", ""))

    def act(**common: Any) -> None:
        if decision in ("there", "not-there"):
            previews.note_fix(reply_id=reply_id, there=decision == "there", **common)
            return
        common |= {"reply_id": reply_id, "error_found": error, "error_reason": _text(request, "error_reason")}
        if decision == "accept":
            previews.accept_reply(**common)
        else:
            previews.refuse_reply(rule=_text(request, "rule"), reason=_text(request, "reason"), **common)

    return _do(request, act, _("It was written down."), "desk:editions")


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Announce, move and cancel dates."""
    if request.method == "POST":
        on, release = parse_day(_text(request, "on")), _uuid(_text(request, "release"))

        def act(**common: Any) -> None:
            today = timezone.localdate()
            if request.POST.get("do") == "cancel" and release:
                releasing.cancel_release(release_id=release, reason=_text(request, "reason"), **common)
            elif on is None:
                raise CalendarError(_("Enter a day."))
            elif release:
                releasing.move_release(
                    release_id=release, on=on, reason=_text(request, "reason"), today=today, **common
                )
            else:
                releasing.announce_release(kind=_text(request, "kind"), on=on, today=today, **common)

        return _do(request, act, _("The calendar was changed."), "desk:calendar")
    return render(request, "desk/calendar.html", {"releases": list(publishing_queries.calendar())})


@require_safe
def early(request: HttpRequest) -> HttpResponse:
    """The drafts that this person is on the access list of."""
    actor = request.__dict__["actor"]
    return render(request, "desk/early.html", {"entries": publishing_queries.early_access_of(person=actor.user_id)})


@require_safe
def look(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """A draft, for somebody on its access list."""
    try:
        found = releasing.look_before_release(
            actor=request.__dict__["actor"], edition_id=edition_id, now=datetime.now(tz=UTC)
        )
    except EditionError as gone:
        raise Http404(str(gone)) from gone
    rows = queries.named_rows(edition=found).order_by("product_name")
    return render(request, "desk/look.html", {"found": found, "rows": rows})


def parse_day(text: str) -> date | None:
    """A day of a form; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _may(request: HttpRequest, *names: str) -> dict[str, bool]:
    """Which of some pages are open to the capacity in use; names with underscores, for templates."""
    capacity = request.__dict__["actor"].capacity
    return {name.replace("-", "_"): open_to(view_name=f"desk:{name}", capacity=capacity) for name in names}


def _told(check: Any) -> tuple[Any, str]:
    return check, finding_words(code=check.code, subject=check.subject, values=check.values)


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:5000]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _on(request: HttpRequest, edition_id: UUID, call: Callable[..., Any], done: str, **more: Any) -> HttpResponse:
    def act(**common: Any) -> None:
        call(edition_id=edition_id, **common, **more)

    return _do(request, act, done, "desk:edition", edition_id=edition_id)


def _do(request: HttpRequest, act: Callable[..., None], done: str, back: str, **where: Any) -> HttpResponse:
    """Do one thing, tell how it went, and go back to the page."""
    try:
        act(actor=request.__dict__["actor"], now=datetime.now(tz=UTC))
    except NotReadyError as problem:
        for words in obstacle_words(problem.obstacles):
            messages.error(request, str(words))
    except (EditionError, ApprovalError, CalendarError, NoEvidenceError) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    answer: HttpResponse = redirect(back, **where)
    return answer
