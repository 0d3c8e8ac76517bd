"""Who may reach and read: addresses for messages, the own word, quiet mode."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bluelamp.kernel.messaging.domain.addresses import AddressError, Kind
from bluelamp.reporting.models import ReportContact
from bluelamp.reporting.operations import following, looking, reaching
from bluelamp.reporting.web.follow_sitting import At, followed, to
from bluelamp.reporting.web.journey_sitting import language

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@followed
def addresses(request: HttpRequest, at: At) -> HttpResponse:
    """The addresses of a report: add one, prove one by a code, say that one is not safe, remove one."""
    at.follow.require_full()
    problem = ""
    if request.method == "POST":
        try:
            _change_address(request, at)
            return to("follow-ways")
        except AddressError:
            problem = _("Write an e-mail address or a mobile number, such as 07700 900123")
        except reaching.TooManyError:
            problem = _("There are so many addresses already. Remove one first")
        except reaching.CodeError:
            problem = _("This code does not fit. Look at the newest message, or ask for another code")
        except (reaching.NoMessagesError, ReportContact.DoesNotExist, ValueError):
            problem = _("That is not possible for this report")
    context = {
        "ways": reaching.ways(follow=at.follow),
        "silent": looking.protection(follow=at.follow).silent,
        "problem": problem,
        "typed": request.POST.get("address", "") if problem else "",
    }
    return render(request, "report/follow_ways.html", context)


@require_http_methods(_METHODS)
@followed
def own_word(request: HttpRequest, at: At) -> HttpResponse:
    """The own word, and quiet mode."""
    at.follow.require_full()
    problem = ""
    if request.method == "POST":
        try:
            _change_protection(request, at)
            return to("follow-own-word")
        except following.OwnWordError as told:
            problem = own_word_problem(told.code)
    context = {"told": looking.protection(follow=at.follow), "problem": problem}
    return render(request, "report/follow_own_word.html", context)


def _change_address(request: HttpRequest, at: At) -> None:
    act, way = request.POST.get("act", ""), int(request.POST.get("way", "0") or "0")
    if act == "add":
        typed = request.POST.get("address", "").strip()
        kind: Kind = "email" if "@" in typed else "sms"
        reaching.add_way(follow=at.follow, kind=kind, address=typed, language=language(), now=at.now)
    elif act == "code":
        reaching.ask_code(follow=at.follow, way=way, now=at.now)
    elif act == "confirm":
        reaching.confirm(follow=at.follow, way=way, code=request.POST.get("code", "")[:40], now=at.now)
    elif act == "unsafe":
        reaching.not_safe(follow=at.follow, way=way, now=at.now)
    elif act == "remove":
        reaching.remove_way(follow=at.follow, way=way, now=at.now)


def _change_protection(request: HttpRequest, at: At) -> None:
    act = request.POST.get("act", "")
    if act == "set":
        word = request.POST.get("own-word", "")
        following.set_own_word(report=at.follow.report, word=word, keep=at.follow.token, now=at.now)
    elif act == "remove":
        following.remove_own_word(follow=at.follow, now=at.now)
    elif act in ("begin-quiet", "end-quiet"):
        following.set_quiet(follow=at.follow, quiet=act == "begin-quiet", now=at.now)


def own_word_problem(code: str) -> str:
    """What to do about a word that cannot be an own word."""
    if code == "long":
        return _("Write at most %(n)s characters") % {"n": following.LONGEST_OWN_WORD}
    return _("Write a word or a sentence of at least %(n)s letters that nobody guesses") % {
        "n": following.SHORTEST_OWN_WORD
    }
