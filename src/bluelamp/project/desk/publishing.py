"""Editions at the desk: drafts, checks, previews, replies, sign-off, publishing, corrections; the calendar."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.index import publishing_queries, queries
from bluelamp.index.domain.calendar import CalendarError
from bluelamp.index.domain.replies import JUDGED_RULES
from bluelamp.index.draft_queries import names_of
from bluelamp.index.models import Edition
from bluelamp.index.operations import checking, drafting, previews, publishing, releasing, signing
from bluelamp.index.web.words import REPLY_RULES, STATUSES
from bluelamp.project.desk.doing import do, do_on, form_text, may_open, parse_day, parse_uuid
from bluelamp.project.desk.publishing_words import told_check


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """Drafts, what is out, replies and fixes that wait, and what happened to evidence since."""
    waiting = list(publishing_queries.waiting_replies())
    fixes = list(publishing_queries.due_fixes(today=timezone.localdate()))
    context = {
        "names": names_of(keys={reply.product_key for reply in (*waiting, *fixes)}),
        "drafts": publishing_queries.drafts(),
        "out": [(e, STATUSES[e.status]) for e in queries.out_editions()],
        "replies": waiting,
        "fixes": fixes,
        "findings": [told_check(c) for c in publishing_queries.watched_findings()],
        "rules": [(rule, REPLY_RULES[rule]) for rule in JUDGED_RULES],
        "may": may_open(request, "draft", "acknowledge"),
    }
    return render(request, "desk/editions.html", context)


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the next edition."""
    made: list[Edition] = []

    def act(**common: Any) -> None:
        origin = "test" if getattr(request.user, "origin", "live") == "test" else "live"
        made.append(drafting.draft(origin=origin, **common))

    answer = do(request, act, _("The draft was made. Open the makers' previews and run the checks."), "desk:editions")
    return redirect("desk:edition", edition_id=made[0].pk) if made else answer


@require_POST
def redraft(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Build a draft anew."""
    return do_on(request, edition_id, drafting.redraft, _("It is built from the evidence as it is now."))


@require_POST
def checks(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Run the checks."""
    return do_on(request, edition_id, checking.run_checks, _("The checks were run."))


@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge chosen findings with one reason."""
    ids = [int(i) for i in request.POST.getlist("check")[:2000] if i.isdecimal() and len(i) < 19]

    def act(**common: Any) -> None:
        checking.acknowledge(check_ids=ids, reason=form_text(request, "reason"), **common)

    back = request.POST.get("edition", "")
    done = _("The findings were acknowledged.")
    if back and (uuid := parse_uuid(back)):
        return do(request, act, done, "desk:edition", edition_id=uuid)
    return do(request, act, done, "desk:editions")


@require_POST
def open_previews(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Open makers' previews."""
    more = {"told": form_text(request, "told"), "today": timezone.localdate()}
    return do_on(request, edition_id, previews.open_previews, _("The previews are open for ten working days."), **more)


@require_POST
def ask_sign_off(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Ask for sign-off."""
    return do_on(request, edition_id, signing.ask_sign_off, _("Two others must now sign it."))


@require_POST
def sign(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Sign what was shown, or reject it."""
    if request.POST.get("decision") == "reject":
        reason = {"reason": form_text(request, "reason")}
        return do_on(request, edition_id, signing.reject, _("You rejected the draft."), **reason)
    shown = {"version_hash": form_text(request, "version")}
    return do_on(request, edition_id, signing.sign, _("You signed this version."), **shown)


@require_POST
def publish(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Publish."""
    return do_on(request, edition_id, publishing.publish, _("It is published."), today=timezone.localdate())


@require_POST
def correct(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Begin a correction."""
    reason = form_text(request, "reason")
    return do_on(request, edition_id, drafting.correct, _("The correction is among the drafts."), reason=reason)


@require_POST
def withdraw(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Withdraw what is out."""
    return do_on(request, edition_id, publishing.withdraw, _("It was withdrawn."), reason=form_text(request, "reason"))


@require_POST
def take_date(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Give a draft an announced date."""
    release = parse_uuid(form_text(request, "release")) or edition_id
    return do_on(request, edition_id, releasing.take_date, _("The draft has this date."), release_id=release)


@require_POST
def early_access(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """Put somebody on the access list, or take them off."""
    entry = parse_uuid(form_text(request, "end"))
    if entry:

        def end(**common: Any) -> None:
            releasing.end_early_access(access_id=entry, **common)

        return do(request, end, _("The access list was changed."), "desk:edition", edition_id=edition_id)
    more: dict[str, Any] = {
        "user_id": parse_uuid(form_text(request, "person")) or edition_id,
        "why": form_text(request, "why"),
    }
    more["starts_at"] = datetime.now(tz=UTC)
    return do_on(request, edition_id, releasing.give_early_access, _("The access list was changed."), **more)


@require_POST
def decide_reply(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Accept or refuse a maker's reply, or note what became of a fix."""
    decision = request.POST.get("decision", "")
    error = {"yes": True, "no": False}.get(request.POST.get("error", ""))

    def act(**common: Any) -> None:
        if decision in ("there", "not-there"):
            previews.note_fix(reply_id=reply_id, there=decision == "there", **common)
            return
        common |= {"reply_id": reply_id, "error_found": error, "error_reason": form_text(request, "error_reason")}
        if decision == "accept":
            previews.accept_reply(**common)
        else:
            previews.refuse_reply(rule=form_text(request, "rule"), reason=form_text(request, "reason"), **common)

    return do(request, act, _("It was written down."), "desk:editions")


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Announce, move and cancel dates."""
    if request.method == "POST":
        on, release = parse_day(form_text(request, "on")), parse_uuid(form_text(request, "release"))

        def act(**common: Any) -> None:
            today = timezone.localdate()
            if request.POST.get("do") == "cancel" and release:
                releasing.cancel_release(release_id=release, reason=form_text(request, "reason"), **common)
            elif on is None:
                raise CalendarError(_("Enter a day."))
            elif release:
                releasing.move_release(
                    release_id=release, on=on, reason=form_text(request, "reason"), today=today, **common
                )
            else:
                releasing.announce_release(kind=form_text(request, "kind"), on=on, today=today, **common)

        return do(request, act, _("The calendar was changed."), "desk:calendar")
    return render(request, "desk/calendar.html", {"releases": list(publishing_queries.every_release())})


@require_safe
def early(request: HttpRequest) -> HttpResponse:
    """The drafts that this person is on the access list of."""
    actor = request.__dict__["actor"]
    return render(request, "desk/early.html", {"entries": publishing_queries.early_access_of(person=actor.user_id)})
