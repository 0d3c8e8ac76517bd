"""Writing on the tracking page: message, addition, correction, complaint, a call back, taking the report back."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.reporting.operations import looking, posts
from bluelamp.reporting.web.follow_sitting import At, followed, to
from bluelamp.reporting.web.journey_sitting import language

_METHODS = ["GET", "HEAD", "POST"]


def _form(kind: str) -> dict[str, str]:
    """The words of a form, by what is written in it. Raises KeyError for anything else."""
    return {
        "message": {
            "title": _("Write to us"),
            "hint": _("A person reads it. We answer on this page. For something urgent ring 101, in danger 999."),
            "button": _("Send"),
        },
        "addition": {
            "title": _("Add something"),
            "hint": _("What else do you know? Only what you already have: please do not look for more yourself."),
            "button": _("Add"),
        },
        "correction": {
            "title": _("Correct something"),
            "hint": _("What should it say? What you wrote before stays as it is, and this stands beside it."),
            "button": _("Correct"),
        },
        "complaint": {
            "title": _("Complain"),
            "hint": _(
                "Tell us what went wrong. A person who did not decide about your report deals with it. "
                "The day by which you get an answer stands on your page after sending."
            ),
            "button": _("Send the complaint"),
        },
        "call": {
            "title": _("Ask us to ring you"),
            "hint": _(
                "When is it safe to ring, and on which number? Say what we may say if somebody else answers, and "
                "whether we may leave a message."
            ),
            "button": _("Ask for a call"),
        },
        "take-back": {
            "title": _("Take the report back"),
            "hint": _(
                "You need not say why. If a crime is recorded already, or somebody may be in danger, "
                "the police may still have to go on; we tell you on your page."
            ),
            "button": _("Take it back"),
        },
    }[kind]


@require_http_methods(_METHODS)
@followed
def write(request: HttpRequest, at: At, kind: str) -> HttpResponse:
    """Write a message, an addition, a correction or a complaint."""
    if kind not in posts.WRITTEN:
        raise Http404("There is no such form.")
    if kind != "message":
        at.follow.require_full()
    about = request.POST.get("about", request.GET.get("about", ""))[:60]
    rows = looking.told(follow=at.follow, language=language()) if kind == "correction" else ()
    chosen = about if about in {row.id for row in rows} else ""
    return _written(
        request,
        kind,
        lambda text: posts.write(follow=at.follow, kind=kind, text=text, about=chosen, now=at.now),
        rows=rows,
        about=chosen,
    )


@require_http_methods(_METHODS)
@followed
def call(request: HttpRequest, at: At) -> HttpResponse:
    """Ask to be rung."""
    return _written(request, "call", lambda text: posts.ask_for_call(follow=at.follow, text=text, now=at.now))


@require_http_methods(_METHODS)
@followed
def take_back(request: HttpRequest, at: At) -> HttpResponse:
    """Take the report back, with or without saying why."""
    at.follow.require_full()
    return _written(request, "take-back", lambda text: posts.withdraw(follow=at.follow, text=text, now=at.now))


@require_safe
@followed
def done(request: HttpRequest, at: At) -> HttpResponse:  # noqa: ARG001 - every page of a report asks for the open one
    """What was written arrived: the same page for everything."""
    return render(request, "report/follow_done.html")


def _written(request: HttpRequest, kind: str, keep: Callable[[str], object], **more: Any) -> HttpResponse:
    context = {"kind": kind, "form": _form(kind), "longest": posts.LONGEST, **more}
    if request.method != "POST":
        return render(request, "report/follow_write.html", context)
    text = request.POST.get("text", "")
    try:
        keep(text)
    except posts.TextError as problem:
        return render(request, "report/follow_write.html", {**context, "typed": text, "problem": _problem(problem)})
    return to("follow-done")


def _problem(problem: posts.TextError) -> str:
    told = {
        "empty": _("Write something first"),
        "long": _("Write at most %(n)s characters. You can send several messages") % {"n": posts.LONGEST},
        "words": _(
            "Your six words are in this text. Take them out: whoever reads them could open your report. "
            "We never ask for them"
        ),
    }
    return told[problem.code]
