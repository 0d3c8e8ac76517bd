"""Advice for everyone: all topics, and one topic with its variant for those who may be watched."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bluelamp.kernel.advice.queries import Shown, all_advice, helplines, show


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic: what happened first, then devices."""
    language, today = translation.get_language() or "en", timezone.localdate()
    crimes: list[Shown] = []
    devices: list[Shown] = []
    for advice in all_advice():
        shown = show(advice=advice, abuse_safe=False, language=language, today=today)
        (crimes if advice.crimes else devices).append(shown)
    groups = [(_("Something happened"), crimes), (_("Look after a device"), devices)]
    return render(request, "advice/topics.html", {"groups": groups, "helplines": helplines(language=language)})


@require_safe
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """One topic."""
    return _topic(request, code, abuse_safe=False)


@require_safe
def topic_safely(request: HttpRequest, code: str) -> HttpResponse:
    """One topic for a reader whose phone or account somebody else may see."""
    return _topic(request, code, abuse_safe=True)


def _topic(request: HttpRequest, code: str, *, abuse_safe: bool) -> HttpResponse:
    found = next((a for a in all_advice() if a.code == code), None)
    if found is None:
        raise Http404("There is no such advice.")
    language = translation.get_language() or "en"
    shown = show(advice=found, abuse_safe=abuse_safe, language=language, today=timezone.localdate())
    return render(request, "advice/topic.html", {"advice": shown})
